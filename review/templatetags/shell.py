"""What surrounds every page: where one is, and what a notice offers to take back."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django import template
from django.contrib.messages.storage.base import Message
from django.template import Context
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from review import notices

register = template.Library()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the workplace; a page is in it by its name, or by how that begins."""

    home: str
    label: str | Promise
    names: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()

    def holds(self, name: str) -> bool:
        return name == self.home or name in self.names or name.startswith(self.beginnings)


SECTIONS = (
    Section(home="home", label=_("Home"), beginnings=("trouble",)),
    Section(home="imports", label=_("Import"), beginnings=("import_", "upload")),
    Section(home="dates", label=_("Dates"), beginnings=("date_", "clock")),
    Section(home="copies", label=_("Copies"), beginnings=("group", "copy_")),
    Section(home="grid", label=_("Files"), beginnings=("file", "bulk")),
    Section(home="tags", label=_("Tags"), names=("suggest_tags",), beginnings=("tag",)),
    Section(home="exports", label=_("Export"), names=("deletions", "finalize"), beginnings=("export",)),
    Section(home="jobs", label=_("Jobs"), beginnings=("job",)),
    Section(home="history", label=_("History"), beginnings=("batch",)),
    Section(home="settings", label=_("Settings"), beginnings=("setting_",)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way to a section; `current` is what ARIA calls the place where one is."""

    address: str
    label: str
    current: str


@register.simple_tag(takes_context=True)
def sections(context: Context) -> list[Link]:
    """Return the ways to all sections, with where one is."""
    match = getattr(context.get("request"), "resolver_match", None)
    return list(_links((match.url_name if match else "") or ""))


def _links(name: str) -> Iterator[Link]:
    for section in SECTIONS:
        current = "page" if name == section.home else "true" if section.holds(name) else ""
        yield Link(address=reverse(section.home), label=str(section.label), current=current)


@register.filter
def batch_of(message: Message) -> uuid.UUID | None:
    """Return what a notice offers to undo."""
    return notices.batch_of(message.extra_tags)
