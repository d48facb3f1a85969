import uuid

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.template.loader import render_to_string
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from review import notices

BATCH = uuid.UUID("8b0c1a1e-7a1c-4a7e-9f0b-0d9a5b1f1c11")


@pytest.fixture
def request_of(rf):
    def make(**headers: str):
        request = rf.get("/files/?kind=video", headers=headers)
        request.session = {}
        request._messages = FallbackStorage(request)
        request.htmx = HtmxDetails(request)
        return request

    return make


def shown(request) -> str:
    return render_to_string("review/notices.html", {"messages": request._messages}, request)


def test_offers_to_take_back_what_was_done_and_leads_back_to_where_one_is(request_of):
    request = request_of()
    notices.say(request, "3 files <discarded>.", batch=BATCH)
    text = shown(request)
    assert "3 files &lt;discarded&gt;." in text
    assert f'action="{reverse("undo_batch", args=[BATCH])}"' in text
    assert 'value="/files/?kind=video"' in text


def test_what_cannot_be_taken_back_has_no_button(request_of):
    request = request_of()
    notices.say(request, "Done.")
    notices.warn(request, "Not done.")
    text = shown(request)
    assert "Not done." in text
    assert "<form" not in text


def test_comes_beside_the_part_of_a_page_that_htmx_asked_for(request_of):
    assert 'hx-swap-oob="innerHTML"' in shown(request_of(**{"HX-Request": "true"}))
    assert "hx-swap-oob" not in shown(request_of())


def test_an_undo_from_a_part_of_a_page_leads_back_to_the_page(request_of):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/dates/?after=3"}
    request = request_of(**headers)
    notices.say(request, "Done.", batch=BATCH)
    assert 'value="/dates/?after=3"' in shown(request)


def test_a_word_among_the_tags_that_is_no_batch_is_none():
    assert notices.batch_of("success extra") is None
    assert notices.batch_of(f"batch-{BATCH} success") == BATCH
