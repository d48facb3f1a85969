import pytest
from django.template import Context, Template
from django.urls import resolve

from review.templatetags.shell import SECTIONS

pytestmark = pytest.mark.django_db
LINK = "{{ link.label }}:{{ link.current }} "
PLACES = f"{{% load shell %}}{{% sections as links %}}{{% for link in links %}}{LINK}{{% endfor %}}"


def places(rf, address: str) -> dict[str, str]:
    request = rf.get(address)
    request.resolver_match = resolve(address)
    found = Template(PLACES).render(Context({"request": request}))
    return dict(part.split(":") for part in found.split())


@pytest.mark.parametrize(
    ("address", "section", "current"),
    [
        ("/", "Home", "page"),
        ("/trouble/", "Home", "true"),
        ("/import/", "Import", "page"),
        ("/import/folders/", "Import", "true"),
        ("/import/uploads/8b0c1a1e-7a1c-4a7e-9f0b-0d9a5b1f1c11/", "Import", "true"),
        ("/dates/", "Dates", "page"),
        ("/clocks/", "Dates", "true"),
        ("/rules/dates/", "Dates", "true"),
        ("/copies/3/", "Copies", "true"),
        ("/rules/copies/", "Copies", "true"),
        ("/files/", "Files", "page"),
        ("/files/3/", "Files", "true"),
        ("/jobs/3/", "Jobs", "true"),
        ("/history/8b0c1a1e-7a1c-4a7e-9f0b-0d9a5b1f1c11/", "History", "true"),
    ],
)
def test_every_page_is_in_one_section(rf, address, section, current):
    found = places(rf, address)
    assert {name for name, mark in found.items() if mark} == {section}
    assert found[section] == current


def test_a_page_that_has_no_address_is_in_no_section(rf):
    found = Template(PLACES).render(Context({"request": rf.get("/no/such/page")}))
    assert found.split() == [f"{section.label}:" for section in SECTIONS]
