import pytest

from media_catalog.models import Fate, Job, MediaFile
from media_catalog.services import counts, troubles
from media_catalog.services.troubles import Reason

pytestmark = pytest.mark.django_db


def write(folder, **files: bytes) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)


def why() -> dict[str, str]:
    return dict(MediaFile.objects.values_list("name", "reason_code"))


@pytest.fixture
def imported(import_folder, tmp_path):
    write(
        tmp_path / "a", one_txt=b"text", two_txt=b"more", empty_jpg=b"", bad_jpg=b"\xff\xd8\xff\xe0 no jpeg"
    )
    import_folder(tmp_path / "a")
    return tmp_path / "a"


def test_lists_failures_first_and_then_what_was_left_out(imported):
    assert troubles.reasons() == [
        Reason(fate=Fate.FAILED, code="empty", number=1),
        Reason(fate=Fate.FAILED, code="unreadable", number=1),
        Reason(fate=Fate.SKIPPED, code="not_media", number=2),
    ]


def test_counts_by_reason_stay_right_when_they_are_derived_anew(imported):
    before = troubles.reasons()
    counts.rebuild()
    assert troubles.reasons() == before


def test_finds_the_files_of_a_reason(imported):
    found = troubles.files(fate=Fate.SKIPPED, code="not_media")
    assert [file.name for file in found] == ["one.txt", "two.txt"]


def test_tries_only_files_with_the_reason_again(imported, make_picture, run_job, now):
    for name in ("empty.jpg", "one.txt"):
        make_picture(imported / "new.jpg").replace(imported / name)
    [job] = troubles.retry(fate=Fate.FAILED, code="empty", at=now).jobs
    assert run_job(job).state == Job.State.COMPLETED
    assert (why()["empty.jpg"], why()["one.txt"]) == ("", "not_media")
    assert MediaFile.objects.get(name="empty.jpg").state == "analysed"
    assert Reason(fate=Fate.SKIPPED, code="not_media", number=2) in troubles.reasons()


def test_what_is_no_longer_there_is_told_by_the_job_that_tried_it(imported, run_job, now):
    (imported / "empty.jpg").unlink()
    [job] = troubles.retry(fate=Fate.FAILED, code="empty", at=now).jobs
    assert run_job(job).failed_count == 1


def test_a_source_that_is_being_imported_is_named_and_left_alone(imported, now):
    troubles.retry(fate=Fate.FAILED, code="empty", at=now)
    tried = troubles.retry(fate=Fate.SKIPPED, code="not_media", at=now)
    assert (tried.jobs, [source.label for source in tried.busy]) == ([], ["a"])
