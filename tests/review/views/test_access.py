import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import URLResolver
from django.utils.regex_helper import normalize
from django.views import defaults

OPEN_TO_ALL = {
    "/account/login/",
    "/admin/login/",
    "/favicon.ico",
    "/health/",
    "/health/live",
    "/health/ready",
}
ARGUMENTS = {"app_label": "auth", "content_type_id": "1", "object_id": "1", "file_id": "1", "url": "x"}
BATCH = "00000000-0000-4000-8000-000000000000"


def addresses(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    for entry in resolver.url_patterns:
        address = prefix + sample(entry)
        if isinstance(entry, URLPattern):
            yield address
        else:
            yield from addresses(entry, address)


def sample(entry: URLPattern | URLResolver) -> str:
    route = str(entry.pattern)
    if route.startswith("^") or "(?P" in route:
        text, names = normalize(route)[0]
        return text % {name: ARGUMENTS.get(name, "1") for name in names}
    route = re.sub(r"<uuid:\w+>", BATCH, route)
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ARGUMENTS.get(found[1], "1"), route)


@pytest.mark.django_db
def test_every_address_needs_a_log_in():
    found = set(addresses(get_resolver()))
    answers = {address: Client().get(address).status_code for address in found - OPEN_TO_ALL}
    assert len(answers) > 100
    assert {address: status for address, status in answers.items() if status not in (302, 401, 403)} == {}


@pytest.mark.django_db
def test_the_list_of_what_is_open_to_all_names_only_addresses_that_exist():
    assert set(addresses(get_resolver())) >= OPEN_TO_ALL


def test_an_unknown_address_gives_nothing_away(client, db):
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert "Log out" not in answer.text


def test_the_page_for_our_own_mistakes_needs_nothing_that_may_be_broken(rf, settings):
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "no.such.Storage"}}
    answer = defaults.server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "Your files are untouched." in answer.text


def test_pages_forbid_scripts_and_styles_that_stand_in_the_text(page):
    policy = page.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|<script(?![^>]* src=)| style=| on\w+=", page.get("/").text)
