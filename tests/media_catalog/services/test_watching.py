import os
import threading
import time

import pytest
from django.utils import timezone

from media_catalog.models import Job, MediaFile
from media_catalog.pipeline.scan import scan
from media_catalog.services import faults, imports, settling, sources, watching
from media_catalog.services.watching import Watch

SETTLE_S = 0.8


def due(watch, *looks):
    """Give a watch looks, a second apart, and return in which of them an import was due."""
    found = []
    for second, seen in enumerate(looks):
        if watch.is_due(seen, at_s=1000 + second):
            watch.imports()
            found.append(second)
    return found


def test_a_new_watch_imports_once_when_nothing_moves():
    assert due(Watch(settle_s=2), b"a", b"a", b"a", b"a", b"a") == [2]


def test_a_burst_of_arrivals_is_one_import():
    assert due(Watch(settle_s=2), b"a", b"a", b"a", b"b", b"c", b"d", b"d", b"d", b"d") == [2, 7]


def test_what_comes_and_goes_again_is_nothing_new():
    assert due(Watch(settle_s=1), b"a", b"a", b"b", b"a", b"a", b"a") == [1]


def test_a_folder_that_never_settles_is_imported_now_and_then():
    changing = [b"%d" % second for second in range(130)]
    assert due(Watch(settle_s=5), *changing) == [60, 121]


def test_starts_anew_when_an_import_came_to_nothing():
    watch = Watch(settle_s=1)
    assert due(watch, b"a", b"a", b"a") == [1]
    watch.forget()
    assert due(watch, b"a", b"a", b"a") == [1]


@pytest.fixture
def folder(tmp_path, make_picture):
    make_picture("photos/one.png", seed=1)
    make_picture("photos/two.png", seed=2)
    return tmp_path / "photos"


@pytest.fixture
def source(folder, db):
    return sources.register(folder, created_at=timezone.now())


@pytest.mark.parametrize(
    ("change", "is_seen"),
    [
        (lambda folder: None, False),
        (lambda folder: (folder / "one.png").write_bytes(b"longer than before" * 9999), True),
        (lambda folder: os.utime(folder / "one.png", (1, 1)), True),
        (lambda folder: (folder / "one.png").rename(folder / "uno.png"), True),
        (lambda folder: (folder / "two.png").unlink(), True),
        (lambda folder: (folder / "below").mkdir(), False),
        (lambda folder: (folder / ".part").write_bytes(b"x"), False),
        (lambda folder: (folder / "Thumbs.db").write_bytes(b"x"), False),
    ],
)
def test_sees_by_names_sizes_and_times_whether_something_arrived(source, folder, change, is_seen):
    before = watching.fingerprint(source)
    change(folder)
    assert (watching.fingerprint(source) != before) == is_seen


def test_sees_hostile_names(source, folder):
    before = watching.fingerprint(source)
    (folder / os.fsdecode(b"a\xff\n\x1b[31m.jpg")).write_bytes(b"x")
    (folder / "loop").symlink_to(folder)
    assert watching.fingerprint(source) != before


def test_a_folder_that_is_gone_is_lost_and_not_empty(source, folder):
    folder.rename(folder.with_name("away"))
    with pytest.raises(faults.Lost):
        watching.fingerprint(source)


def test_an_empty_mount_point_is_lost(source, folder, run_job):
    run_job(imports.start(source, created_at=timezone.now()))
    folder.rename(folder.with_name("away"))
    folder.mkdir()
    with pytest.raises(faults.Lost):
        watching.fingerprint(source)


@pytest.fixture
def growing(folder):
    """A file that grows for as long as the test runs."""
    is_over = threading.Event()

    def write():
        with (folder / "growing.jpg").open("ab") as file:
            while not is_over.wait(0.05):
                file.write(b"x" * 1000)
                file.flush()

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.1)
    yield folder / "growing.jpg"
    is_over.set()
    writer.join()


def imported(source, run_job):
    job = run_job(imports.start(source, settle_s=SETTLE_S, created_at=timezone.now()))
    assert job.state == Job.State.COMPLETED
    return job, sorted(MediaFile.objects.values_list("name", flat=True))


def test_an_import_leaves_alone_what_grows(source, growing, run_job):
    job, names = imported(source, run_job)
    assert names == ["one.png", "two.png"]
    assert job.total_count == 2


def test_a_known_file_that_is_being_replaced_is_not_missed(source, growing, run_job):
    run_job(imports.start(source, created_at=timezone.now()))
    before = MediaFile.objects.get(name="growing.jpg")
    job, names = imported(source, run_job)
    after = MediaFile.objects.get(name="growing.jpg")
    assert "growing.jpg" in names
    assert (after.state, after.size_bytes) == (before.state, before.size_bytes)
    assert (job.vanished_count, job.changed_count) == (0, 0)


def test_what_was_left_alone_is_taken_by_the_next_import(source, folder, run_job):
    os.utime(folder / "one.png", (1, 1))
    entries = settling.settled(
        _entries(source), root=source.root, settle_s=SETTLE_S, rest=lambda: os.utime(folder / "one.png")
    )
    assert [settling.is_growing(entry) for entry in entries] == [True, False]
    assert imported(source, run_job)[1] == ["one.png", "two.png"]


def test_what_vanishes_while_it_is_waited_for_is_left_alone(source, folder):
    (folder / "one.png").rename(folder / "part")
    entries = list(
        settling.settled(
            _entries(source),
            root=source.root,
            settle_s=SETTLE_S,
            rest=lambda: (folder / "part").unlink(missing_ok=True),
        )
    )
    assert [(entry.path, settling.is_growing(entry)) for entry in entries] == [
        (b"part", True),
        (b"two.png", False),
    ]


def test_settling_takes_no_longer_for_many_files(source, folder):
    for number in range(300):
        (folder / f"{number}.txt").write_bytes(b"x")
    began = time.monotonic()
    kept = list(settling.settled(_entries(source), root=source.root, settle_s=SETTLE_S, rest=lambda: None))
    assert len(kept) == 302
    assert SETTLE_S <= time.monotonic() - began < 50 * SETTLE_S


def _entries(source):
    return scan(source.root)
