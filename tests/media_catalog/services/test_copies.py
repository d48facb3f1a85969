import random
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_catalog.models import DuplicateGroup, DuplicateMember, Job, MediaFile, PairVerdict
from media_catalog.services import copies, counts, grouping, job_control, jobs, pulse, resolutions, steps
from media_catalog.services.job_control import Action
from media_catalog.services.look_table import LookTable
from media_catalog.services.steps import Step
from tests.media_catalog import pictured
from tests.media_catalog.copies import NOW, source
from tests.media_catalog.pictured import bring, everything, file, groups, video
from tests.pipeline import pictures
from tests.pipeline.look import shots

pytestmark = pytest.mark.django_db

DAY = 86_400
WRITING = ("INSERT", "UPDATE", "DELETE")
ALL = (*shots.COPIES.items(), *shots.EDITS.items())


@cache
def photograph(seed=1):
    return shots.photograph(seed)


def separate(one, other):
    first, second = sorted((one.sha256, other.sha256))
    PairVerdict.objects.create(first_sha256=first, second_sha256=second, batch="0" * 32, created_at=NOW)


def resolve():
    DuplicateGroup.objects.exclude(kind="identical").update(resolved_at=NOW)


def is_resolved():
    return [at is not None for at in DuplicateGroup.objects.values_list("resolved_at", flat=True)]


@pytest.fixture
def world():
    """Catalogue shots with copies and edits of them, series, videos and files that share nothing."""
    files = []
    for seed in range(1, 7):
        shot = photograph(seed)
        files.append(file(f"IMG_{seed:04d}.jpg", shot, after_s=seed * DAY, image_data_hash=f"{seed}"))
        for name, make in random.Random(seed).sample(ALL, 5):
            files.append(file(f"{seed} {name}.jpg", make(shot)))
        files.append(file(f"b/IMG_{seed:04d}.jpg", shot, after_s=seed * DAY, content=f"IMG_{seed:04d}.jpg"))
        files.append(file(f"tagged {seed}.jpg", shot, after_s=seed * DAY, image_data_hash=f"{seed}"))
    for number in range(3):
        files.append(  # noqa: PERF401  one way for all of them
            file(f"DSC_{number:04d}.jpg", shots.moved(photograph(9), number), after_s=number * 0.6)
        )
    for seed in (20, 30):
        scenes = [photograph(seed + number) for number in range(6)]
        files.append(video(f"{seed}.mp4", scenes))
        files.append(video(f"{seed} sent.mp4", [shots.scaled(one, 0.4) for one in scenes], duration_s=12.1))
    return [*files, file("alone.jpg", photograph(40)), file("black.jpg", shots.nearly_nothing("black", 1))]


def test_finds_copies_edits_and_series_and_says_why(world):
    bring(*world)
    found = {names[0]: (kind, names) for kind, names in groups("near", "edited", "burst")}
    assert ("near", ["20.mp4", "20 sent.mp4"]) in found.values()
    assert {names[0] for kind, names in groups("same_pixels")} == {
        f"IMG_{seed:04d}.jpg" for seed in range(1, 7)
    }
    [(_, series)] = groups("burst")
    assert sorted(series) == [f"DSC_{number:04d}.jpg" for number in range(3)]
    grouped = {name for _, names in groups("near", "edited") for name in names}
    assert {f"{seed} half as wide.jpg" for seed in range(1, 7)} & set(
        MediaFile.objects.values_list("path_text", flat=True)
    ) <= grouped
    assert not {"alone.jpg", "black.jpg", "30.mp4"} & (grouped - {"30.mp4"})


def test_a_member_has_its_evidence_and_the_keeper_its_reasons():
    shot = photograph()
    bring(file("IMG_0001.jpg", shot, after_s=0), file("sent.jpg", shots.scaled(shot, 0.5)))
    [group] = DuplicateGroup.objects.all()
    keeper, copy = group.members.order_by("rank")
    assert (keeper.reasons[0], copy.reasons) == ("original", [])
    assert (keeper.evidence, copy.evidence) == ([], ["scaled", "time_unknown"])
    assert copy.distance_bits <= 6


def test_a_second_search_writes_nothing(world):
    bring(*world)
    before = list(DuplicateGroup.objects.order_by("pk").values_list("pk", "key"))
    nothing: list[MediaFile] = []
    for files in (nothing, world):
        claim = pictured.claim_of(*files)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            copies.around_import(claim, clock=lambda: NOW)
        written = [one["sql"] for one in asked if one["sql"].startswith(WRITING)]
        assert not [sql for sql in written if "duplicate" in sql or "mediafile" in sql]
        Job.objects.update(state="completed")
    assert list(DuplicateGroup.objects.order_by("pk").values_list("pk", "key")) == before


@pytest.mark.parametrize("seed", range(6))
def test_groups_do_not_depend_on_how_files_were_split_over_imports(world, seed, monkeypatch):
    bring(*world)
    at_once = everything()
    DuplicateGroup.objects.all().delete()
    monkeypatch.setattr(copies, "AROUND_SHARE", 0)  # else so few files are all searched at once
    split(world, random.Random(seed))
    assert everything() == at_once


def split(world, rng):
    """Bring files by several imports, in any order."""
    MediaFile.objects.update(state="discovered")
    left = rng.sample(world, len(world))
    while left:
        some = [left.pop() for _ in range(min(len(left), rng.randrange(1, 25)))]
        MediaFile.objects.filter(pk__in=[one.pk for one in some]).update(state="analysed")
        bring(*some)


def test_a_search_of_the_library_gives_the_same_groups(world, run_job):
    bring(*world)
    known = everything()
    job = run_job(grouping.start(created_at=NOW))
    assert (job.state, everything()) == ("completed", known)
    DuplicateGroup.objects.all().delete()
    assert run_job(grouping.start(created_at=NOW)).summary["groups_by_kind"]["burst"] == 1
    assert everything() == known


def test_whoever_wants_copies_to_look_more_alike_has_fewer_groups_until_it_is_as_usual_again(
    run_job, settings, monkeypatch
):
    shot = photograph()
    turned = file("turned.jpg", shots.COPIES["turned to the left"](shot))
    bring(file("IMG_0001.jpg", shot, after_s=0), file("sent.jpg", shots.scaled(shot, 0.5)), turned)
    usual = everything()
    bits = DuplicateMember.objects.get(file=turned).distance_bits
    for most_bits in range(bits):
        settings.MEDIAPARSER_COPY_BITS = most_bits
        job = run_job(grouping.start(created_at=NOW))
        assert (job.state, job.preferences["copy_bits"]) == ("completed", most_bits)
        assert groups() == [("near", ["IMG_0001.jpg", "sent.jpg"])]
    settings.MEDIAPARSER_COPY_BITS = bits
    run_job(grouping.start(created_at=NOW))
    assert everything() == usual
    settings.MEDIAPARSER_COPY_BITS = 0
    monkeypatch.setattr(copies, "AROUND_SHARE", 0)
    bring(file("other.jpg", photograph(2)))  # which has nothing to do with them
    assert everything() == usual


def test_what_somebody_has_decided_stays_however_alike_copies_must_look_now(run_job, settings, now):
    shot, other = photograph(), photograph(2)
    turned = shots.COPIES["turned to the left"]
    files = [file("IMG_0001.jpg", shot, after_s=0), file("turned.jpg", turned(shot))]
    bring(*files, file("IMG_0002.jpg", other), file("2.jpg", turned(other)))
    decided = DuplicateGroup.objects.get(members__file=files[0])
    kept, shown = [files[0].pk], [one.pk for one in files]
    resolutions.resolve(decided.pk, kept=kept, shown=shown, actor=None, at=now)
    settings.MEDIAPARSER_COPY_BITS = 0
    for _ in range(2):
        run_job(grouping.start(created_at=NOW))
        assert [(one.pk, one.resolved_at) for one in DuplicateGroup.objects.all()] == [(decided.pk, now)]
        assert groups() == [("near", ["IMG_0001.jpg", "turned.jpg"])]
    bring(file("sent.jpg", shots.scaled(shot, 0.5)))
    together = [("near", ["IMG_0001.jpg", "turned.jpg", "sent.jpg"])]
    assert (groups(), is_resolved()) == (together, [False])
    run_job(grouping.start(created_at=NOW))
    assert groups() == together


@pytest.mark.parametrize("most_bits", [0, 2, 5])
def test_groups_by_stricter_looks_do_not_depend_on_imports_either(world, most_bits, monkeypatch, settings):
    bring(*world)
    usual = groups()
    settings.MEDIAPARSER_COPY_BITS = most_bits
    DuplicateGroup.objects.all().delete()
    bring(*world)
    at_once = everything()
    assert (groups("burst", "identical", "same_pixels"), groups() == usual) == (
        [one for one in usual if one[0] in ("burst", "identical", "same_pixels")],
        False,
    )
    DuplicateGroup.objects.all().delete()
    monkeypatch.setattr(copies, "AROUND_SHARE", 0)
    split(world, random.Random(most_bits))
    assert everything() == at_once


def test_pairs_that_a_person_has_separated_stay_apart():
    shot = photograph()
    one, other = file("IMG_0001.jpg", shot), file("sent.jpg", shots.scaled(shot, 0.5))
    bring(one, other)
    separate(one, other)
    third = file("small.jpg", shots.scaled(shot, 0.25))
    bring(third)
    assert groups() == [("near", ["sent.jpg", "small.jpg"])]  # which are more alike
    PairVerdict.objects.update(is_undone=True)
    bring(third)
    assert groups() == [("near", ["IMG_0001.jpg", "sent.jpg", "small.jpg"])]


def test_a_verdict_holds_for_every_copy_of_the_content():
    shot = photograph()
    one, other = file("IMG_0001.jpg", shot), file("sent.jpg", shots.scaled(shot, 0.5))
    separate(one, other)
    bring(one, other)
    bring(file("a/IMG_0001.jpg", shot, content="IMG_0001.jpg"))
    assert [kind for kind, _ in groups()] == ["identical"]


def test_identical_copies_stand_in_groups_by_their_keeper():
    shot = photograph()
    bring(file("long/folder/one.jpg", shot, content="one"), file("sent.jpg", shots.scaled(shot, 0.5)))
    assert groups("near") == [("near", ["long/folder/one.jpg", "sent.jpg"])]
    bring(file("one.jpg", shot, content="one", after_s=0))
    assert groups() == [("identical", ["one.jpg", "long/folder/one.jpg"]), ("near", ["one.jpg", "sent.jpg"])]


def test_a_resolved_group_is_opened_again_only_by_what_is_new():
    shot = photograph()
    half = file("half.jpg", shots.scaled(shot, 0.5))
    bring(file("IMG_0001.jpg", shot), half)
    resolve()
    bring(half)
    assert is_resolved() == [True]
    bring(file("again/half.jpg", shots.scaled(shot, 0.5), content="half.jpg"))
    assert is_resolved() == [True, True]  # the identical one is made resolved
    bring(file("quarter.jpg", shots.scaled(shot, 0.25)))
    assert [group.kind for group in DuplicateGroup.objects.filter(resolved_at=None)] == ["near"]


def test_a_resolved_group_stays_so_under_another_keeper(run_job):
    shot = photograph()
    preferred = source("phone", preference=0)
    bring(file("IMG_0001.jpg", shot), file("half.jpg", shots.scaled(shot, 0.5), where="phone"))
    resolve()
    pk = DuplicateGroup.objects.get().pk
    preferred.keeper_preference = 5
    preferred.save()
    run_job(grouping.start(created_at=NOW))
    assert groups() == [("near", ["half.jpg", "IMG_0001.jpg"])]
    assert (is_resolved(), DuplicateGroup.objects.get().pk) == ([True], pk)


def test_files_that_vanish_leave_their_groups():
    shot = photograph()
    one, other, third = (
        file(f"{share}.jpg", shots.scaled(shot, share), after_s=0) for share in (1.0, 0.5, 0.25)
    )
    bring(one, other, third)
    MediaFile.objects.filter(pk=one.pk).update(state="missing", reason_code="vanished")
    bring(one, change="vanished")
    assert groups() == [("near", ["0.5.jpg", "0.25.jpg"])]
    MediaFile.objects.filter(pk=other.pk).update(state="missing", reason_code="vanished")
    bring(other, change="vanished")
    assert groups() == []


def test_near_copies_wait_for_a_person_while_edits_and_series_do_not():
    shot = photograph()
    files = [
        file("IMG_0001.jpg", shot, after_s=0, confidence="high", **DATED),
        file("half.jpg", shots.scaled(shot, 0.5), confidence="high", **DATED),
        file("grey.jpg", shots.EDITS["grey"](shot), confidence="high", **DATED),
        *(
            file(
                f"DSC_{number}.jpg",
                shots.moved(photograph(2), number),
                after_s=DAY + number,
                confidence="high",
                **DATED,
            )
            for number in range(2)
        ),
    ]
    counts.rebuild()
    bring(*files)
    assert {kind for kind, _ in groups()} == {"near", "edited", "burst"}
    is_open = MediaFile.objects.filter(is_open=True).order_by("path_text")
    assert list(is_open.values_list("path_text", flat=True)) == ["IMG_0001.jpg", "half.jpg"]
    assert counts.numbers("is_open") == {"True": 2, "False": 3}
    resolve()
    with counts.tracking([one.pk for one in files]):
        pass
    assert not is_open.exists()


DATED: dict[str, Any] = {
    "captured_local": NOW.replace(tzinfo=None),
    "captured_until_local": NOW.replace(tzinfo=None),
    "captured_precision": "second",
}


def test_the_best_shot_of_a_series_is_recommended():
    blurred = shots.scaled(shots.scaled(photograph(), 0.1), 10)
    bring(
        file("DSC_0001.jpg", blurred, after_s=0),
        file("DSC_0002.jpg", shots.moved(photograph(), 1), after_s=1),
    )
    assert groups() == [("burst", ["DSC_0002.jpg", "DSC_0001.jpg"])]
    assert DuplicateGroup.objects.get().members.get(is_keeper=True).reasons == ["sharper"]


def test_two_names_of_one_file_on_disk_are_no_copies():
    disk: dict[str, Any] = {"device": 1, "inode": 7, "content": "one"}
    bring(file("one.jpg", photograph(), **disk), file("linked.jpg", photograph(), **disk))
    assert groups() == []


def test_it_is_interrupted_between_pairs_and_begins_anew(world, run_job, monkeypatch):
    job = grouping.start(created_at=NOW)
    monkeypatch.setattr(pulse, "EVERY", timedelta(0))
    found = LookTable.pairs

    def pause_midway(table):
        for number, pair in enumerate(found(table)):
            if number == 3:
                job_control.act(job.pk, Action.PAUSE, at=NOW)
            yield pair

    with monkeypatch.context() as patched:
        patched.setattr(LookTable, "pairs", pause_midway)
        run_job(job)
    assert (job.state, groups("near", "edited")) == ("paused", [])
    job_control.act(job.pk, Action.RESUME, at=NOW)
    assert run_job(job).state == "completed"
    assert len(groups("near", "edited")) > 5


def test_a_long_search_renews_its_lease(world):
    claim = pictured.claim_of(*world)
    moments = iter(NOW + timedelta(seconds=number) for number in range(100_000))
    copies.around_import(claim, clock=lambda: next(moments))
    claim.batch.refresh_from_db()
    assert claim.batch.lease_expires_at > NOW + jobs.LEASE + timedelta(seconds=50)


def test_whoever_lost_the_lease_writes_no_group(world):
    claim = pictured.claim_of(*world)
    type(claim.batch).objects.update(token="0" * 32)
    with pytest.raises(jobs.LeaseLost):
        copies.around_import(claim, clock=lambda: NOW)
    assert groups() == []


def test_the_number_of_queries_does_not_grow_with_the_groups():
    def asked(seeds):
        files = []
        for seed in seeds:
            shot = photograph(seed)
            files += [file(f"{seed}.jpg", shot), file(f"{seed} half.jpg", shots.scaled(shot, 0.5))]
        claim = pictured.claim_of(*files)
        with CaptureQueriesContext(connection) as queries:
            copies.around_import(claim, clock=lambda: NOW)
        Job.objects.update(state="completed")
        return len(queries)

    few = asked(range(1, 3))
    assert asked(range(10, 30)) <= few + 10


def test_progress_counts_the_pairs_and_then_the_groups(world):
    claim = pictured.claim_of(*world)
    moments = iter(NOW + timedelta(seconds=number) for number in range(100_000))
    steps.plan(claim, [Step.COPIES, Step.GROUPED])
    copies.around_import(claim, clock=lambda: next(moments))
    claim.batch.job.refresh_from_db()
    [(_, pairs, _), (_, done, total)] = claim.batch.job.steps
    assert pairs > done == total > 5


def test_videos_are_found_as_they_are_imported(library):
    scenes = [shots.photograph(seed) for seed in range(1, 7)]
    library.photos.mkdir()
    for name, size in (("a.mp4", (640, 480)), ("b.mkv", (320, 240))):
        clips = [scene.resize(size) for scene in scenes for _ in range(25)]
        pictures.save_video(library.photos / name, clips)
    library.scan()
    assert [(kind, sorted(names)) for kind, names in groups()] == [("near", ["a.mp4", "b.mkv"])]
