"""Whatever people decide about copies, in whatever order they take it back: no file is lost."""

import random
import uuid
from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from media_catalog.models import (
    Decision,
    Disposition,
    DuplicateGroup,
    FileTag,
    MediaFile,
    PairVerdict,
    TimestampCandidate,
)
from media_catalog.services import (
    arrivals,
    copy_rules,
    counts,
    decisions,
    export_plan,
    regrouping,
    resolutions,
    separations,
    tags,
)
from tests.media_catalog import copies

pytestmark = pytest.mark.django_db
FACTS = (
    "disposition",
    "description",
    "rating",
    "gps_lat",
    "captured_local",
    "captured_from",
    "confidence",
    "reviewed_at",
    "is_flagged",
    "is_open",
)
# Seeds, because what there is to choose from depends on the database.
CHOICE = st.integers(0, 999).map(random.Random)


def library():
    """Copies of all kinds: with identical ones, a stack, facts that only a copy has, and a series."""
    same = {"image_data_hash": "f" * 64}
    a, b = (
        copies.file("a.jpg", **same),
        copies.file("bb.jpg", description="Grandma", gps_lat=1, gps_lon=2, **same),
    )
    c, video = copies.file("ccc.jpg", **same), copies.file("ccc.mov", kind="video")
    copies.stack(c, video)
    copies.identical(b, copies.file("backup/bb.jpg", content="bb.jpg", **same))
    d, e = copies.file("d.jpg"), copies.file("e.jpg", where="whatsapp", rating=4)
    for number, one in enumerate((c, e)):
        copies.claim(one, local=copies.SHOT + timedelta(days=number))
    tags.add({c.pk: ["sea"], e.pk: ["boat"]}, origin="metadata", created_at=copies.NOW)
    copies.group("same_pixels", a, b, c)
    copies.group("near", d, e, distance_bits=3)
    copies.group("burst", copies.file("s1.jpg"), copies.file("s2.jpg", gps_lat=3, gps_lon=4))


def acts(rows):
    """The batches of decisions, in the order in which they were made."""
    return list(dict.fromkeys(rows.order_by("pk").values_list("batch", flat=True)))


class Family(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        library()
        self.known = set(MediaFile.objects.values_list("pk", flat=True))
        self.start = self.state()

    def teardown(self):
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)

    def state(self):
        """Everything that decisions change, of the files that were there at the start."""
        groups = DuplicateGroup.objects.exclude(kind="identical").order_by("kind", "key")
        return {
            "files": list(MediaFile.objects.filter(pk__in=self.known).order_by("pk").values("pk", *FACTS)),
            "groups": [
                (one.kind, one.resolved_at, set(one.members.values_list("file__sha256", flat=True)))
                for one in groups
            ],
            "tags": sorted(FileTag.objects.values_list("file", "tag__name")),
            "claims": sorted(TimestampCandidate.objects.values_list("file", "source", "local")),
            "verdicts": PairVerdict.objects.filter(is_undone=False).count(),
        }

    def files(self, choice):
        ids = sorted(MediaFile.objects.values_list("pk", flat=True))
        return MediaFile.objects.filter(pk__in=choice.sample(ids, choice.randint(1, 2)))

    def group(self, choice, **of):
        groups = list(DuplicateGroup.objects.exclude(kind="identical").filter(**of).order_by("pk"))
        return choice.choice(groups) if groups else None

    @rule(choice=CHOICE)
    def resolve(self, choice):
        if group := self.group(choice):
            shown = sorted(group.members.values_list("file_id", flat=True))
            kept = choice.sample(shown, choice.randint(1, len(shown)))
            resolutions.resolve(group.pk, kept=kept, shown=shown, actor=None, at=copies.NOW)

    @rule(choice=CHOICE)
    def separate(self, choice):
        if group := self.group(choice, kind="same_pixels"):
            shown = sorted(group.members.values_list("file_id", flat=True))
            apart = choice.sample(shown, choice.randint(1, len(shown)))
            separations.separate(group.pk, apart=apart, shown=shown, actor=None, at=copies.NOW)

    @rule(kind=st.sampled_from(["same_pixels", "near", "burst"]), keep=st.sampled_from([None, "best", "all"]))
    def apply_a_rule(self, kind, keep):
        wanted = copy_rules.Rule(kind=kind, keep=copy_rules.Keep(keep) if keep else None)
        counted = copy_rules.count(wanted)
        done = copy_rules.apply(wanted, counted, batch=uuid.uuid4(), actor=None, at=copies.NOW)
        assert (done.groups, done.files, done.changed) == (counted.groups, counted.files, 0)

    @rule(choice=CHOICE)
    def discard(self, choice):
        resolutions.discard(self.files(choice), actor=None, at=copies.NOW)

    @rule(choice=CHOICE)
    def restore(self, choice):
        resolutions.restore(self.files(choice), actor=None, at=copies.NOW)

    @rule(choice=CHOICE)
    def discard_single_files(self, choice):
        decisions.set_disposition(
            self.files(choice), disposition=Disposition.DISCARD, actor=None, at=copies.NOW
        )

    @rule(choice=CHOICE)
    def date(self, choice):
        local = copies.SHOT + timedelta(days=choice.randint(1000, 1003))
        given = decisions.GivenDate(local=local, until=local, precision="second", offset_minutes=None)
        decisions.set_date(self.files(choice), date=given, actor=None, at=copies.NOW)

    @rule(choice=CHOICE)
    def arrive_again(self, choice):
        old = choice.choice(list(MediaFile.objects.filter(pk__in=self.known, kind="image").order_by("pk")))
        number = MediaFile.objects.count()
        new = copies.file(
            f"arrived/later/{number:03}.jpg", sha256=old.sha256, image_data_hash=old.image_data_hash
        )
        counts.added([new.pk])
        copies.identical(new)
        arrivals.discard_again(MediaFile.objects.filter(pk=new.pk), at=copies.NOW)

    @precondition(lambda self: Decision.objects.exists())
    @rule(choice=CHOICE)
    def undo_or_redo(self, choice):
        batch = choice.choice(acts(Decision.objects.all()))
        choice.choice([decisions.undo, decisions.redo])(batch, actor=None, at=copies.NOW)

    @rule(choice=CHOICE)
    def take_back_everything(self, choice):
        """Undo in any order, and again what was refused because something else had to be undone first."""
        for _ in range(20):
            batches = acts(Decision.objects.exclude(kind="undo"))
            choice.shuffle(batches)
            if not sum([decisions.undo(batch, actor=None, at=copies.NOW).number for batch in batches]):
                break
        assert self.state() == self.start

    @invariant()
    def every_content_is_exported_unless_all_of_it_was_discarded(self):
        taken = [step.file for steps in export_plan.slices(None, is_forced=True) for step in steps]
        by_content = defaultdict(set)
        for sha256, disposition in MediaFile.objects.values_list("sha256", "disposition"):
            by_content[sha256].add(disposition)
        wanted = {sha256 for sha256, found in by_content.items() if found != {Disposition.DISCARD}}
        assert sorted(file.sha256 for file in taken) == sorted(wanted)

    @rule()
    def group_again(self):
        alike = MediaFile.objects.exclude(image_data_hash="")
        regrouping.regroup(set(alike.values_list("sha256", flat=True)), at=copies.NOW)

    @invariant()
    def what_was_separated_is_in_no_group_together(self):
        for verdict in PairVerdict.objects.filter(is_undone=False):
            groups = DuplicateGroup.objects.filter(members__file__sha256=verdict.first_sha256)
            assert not groups.filter(members__file__sha256=verdict.second_sha256).exists()

    @invariant()
    def every_discarded_file_was_discarded_by_a_decision(self):
        for file in MediaFile.objects.filter(disposition=Disposition.DISCARD):
            last = Decision.objects.filter(file=file, after__has_key="disposition").order_by("pk").last()
            assert last.after == {"disposition": "discard"}

    @invariant()
    def every_file_has_a_fate_and_the_counts_are_right(self):
        assert sum(counts.numbers("fate").values()) == MediaFile.objects.count()
        assert copies.counts_are_right()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("families", [8, pytest.param(100, marks=pytest.mark.soak)])
def test_no_sequence_of_decisions_and_undos_loses_a_file(families):
    run_state_machine_as_test(
        Family,
        settings=settings(
            max_examples=families,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
