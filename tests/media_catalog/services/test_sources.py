import pytest
from django.conf import settings

from media_catalog.models import Source
from media_catalog.services import sources

pytestmark = pytest.mark.django_db


def test_registers_a_folder_once_whatever_its_spelling(tmp_path, now):
    (tmp_path / "photos").mkdir()
    first = sources.register(tmp_path / "photos", created_at=now)
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    again = sources.register(tmp_path / "link" / ".." / "photos", label="Mum's phone", created_at=now)
    assert again.pk == first.pk
    assert Source.objects.get().label == "Mum's phone"


@pytest.mark.parametrize(
    ("first", "second", "way_out"),
    [
        ("photos", "photos/2015", "import that folder again"),
        ("photos/2015", "photos", "import the other folders beside it"),
    ],
)
def test_refuses_overlapping_folders_with_the_way_out(tmp_path, now, first, second, way_out):
    (tmp_path / "photos/2015").mkdir(parents=True)
    sources.register(tmp_path / first, created_at=now)
    with pytest.raises(sources.SourceRefused, match=way_out):
        sources.register(tmp_path / second, created_at=now)


def test_takes_neighbours_whose_names_begin_alike(tmp_path, now):
    for name in ("photos", "photos 2"):
        (tmp_path / name).mkdir()
        sources.register(tmp_path / name, created_at=now)
    assert Source.objects.count() == 2


def test_refuses_a_missing_folder_a_file_and_our_own_folders(tmp_path, now):
    (tmp_path / "file").write_text("x")
    for folder, words in (
        (tmp_path / "nowhere", "does not exist"),
        (tmp_path / "file", "is not a folder"),
        (settings.DATA_DIR, "belongs to MediaParser"),
        (settings.DATA_DIR / "sub", "does not exist"),
    ):
        with pytest.raises(sources.SourceRefused, match=words):
            sources.register(folder, created_at=now)
    assert not Source.objects.exists()


def test_keeps_the_exact_bytes_of_a_root_that_is_not_utf8(tmp_path, now):
    root = bytes(tmp_path) + b"/caf\xe9"
    __import__("os").mkdir(root)
    source = sources.register(__import__("os").fsdecode(root), created_at=now)
    source.refresh_from_db()
    assert source.root == root
    assert source.root_text.endswith("caf�")
