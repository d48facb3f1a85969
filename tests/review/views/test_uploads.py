import hashlib
import io
import json
from urllib.parse import urlencode

import pytest
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from media_catalog.models import Job, MediaFile, Source, Upload, UploadedFile
from media_catalog.services import sources, upload_disk, uploads
from review.views import uploads as views
from tests.review.conftest import BACKEND
from tests.review.rows import NOW

pytestmark = pytest.mark.django_db

JSON = "application/json"
BINARY = "application/octet-stream"
HOSTILE = "Trip/<img src=x onerror=alert(1)> &lt;b&gt; {ski, alps}[FORCE] 🎂.jpg"


@pytest.fixture
def upload(person):
    return uploads.begin(owner=person, at=NOW)


def begin(page, **fields: str):
    form = "application/x-www-form-urlencoded"
    return page.post("/import/uploads/", urlencode(fields), content_type=form)


def told(path: str, content: bytes, **more) -> dict:
    facts = {"size": len(content), "mtime": 1_422_714_030_000, "sha256": hashlib.sha256(content).hexdigest()}
    return {"path": path, **facts, **more}


def offer(page, upload, *files: dict):
    address = reverse("upload_offer", args=[upload.pk])
    return page.post(address, json.dumps({"files": files}), content_type=JSON)


def send(page, upload, file_id: int, content: bytes, *, offset=0):
    address = reverse("upload_piece", args=[upload.pk, file_id])
    return page.post(f"{address}?offset={offset}", content, content_type=BINARY)


def put(page, upload, path: str, content: bytes):
    [file] = offer(page, upload, told(path, content)).json()["files"]
    return send(page, upload, file["id"], content).json()


def lying(upload) -> dict[str, bytes]:
    folder = upload_disk.files(upload.pk)
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_begins_an_upload_with_what_was_said_about_it(page, person):
    answer = begin(page, label="Mum's phone", time_zone="Rome", tags='"Paris, Texas",b')
    upload = Upload.objects.get()
    assert answer.json() == {"address": reverse("upload", args=[upload.pk])}
    assert (upload.owner, upload.label, upload.time_zone) == (person, "Mum's phone", "Europe/Rome")
    assert upload.tags == ["Paris, Texas", "b"]
    assert page.get(answer.json()["address"]).context["form"]["tags"].value() == '"Paris, Texas", b'


def test_takes_a_file_piece_by_piece(page, upload):
    [file] = offer(page, upload, told(HOSTILE, b"0123456789")).json()["files"]
    assert (file["state"], file["received"]) == ("sending", 0)
    assert send(page, upload, file["id"], b"0123").json()["received"] == 4
    wrong = send(page, upload, file["id"], b"0123")
    assert (wrong.status_code, wrong.json()) == (409, {"received": 4})
    assert send(page, upload, file["id"], b"456789", offset=4).json()["state"] == "arrived"
    assert lying(upload) == {HOSTILE: b"0123456789"}


def test_asks_for_what_is_missing_alone(page, upload, make_picture, import_folder):
    known = make_picture("photos/a.jpg").read_bytes()
    import_folder(make_picture("photos/a.jpg").parent)
    put(page, upload, "here.jpg", b"here")
    files = [
        told("known.jpg", known),
        told("here.jpg", b"here"),
        told(".DS_Store", b"x"),
        told("new.jpg", b"n"),
    ]
    answer = offer(page, upload, *files).json()["files"]
    assert [file["state"] for file in answer] == ["known", "arrived", "left", "sending"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"files": []}',
        '{"files": [1]}',
        '{"files": [{"path": "a"}]}',
        '{"files": [{"path": "a", "size": -1}]}',
        '{"files": [{"path": "a", "size": 1.5}]}',
        '{"files": [{"path": "a", "size": true}]}',
        '{"files": [{"path": "a", "size": 1e999}]}',
        '{"files": [{"path": "a", "size": 1, "sha256": "../.."}]}',
        "[" * 100_000,
    ],
)
def test_refuses_offers_that_make_no_sense(page, upload, body):
    answer = page.post(reverse("upload_offer", args=[upload.pk]), body, content_type=JSON)
    assert answer.status_code == 400


def test_a_time_that_is_none_is_left_out(page, upload):
    for mtime in (None, "soon", 1.5, 10**15):
        offer(page, upload, told("a.jpg", b"1", mtime=mtime))
    assert set(UploadedFile.objects.values_list("mtime_ms", flat=True)) == {None}


@pytest.mark.parametrize("offset", ["", "-1", "x", "1" * 30, "٣"])
def test_refuses_places_that_are_none(page, upload, offset):
    address = reverse("upload_piece", args=[upload.pk, 1])
    assert page.post(f"{address}?offset={offset}", b"x", content_type=BINARY).status_code == 400


def test_a_file_that_was_never_offered_is_not_there(page, upload):
    assert send(page, upload, 1, b"x").status_code == 404


def test_says_that_the_disk_is_full(page, upload, monkeypatch):
    [file] = offer(page, upload, told("a.jpg", b"0123")).json()["files"]

    def fill(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(upload_disk, "append", fill)
    answer = send(page, upload, file["id"], b"0123")
    assert answer.status_code == 507
    assert "No space left" in answer.json()["reason"]


def test_nobody_else_comes_near_an_upload(upload, admin_client, client):
    for name in ("upload", "upload_offer", "upload_start", "upload_drop"):
        address = reverse(name, args=[upload.pk])
        ask = admin_client.get if name == "upload" else admin_client.post
        assert ask(address).status_code == 404
    assert client.get(reverse("upload", args=[upload.pk])).status_code == 302


def test_every_piece_needs_a_token_against_forgery(person, upload):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person, backend=BACKEND)
    assert send(strict, upload, 1, b"x").status_code == 403
    assert begin(strict, label="x").status_code == 403
    file = SimpleUploadedFile("a.jpg", b"0123")
    assert strict.post("/import/uploads/", {"files": file}).status_code == 403
    assert not (upload_disk.root() / str(Upload.objects.exclude(pk=upload.pk).get().pk)).exists()


def test_a_form_with_a_token_is_taken_though_its_files_are_read_first(person):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person, backend=BACKEND)
    token = strict.get("/import/").context["csrf_token"]
    form = {"csrfmiddlewaretoken": str(token), "files": SimpleUploadedFile("a.jpg", b"0123")}
    assert strict.post("/import/uploads/", form)["Location"] == reverse("job", args=[Job.objects.get().pk])


def test_shows_how_far_it_is_and_what_failed(page, upload, django_assert_max_num_queries):
    put(page, upload, "a.jpg", b"0123")
    offer(page, upload, told("b.jpg", b"4567"), told("a/" * 200 + "<b>.jpg", b"x"))
    with django_assert_max_num_queries(15):
        text = page.get(reverse("upload", args=[upload.pk])).text
    assert "choose the same files or folder again" in text
    assert "&lt;b&gt;.jpg" in text
    assert "too deep" in text


def test_imports_what_arrived(page, upload, make_picture, run_job):
    put(page, upload, "Trip/a.jpg", make_picture("a.jpg").read_bytes())
    answer = page.post(reverse("upload_start", args=[upload.pk]), {"label": "Mum's phone", "tags": "x"})
    job = run_job(Job.objects.get())
    assert answer.url == reverse("job", args=[job.pk])
    assert (MediaFile.objects.get().path, Source.objects.get().label) == (b"Trip/a.jpg", "Mum's phone")
    assert page.get(reverse("upload", args=[upload.pk])).url == answer.url


def test_what_was_uploaded_is_not_offered_to_be_looked_through_again(page, person, tmp_path):
    label = "Sent by Anna"
    source = sources.register(tmp_path, label=label, created_at=NOW)
    assert f"<bdi>{label}</bdi>" in page.get("/import/").text
    Upload.objects.create(owner=person, state="imported", source=source, created_at=NOW, touched_at=NOW)
    assert f"<bdi>{label}</bdi>" not in page.get("/import/").text


def test_does_not_import_half_of_it_unasked(page, upload):
    put(page, upload, "a.jpg", b"0123")
    offer(page, upload, told("b.jpg", b"4567"))
    address = reverse("upload_start", args=[upload.pk])
    text = page.post(address, follow=True).text
    assert "has not arrived yet" in text
    assert "leaves_missing" in text
    assert page.post(address, {"leaves_missing": "yes"}).url == reverse("job", args=[Job.objects.get().pk])


def test_a_wrong_time_zone_is_told_and_nothing_is_lost(page, upload):
    put(page, upload, "a.jpg", b"0123")
    answer = page.post(reverse("upload_start", args=[upload.pk]), {"time_zone": "Atlantis"})
    assert answer.status_code == 422
    assert "no such time zone" in answer.text
    assert lying(upload) == {"a.jpg": b"0123"}


def test_gives_an_upload_up(page, upload):
    put(page, upload, "a.jpg", b"0123")
    page.post(reverse("upload_drop", args=[upload.pk]))
    assert lying(upload) == {}
    assert page.get(reverse("upload", args=[upload.pk])).url == "/import/"
    assert offer(page, upload, told("b.jpg", b"1")).status_code == 410


def multipart(page, *files: tuple[str, bytes], **fields: str):
    boundary = "frontier"
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in fields.items()]  # fmt: skip
    for name, content in files:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        parts.append(f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + content + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return page.generic("POST", "/import/uploads/", body, f"multipart/form-data; boundary={boundary}")


def test_takes_an_ordinary_form_with_names_as_they_are(page, make_picture):
    one, two = make_picture("a.jpg").read_bytes(), make_picture("b.jpg", seed=2).read_bytes()
    answer = multipart(page, (HOSTILE, one), ("a.jpg", two), ("a.jpg", one), ("../../c.jpg", b"x"), tags="x")
    upload = Upload.objects.get()
    assert answer.url == reverse("job", args=[Job.objects.get().pk])
    assert lying(upload) == {HOSTILE: one, "a.jpg": two, "2/a.jpg": one, "c.jpg": b"x"}
    assert upload.tags == ["x"]


def test_a_form_of_many_files_is_taken_whole(page):
    multipart(page, *((f"{number}.jpg", b"%d" % number) for number in range(300)))
    assert len(lying(Upload.objects.get())) == 300


def test_a_form_without_files_says_so(page):
    answer = page.post("/import/uploads/", {"files": ""}, follow=True)
    multipart(page, ("", b""))
    assert not Job.objects.exists()
    assert answer.status_code in (200, 201)


def test_a_file_of_a_form_that_is_too_large_costs_only_itself(page, settings):
    settings.MEDIAPARSER_UPLOAD_FILE_GB = 1e-6
    multipart(page, ("large.jpg", b"x" * 2000), ("small.jpg", b"x"))
    assert lying(Upload.objects.get()) == {"small.jpg": b"x"}
    assert "no room for large.jpg" in page.get("/import/").text


def test_a_form_that_breaks_off_leaves_nothing(rf, person):
    body = b'--frontier\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\nhalf of it'
    request = rf.generic("POST", "/import/uploads/", body, "multipart/form-data; boundary=frontier")
    request.META["CONTENT_LENGTH"] = str(len(body) + 10)
    request.user, request._stream = person, io.BytesIO(body)
    with pytest.raises(BadRequest):
        views.begin(request)
    upload = Upload.objects.get()
    assert (upload.state, upload_disk.folder(upload.pk).exists()) == ("dropped", False)


def test_a_form_that_is_none_is_refused(page):
    answer = page.generic("POST", "/import/uploads/", b"x", "multipart/form-data")
    assert answer.status_code == 400
    assert Upload.objects.get().state == "dropped"
