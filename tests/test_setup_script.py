import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts/setup"
BASIC_PROGRAMS = ["sh", "dirname", "mktemp", "rm", "tail", "awk", "id", "env", "mkdir", "tar", "chmod", "mv"]


@pytest.fixture
def machine(tmp_path):
    """A checkout on a machine with little more than a shell, where nothing may be installed by apt-get."""
    programs, checkout = tmp_path / "bin", tmp_path / "checkout"
    for folder in (programs, checkout / "scripts", checkout / ".venv/bin"):
        folder.mkdir(parents=True)
    for name in BASIC_PROGRAMS:
        (programs / name).symlink_to(shutil.which(name))
    (checkout / ".venv/bin/python").symlink_to(sys.executable)
    shutil.copy(SCRIPT, checkout / "scripts")
    return tmp_path


def add_program(machine, name, script):
    program = machine / "bin" / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def set_up(machine, what, **environment):
    return subprocess.run(
        [machine / "checkout/scripts/setup", what],
        env={"PATH": str(machine / "bin"), "NO_APT": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_says_what_to_type_where_exiftool_cannot_be_had(machine):
    done = set_up(machine, "exiftool")
    assert done.returncode == 1
    assert "sudo apt-get install libimage-exiftool-perl" in done.stderr
    assert "brew install exiftool" in done.stderr


def test_takes_the_exiftool_of_the_system(machine):
    add_program(machine, "exiftool", "echo 12.57")
    done = set_up(machine, "exiftool")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"ExifTool    12.57 ({machine}/bin/exiftool)\n"


@pytest.mark.parametrize("answer", ["echo 12.16", "echo nonsense", "exit 1"])
def test_does_not_take_an_exiftool_that_is_old_or_broken(machine, answer):
    add_program(machine, "exiftool", answer)
    assert set_up(machine, "exiftool").returncode == 1


def test_takes_the_exiftool_that_was_fetched_before(machine):
    bundled = machine / "checkout/.tools/exiftool/exiftool"
    bundled.parent.mkdir(parents=True)
    bundled.write_text("#!/bin/sh\necho 13.59\n")
    bundled.chmod(0o755)
    assert set_up(machine, "exiftool").stdout == "ExifTool    13.59 (.tools/exiftool/exiftool)\n"


def test_refuses_an_archive_that_is_not_the_expected_one(machine):
    add_program(machine, "npm", "echo something else > exiftool.tgz")
    done = set_up(machine, "exiftool")
    assert done.returncode == 1
    assert "is not the expected one" in done.stderr
    assert not (machine / "checkout/.tools/exiftool").exists()


def test_names_the_variable_that_is_wrong(machine):
    done = set_up(machine, "exiftool", MEDIAPARSER_EXIFTOOL="/nowhere/exiftool")
    assert done.returncode == 1
    assert "MEDIAPARSER_EXIFTOOL=/nowhere/exiftool is not ExifTool 12.40 or later" in done.stderr


def test_says_what_to_type_where_python_is_too_old(machine):
    (machine / "checkout/.venv/bin/python").unlink()
    add_program(machine, "python3", "exit 1")
    done = set_up(machine, "python")
    assert done.returncode == 1
    assert "sudo apt-get install python3 python3-venv" in done.stderr


def test_does_not_know_other_parts(machine):
    done = set_up(machine, "kitchen")
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")
