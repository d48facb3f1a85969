from pathlib import Path

import pytest

from tests.samples import make_samples

LIBRARY = Path(__file__).parent / "library"


def names_below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.soak
def test_the_committed_library_is_what_the_script_makes(tmp_path):
    make_samples.make(tmp_path / "library")
    assert names_below(tmp_path / "library") == names_below(LIBRARY)


def test_the_library_stays_small():
    sizes = [path.stat().st_size for path in LIBRARY.rglob("*") if path.is_file()]
    assert len(sizes) <= 40
    assert sum(sizes) < 1_000_000


def test_copies_have_the_same_bytes():
    for source, copy in make_samples.COPIES:
        assert (LIBRARY / source).read_bytes() == (LIBRARY / copy).read_bytes()
