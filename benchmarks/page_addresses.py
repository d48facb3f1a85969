"""Every page of the workplace with addresses that lead to something: for benchmarks, tests and pictures."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.urls import reverse

from media_catalog.models import (
    CameraRule,
    DecisionBatch,
    DuplicateGroup,
    Fate,
    Job,
    MediaFile,
    Source,
    State,
    Tag,
    Upload,
)
from media_catalog.services import import_folders, troubles

# Addresses that show no page of their own: pictures, answers to forms, parts of pages, what watchers ask for.
NO_PAGES = frozenset(
    {
        "date_back",
        "date_understand",
        "export_zip",
        "full_picture",
        "group_outcome",
        "health",
        "health_live",
        "health_ready",
        "icon",
        "login",
        "logout",
        "preview",
        "suggest_tags",
        "thumbnail",
        "video",
    }
)
FORMS = {"bulk": "all=1&filters=confidence%3Dlow"}
UNRESOLVED = ("near", "same_pixels", "edited", "burst")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page, by the name of its address and what it shows."""

    name: str
    address: str
    about: str = ""
    form: str = ""  # as an address holds it, for a page that answers to a form

    @property
    def title(self) -> str:
        return f"{self.name} {self.about}".strip()


def pages(*, of_each: int | None = None) -> list[Page]:
    """Return the pages of the library that is in use; what it has nothing for is left out.

    :param of_each: no more than so many that only differ in what they show.
    """
    return [
        Page(name=name, about=about, address=address, form=FORMS.get(name, ""))
        for name, found in BOOK.items()
        for about, address in itertools.islice(found(name), of_each)
    ]


Found = Iterator[tuple[str, str]]


def _plain(name: str) -> Found:
    yield "", reverse(name)


def _queries(**queries: str) -> Callable[[str], Found]:
    def found(name: str) -> Found:
        for about, query in queries.items():
            yield about.replace("_", " ").strip(), reverse(name) + query

    return found


def _first(rows: QuerySet[Any], **about: Mapping[str, Any]) -> Callable[[str], Found]:
    def found(name: str) -> Found:
        for text, values in about.items():
            row = rows.filter(**values).order_by("pk").first()
            if row is not None:
                yield text.strip("_"), reverse(name, args=[row.pk])

    return found


def _kinds_of_copies(name: str) -> Found:
    for kind in UNRESOLVED:
        yield kind, f"{reverse(name)}?kind={kind}"


def _groups(name: str) -> Found:
    for kind in (*UNRESOLVED, "identical"):
        group = DuplicateGroup.objects.filter(kind=kind).order_by("resolved_at", "pk").first()
        if group is not None:
            yield kind, reverse(name, args=[group.pk])


def _job_files(name: str) -> Found:
    job = Job.objects.filter(kind=Job.Kind.IMPORT).order_by("pk").first()
    if job is not None:
        for outcome in ("done", "failed", "skipped"):
            yield outcome, reverse(name, args=[job.pk, outcome])


def _allowed_folders(name: str) -> Found:
    for root in import_folders.shown_roots()[:1]:
        yield "", f"{reverse(name)}?at={root.token}"


def _reasons(name: str) -> Found:
    for one in troubles.reasons()[:3]:
        yield f"{one.fate} {one.code}", reverse(name, args=[one.fate.value, one.code])


def _plans(name: str) -> Found:
    plan = JOBS.filter(kind=Job.Kind.PLAN, state=Job.State.COMPLETED).order_by("pk").last()
    if plan is not None:
        address = reverse(name, args=[plan.pk])
        yield "all", address
        for year, months in list(plan.summary.get("months", {}).items())[:1]:
            yield "month", f"{address}?year={year}&month={next(iter(months))}"


def _merge(name: str) -> Found:
    keys = Tag.objects.order_by("pk").values_list("pk", flat=True)[:2]
    yield "", f"{reverse(name)}?{'&'.join(f'tag={key}' for key in keys)}"


JOBS = Job.objects.all()
TAGS = Tag.objects.all()
FILES = MediaFile.objects.all()
UNDATED = {"needs_date": True, "captured_local": None}
FEW: Mapping[str, Any] = {"name__contains": "<"}
BOOK: Mapping[str, Callable[[str], Found]] = {
    "home": _plain,
    "dates": _plain,
    "date_others": _first(FILES, _={"needs_date": True}),
    "copies": _kinds_of_copies,
    "group": _groups,
    "copy_rules": _plain,
    "date_rules": _queries(
        none="",
        medium="?confidence=medium&seed=1",
        camera="?confidence=low&camera=Pixel+5&seed=2",
        name="?confidence=low&origin=name&seed=3",
    ),
    "clocks": _plain,
    "clock_tool": _queries(all="", camera="?camera=Pixel+5", rule="?camera=Pixel+5&by=1h"),
    "clock_zone": _queries(all="", camera="?camera=Pixel+5", rule="?camera=Pixel+5&zone=Tokyo"),
    "clock_files": _plain,
    "clock_rule": _first(CameraRule.objects.all(), _={}),
    "grid": _queries(
        all="",
        low="?confidence=low",
        undated="?confidence=none&state=analysed",
        open="?open=true",
        dates="?date=true",
        failed="?fate=failed",
        videos="?kind=video",
        years="?from=2015-01-01&until=2016-12-31",
        name="?name=IMG_7001",
        two="?kind=image&confidence=high",
    ),
    "file": _first(
        FILES,
        picture={"kind": "image", "state": State.ANALYSED, "confidence": "high"},
        video={"kind": "video", "state": State.ANALYSED},
        undated=UNDATED,
        failed={"fate": Fate.FAILED},
        hostile=FEW,
    ),
    "bulk": _plain,
    "imports": _plain,
    "import_folders": _allowed_folders,
    "upload": _first(Upload.objects.filter(state=Upload.State.OPEN), _={}),
    "jobs": _plain,
    "job": _first(Job.objects.all(), first={}, export={"kind": "export"}),
    "job_files": _job_files,
    "exports": _plain,
    "export": _first(JOBS, export={"kind": "export", "export__isnull": False}),
    "export_plan": _plans,
    "export_tags": _first(JOBS, _={"kind": "export", "export__isnull": False}),
    "finalize": _first(JOBS, _={"kind": "export", "export__isnull": False}),
    "deletions": _plain,
    "settings": _plain,
    "history": _plain,
    "copy_rule_audit": _first(DecisionBatch.objects.all(), _={"verb": "copy_rule"}),
    "date_audit": _first(DecisionBatch.objects.all(), _={"verb": "confirm"}),
    "batch": _first(DecisionBatch.objects.filter(number__gt=0), _={}),
    "tags": _queries(all="", search="?q=a", found="?origin=metadata", albums="?kind=album"),
    "tag": _first(TAGS, tag={"kind": "tag"}, album={"kind": "album"}, person={"kind": "person"}),
    "tag_delete": _first(TAGS, _={}),
    "tag_merge": _merge,
    "tag_proposals": _queries(all="", folder="?origin=folder", name="?origin=name", refused="?refused=yes"),
    "trouble": _plain,
    "trouble_reason": _reasons,
}
LISTS = {
    "mediafile": {
        "all": "",
        "state": "?state=failed",
        "confidence": "?confidence=low",
        "source": "?source={source}",
        "camera": "?camera=Pixel+5",
        "year": "?from=2015-01-01&until=2015-12-31",
        "flagged": "?flagged=yes",
        "undated": "?date=yes&confidence=none",
        "two": "?kind=video&confidence=low",
        "group": "?group=near",
        "tag": "?tag=tag+7",
        "search": "?q=IMG_7001",
        "never": "?state=failed&camera=Pixel+5",
    },
    "duplicategroup": {
        "all": "",
        "unresolved": "?resolved=no",
        "two": "?kind__exact=near&resolved=no",
        "kind": "?kind__exact=edited",
        "never": "?kind__exact=similar",
        "last": "?p=100",
    },
    "duplicatemember": {"all": ""},
    "decisionbatch": {
        "all": "",
        "verb": "?verb__exact=flag",
        "never": "?verb__exact=rate",
        "undone": "?undone=yes",
    },
    "decision": {"all": "", "of a file": "?file__id__exact=1"},
    "job": {"all": "", "kind": "?kind__exact=import", "failed": "?state__exact=failed"},
    "jobfailure": {"of a job": "?job__id__exact={job}"},
    "jobfile": {"of a job": "?job__id__exact={job}&outcome__exact=done"},
    "timestampcandidate": {"all": ""},
    "filetag": {"all": ""},
    "tag": {"all": "", "search": "?q=tag+7"},
    "source": {"all": ""},
    "camerarule": {"all": ""},
    "export": {"all": ""},
    "exportedfile": {
        "all": "",
        "state": "?state__exact=verified",
        "never": "?state__exact=failed",
        "search": "?q=2015%2F000001.jpg",
    },
    "deletion": {"all": "", "state": "?state__exact=kept"},
    "upload": {"all": ""},
}
ROWS = ("mediafile", "duplicategroup", "job", "source", "tag", "camerarule", "decisionbatch")


def admin_pages() -> list[Page]:
    """Return lists of the admin, narrowed in several ways, and a row of each kind that matters."""
    first = {
        "source": Source.objects.order_by("pk").values_list("pk", flat=True).first(),
        "job": Job.objects.order_by("pk").values_list("pk", flat=True).first(),
    }
    found = [
        Page(name=f"admin {model}", about=about, address=_list(model) + query.format(**first))
        for model, queries in LISTS.items()
        for about, query in queries.items()
    ]
    return [*found, *_rows()]


def _list(model: str) -> str:
    return reverse(f"admin:media_catalog_{model}_changelist")


def _rows() -> Iterator[Page]:
    for model in ROWS:
        row = apps.get_model("media_catalog", model)._default_manager.order_by("pk").first()
        if row is not None:
            address = reverse(f"admin:media_catalog_{model}_change", args=[row.pk])
            yield Page(name=f"admin {model}", about="row", address=address)
