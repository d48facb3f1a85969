import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_catalog.pipeline import zip_members
from media_catalog.pipeline.zip_members import OpenArchives, Unreadable

A = "Takeout/Google Photos/Sommer/a.jpg"


def pack(path: Path, *files: tuple[str, bytes], packing=zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, (2021, 3, 4, 10, 11, 12)), content, packing)
    return path


def listed(path: Path) -> dict[str, str | None]:
    """Names of members to the codes of their refusals."""
    found = zip_members.members(os.fsencode(path))
    assert found is not None
    return {one.path.decode(): one.refusal[0] if one.refusal else None for one in found}


@pytest.fixture
def archives():
    archives = OpenArchives()
    yield archives
    archives.close()


def test_lists_the_files_of_an_export(tmp_path):
    path = pack(
        tmp_path / "a.zip", (A, b"picture"), ("Takeout/Google Photos/Sommer/", b""), ("Takeout/x", b"")
    )

    first, second = zip_members.members(os.fsencode(path))

    assert (first.path, first.size_bytes) == (A.encode(), 7)
    assert first.mtime_ns // 10**9 == 1614852672  # as if its wall clock were UTC
    assert second.path == b"Takeout/x"


def test_a_zip_of_anything_else_is_left_alone(tmp_path):
    assert zip_members.members(os.fsencode(pack(tmp_path / "a.zip", ("b.jpg", b"x")))) is None


def test_another_content_of_the_same_size_has_another_time(tmp_path):
    [one] = zip_members.members(os.fsencode(pack(tmp_path / "a.zip", (A, b"picture"))))
    [two] = zip_members.members(os.fsencode(pack(tmp_path / "b.zip", (A, b"Picture"))))

    assert one.mtime_ns != two.mtime_ns


def test_reads_a_member_from_a_copy_that_is_gone_afterwards(tmp_path, archives):
    path = os.fsencode(pack(tmp_path / "a.zip", (A, b"picture"))) + b"/" + A.encode()
    scratch = tmp_path / "scratch"

    with archives.local(path, scratch=scratch) as copy:
        assert Path(os.fsdecode(copy)).read_bytes() == b"picture"
        assert os.path.basename(copy) == b"a.jpg"

    assert archives.head(path) == b"picture"
    assert list(scratch.iterdir()) == []


def test_an_ordinary_file_is_read_where_it_is(tmp_path, archives):
    folder = tmp_path / "old.zip"
    folder.mkdir()
    path = os.fsencode(folder / "a.jpg")

    with archives.local(path, scratch=tmp_path / "scratch") as same:
        assert same == path


def test_lists_the_names_of_one_folder(tmp_path, archives):
    path = pack(tmp_path / "a.zip", (A, b"x"), ("Takeout/Google Photos/b.jpg", b"x"))

    assert archives.names_in(os.fsencode(path) + b"/Takeout/Google Photos/Sommer") == [b"a.jpg"]


@pytest.mark.parametrize(
    "name",
    ["Takeout/../../etc/passwd", "Takeout/./a.jpg", "Takeout//a.jpg", "/Takeout/a.jpg", "Takeout/a\\b.jpg"],
)
def test_refuses_names_that_lead_elsewhere(tmp_path, archives, name):
    path = pack(tmp_path / "a.zip", ("Takeout/x", b"x"), (name, b"x"))

    assert listed(path)[name] == "unsafe_name"
    with (
        pytest.raises(Unreadable),
        archives.local(os.fsencode(path) + b"/" + name.encode(), scratch=tmp_path / "scratch"),
    ):
        pass


def test_refuses_links_and_what_is_encrypted_or_packed_otherwise(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("Takeout/link.jpg")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("Takeout/lzma.jpg", b"x", zipfile.ZIP_LZMA)
        archive.writestr("Takeout/secret.jpg", b"x")
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1  # the last member says that it is encrypted
    path.write_bytes(data)

    assert listed(path) == {
        "Takeout/link.jpg": "symlink",
        "Takeout/lzma.jpg": "unknown_packing",
        "Takeout/secret.jpg": "encrypted",
    }


def test_refuses_a_bomb(tmp_path, archives):
    path = pack(tmp_path / "a.zip", ("Takeout/bomb.jpg", bytes(zip_members.LARGE + 1)))

    assert listed(path) == {"Takeout/bomb.jpg": "zip_bomb"}
    with pytest.raises(Unreadable, match="would unpack"):
        archives.head(os.fsencode(path) + b"/Takeout/bomb.jpg")


def test_a_member_that_is_larger_than_it_says_is_not_believed(tmp_path, archives):
    path = pack(tmp_path / "a.zip", ("Takeout/a.jpg", bytes(500_000)))
    data = bytearray(path.read_bytes())
    struct.pack_into("<L", data, data.rfind(b"PK\x01\x02") + 24, 100)
    path.write_bytes(data)

    with (
        pytest.raises(Unreadable),
        archives.local(os.fsencode(path) + b"/Takeout/a.jpg", scratch=tmp_path / "scratch"),
    ):
        pass


def test_a_damaged_member_is_told_from_a_good_one(tmp_path, archives):
    path = pack(tmp_path / "a.zip", (A, b"picture" * 100), packing=zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"picturepicture", b"picturePicture", 1))

    with (
        pytest.raises(Unreadable, match="damaged"),
        archives.local(os.fsencode(path) + b"/" + A.encode(), scratch=tmp_path / "scratch"),
    ):
        pass


def test_what_is_gone_from_its_archive_is_not_found(tmp_path, archives):
    path = os.fsencode(pack(tmp_path / "a.zip", (A, b"x")))

    with pytest.raises(FileNotFoundError):
        archives.head(path + b"/Takeout/gone.jpg")


def test_a_part_that_was_not_loaded_to_its_end_is_unreadable(tmp_path):
    path = pack(tmp_path / "a.zip", (A, b"picture"))
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(Unreadable, match="not a whole ZIP"):
        zip_members.members(os.fsencode(path))


def test_a_directory_that_would_fill_the_memory_is_refused(tmp_path):
    path = pack(tmp_path / "a.zip", (A, b"picture"))
    data = bytearray(path.read_bytes())
    struct.pack_into("<L", data, data.rfind(b"PK\x05\x06") + 12, zip_members.DIRECTORY_LIMIT + 1)
    path.write_bytes(data)

    with pytest.raises(Unreadable, match="too large"):
        zip_members.members(os.fsencode(path))


def test_sweeps_what_a_killed_process_left_behind(tmp_path, archives):
    path = os.fsencode(pack(tmp_path / "a.zip", (A, b"x"))) + b"/" + A.encode()
    old, young = tmp_path / "scratch/member-old", tmp_path / "scratch/member-young"
    for folder in (old, young):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))

    with archives.local(path, scratch=tmp_path / "scratch"):
        assert (old.exists(), young.exists()) == (False, True)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("zip")
    return folder, pack(folder / "whole.zip", (A, b"picture" * 30), ("Takeout/b.jpg", b"x")).read_bytes()


@given(st.data())
def test_any_damage_is_unreadable_and_nothing_worse(whole, data):
    folder, content = whole
    at, damage = data.draw(st.integers(0, len(content))), data.draw(st.binary(min_size=1, max_size=8))
    path = folder / "damaged.zip"
    path.write_bytes(content[:at] + damage + content[at + len(damage) :])
    archives = OpenArchives()
    try:
        for member in zip_members.members(os.fsencode(path)) or ():
            with archives.local(os.fsencode(path) + b"/" + member.path, scratch=folder / "scratch"):
                pass
    except (Unreadable, FileNotFoundError):
        pass
    finally:
        archives.close()
