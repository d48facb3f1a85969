import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import postgres

ROOT = Path(__file__).parent.parent


def has_server() -> bool:
    try:
        postgres.find_programs()
    except postgres.ServerFailed:
        return False
    return True


needs_server = pytest.mark.skipif(not has_server(), reason="PostgreSQL's server programs are not installed")


def run_with_server(*command):
    return subprocess.run(
        [sys.executable, "-m", "tests.postgres", *command],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )


@needs_server
def test_gives_the_command_a_working_database():
    query = (
        "import environ, psycopg; db = environ.Env().db_url();"
        "connection = psycopg.connect(host=db['HOST'], dbname=db['NAME'], user=db['USER']);"
        "print(*connection.execute('SELECT upper(%s)', ['ü']).fetchone())"
    )
    done = run_with_server(sys.executable, "-c", query)
    assert done.stdout == "Ü\n", done.stderr


@needs_server
@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_returns_the_exit_code_of_the_command(script, code):
    assert run_with_server("sh", "-c", script).returncode == code


@needs_server
def test_leaves_no_server_and_no_folder_behind():
    url = run_with_server("sh", "-c", "echo $DATABASE_URL").stdout
    folder = Path(url.strip().removeprefix("postgres://mediaparser@/")).parent
    assert folder.name.startswith("mediaparser-pg-")
    assert not folder.exists()


def test_says_how_it_is_used():
    done = run_with_server()
    assert (done.returncode, done.stderr) == (2, "usage: python -m tests.postgres COMMAND…\n")
