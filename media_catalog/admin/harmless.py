"""Pages of the admin in which no name hides, reorders or rings: rows show themselves in many places there."""

import re
from typing import TypeVar

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

from media_catalog.pipeline.display import DECEPTIVE
from media_catalog.templatetags.plain import visible

CONTROLS = frozenset({*range(0x20), 0x7F}) - {ord(space) for space in "\t\n\r"}
HARMFUL = re.compile(f"[{''.join(re.escape(chr(code)) for code in sorted(CONTROLS | DECEPTIVE))}]")
# What a form sends back stays as it is: only what is read matters.
SENT_OR_HARMFUL = re.compile(rf'(?P<sent> value="[^"]*")|{HARMFUL.pattern}')

Answer = TypeVar("Answer", bound=HttpResponseBase)


def shown(answer: Answer) -> Answer:
    """Let a page be made harmless once it is written."""
    if isinstance(answer, TemplateResponse):
        answer.add_post_render_callback(_clean)
    return answer


def _clean(answer: HttpResponse) -> None:
    text = answer.content.decode()
    if HARMFUL.search(text):
        answer.content = SENT_OR_HARMFUL.sub(_seen, text).encode()


def _seen(found: re.Match[str]) -> str:
    return found["sent"] or visible(found[0])
