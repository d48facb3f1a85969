import pytest

from media_catalog.models import MediaFile
from tests.review.rows import add_file

pytestmark = pytest.mark.django_db
CONTENT = bytes(range(256)) * 4


@pytest.fixture
def video(tmp_path) -> MediaFile:
    (tmp_path / "clip.mp4").write_bytes(CONTENT)
    file = add_file("clip.mp4", kind="video", mime_type="video/mp4", sha256="ab" * 32)
    root = str(tmp_path).encode()
    type(file.source).objects.filter(pk=file.source_id).update(root_bytes=root)
    MediaFile.objects.filter(pk=file.pk).update(path_bytes=b"clip.mp4")
    return file


def ask(page, file, **headers):
    return page.get(f"/files/{file.pk}/video/", headers=headers)


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_sends_the_original_as_it_is_and_as_nothing_else(page, video):
    answer = ask(page, video)
    assert (answer.status_code, body(answer)) == (200, CONTENT)
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"].startswith("private")


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=1000-", 1000, 1023),
        ("bytes=1000-9999", 1000, 1023),
        ("bytes=-24", 1000, 1023),
        ("bytes=-9999", 0, 1023),
    ],
)
def test_sends_the_part_that_is_asked_for(page, video, wanted, first, last):
    answer = ask(page, video, Range=wanted)
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/1024"
    assert answer.headers["Content-Length"] == str(last - first + 1)
    assert body(answer) == CONTENT[first : last + 1]


@pytest.mark.parametrize("wanted", ["bytes=1024-", "bytes=5-4", "bytes=-0"])
def test_says_where_the_file_ends_when_a_part_is_beyond_it(page, video, wanted):
    answer = ask(page, video, Range=wanted)
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */1024")


@pytest.mark.parametrize("wanted", ["bytes=-", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b"])
def test_sends_the_whole_where_the_part_is_not_understood(page, video, wanted):
    assert body(ask(page, video, Range=wanted)) == CONTENT


def test_does_not_continue_another_version_of_the_file(page, video):
    etag = ask(page, video).headers["ETag"]
    parted = {"Range": "bytes=5-9"}
    assert ask(page, video, **parted, **{"If-Range": etag}).status_code == 206
    assert ask(page, video, **parted, **{"If-Range": '"other"'}).status_code == 200
    assert ask(page, video, **{"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "image", "mime_type": "image/jpeg"},
        {"kind": "video", "mime_type": "text/html"},
        {"kind": "video", "state": "failed", "reason_code": "unreadable"},
        {"path_bytes": b"gone.mp4"},
        {"path_bytes": b"."},
    ],
)
def test_sends_nothing_but_videos_of_the_catalogue(page, video, facts):
    MediaFile.objects.filter(pk=video.pk).update(**facts)
    assert ask(page, video).status_code == 404


def test_follows_no_link_out_of_the_source(page, video, tmp_path):
    (tmp_path / "clip.mp4").unlink()
    (tmp_path / "clip.mp4").symlink_to("/etc/hostname")
    assert ask(page, video).status_code == 404


def test_knows_no_file_that_is_not_there_and_shows_strangers_nothing(page, client, video):
    assert page.get("/files/999/video/").status_code == 404
    client.logout()
    assert ask(client, video).status_code == 302


def test_is_never_written_to(page, video):
    assert page.post(f"/files/{video.pk}/video/").status_code == 405
