"""An installation on several hosts, and what its database says of the work."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.hosts.network import Host
from tests.hosts.server import Server

LEASE_S = 5
BEGUN_BY_ALL = """
    SELECT max(begun), count(*) FROM (
        SELECT min(finished_at) AS begun FROM media_catalog_jobbatch
        WHERE stage = 'files' AND state = 'done' GROUP BY split_part(owner, '|', 1)
    ) AS hosts
"""
SHARES = """
    SELECT split_part(batch.owner, '|', 1), count(*)
    FROM media_catalog_jobbatch AS batch JOIN media_catalog_jobfile AS file ON file.batch_id = batch.id
    WHERE batch.state = 'done' AND batch.finished_at > '{since}' AND batch.job_id = {job}
    GROUP BY 1
"""
# When and by which row is left out; what was found out stays.
CATALOGUE = """
    SELECT file.path_text,
        to_jsonb(file) - ARRAY['id', 'stack_id', 'discovered_at', 'analysed_at', 'metadata_read_at'],
        (SELECT jsonb_agg(to_jsonb(one) - 'id' - 'file_id' ORDER BY one.rank, one.source)
            FROM media_catalog_timestampcandidate AS one WHERE one.file_id = file.id),
        (SELECT jsonb_agg(one.tags) FROM media_catalog_filemetadata AS one WHERE one.file_id = file.id),
        (SELECT jsonb_agg(jsonb_build_array(its.key, one.is_keeper, one.rank) ORDER BY its.key)
            FROM media_catalog_duplicatemember AS one
            JOIN media_catalog_duplicategroup AS its ON its.id = one.group_id WHERE one.file_id = file.id),
        (SELECT jsonb_agg(jsonb_build_array(one.change, one.outcome))
            FROM media_catalog_jobfile AS one WHERE one.file_id = file.id),
        (SELECT jsonb_agg(jsonb_build_array(one.code, one.message))
            FROM media_catalog_jobfailure AS one WHERE one.file_id = file.id),
        (SELECT jsonb_agg(jsonb_build_array(one.destination, one.state, one.copy_sha256, one.source_sha256))
            FROM media_catalog_exportedfile AS one WHERE one.file_id = file.id)
    FROM media_catalog_mediafile AS file ORDER BY 1
"""
COUNTS = "SELECT facet, value, number FROM media_catalog_librarycount WHERE number <> 0 ORDER BY 1, 2"
JOBS = """
    SELECT kind, state, stage, total_count, done_count, failed_count, skipped_count, known_count,
        changed_count, vanished_count, summary - 'archive', finished_at IS NOT NULL
    FROM media_catalog_job ORDER BY id
"""


@dataclass(frozen=True, kw_only=True)
class Site:
    server: Server
    database: str
    folder: Path

    def environment(self, host: Host) -> dict[str, str]:
        temporary = self.folder / f"temporary-{host.name}"  # what is shared is named: this is not
        temporary.mkdir(parents=True, exist_ok=True)
        ours = ("DJANGO_SETTINGS_MODULE", "PYTEST_CURRENT_TEST")
        environment = {key: value for key, value in os.environ.items() if key not in ours}
        return environment | {
            "MEDIAPARSER_DATA_DIR": str(self.folder),
            "TMPDIR": str(temporary),
            "DATABASE_URL": self.server.url(self.database),
            "MEDIAPARSER_WORKERS": "1",
            "MEDIAPARSER_BATCH_SIZE": "5",
            "MEDIAPARSER_LEASE_SECONDS": str(LEASE_S),
        }

    def run(self, host: Host, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return host.run(self.command(*arguments), env=self.environment(host))

    def start(self, host: Host, *arguments: str | Path) -> "subprocess.Popen[bytes]":
        return host.start(self.command(*arguments), log=self.log(host), env=self.environment(host))

    def log(self, host: Host) -> Path:
        return self.folder / f"{host.name}.log"

    def json(self, host: Host, *arguments: str | Path) -> dict[str, Any]:
        done = self.run(host, *arguments, "--json")
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    @staticmethod
    def command(*arguments: str | Path) -> list[str]:
        return [sys.executable, str(settings.BASE_DIR / "manage.py"), *map(str, arguments)]

    def query(self, statement: str) -> list[list[str]]:
        return self.server.query(statement, database=self.database)

    def number(self, statement: str) -> int:
        return int(self.query(statement)[0][0])

    def done(self, job: int) -> int:
        return self.number(f"SELECT done_count FROM media_catalog_job WHERE id = {job}")  # noqa: S608

    def has_ended(self, job: int) -> bool:
        return self.number(f"SELECT count(finished_at) FROM media_catalog_job WHERE id = {job}") == 1  # noqa: S608

    def shares(self, job: int, *, hosts: int) -> Mapping[str, int]:
        """How many files each host has done since all of them were at work."""
        [[since, begun]] = self.query(BEGUN_BY_ALL)
        if int(begun) < hosts:
            return {}
        return {host: int(files) for host, files in self.query(SHARES.format(since=since, job=job))}

    def held_by(self, host: Host) -> set[str]:
        held = f"state = 'running' AND owner LIKE '{host.name}|%'"
        return {batch for [batch] in self.query(f"SELECT id FROM media_catalog_jobbatch WHERE {held}")}  # noqa: S608

    def facts(self) -> dict[str, object]:
        """All that imports and exports came to, without the ids and times that tell one run from another."""
        thumbnails = self.folder / "thumbnails"
        return {
            "catalogue": self.query(CATALOGUE),
            "counts": self.query(COUNTS),
            "jobs": self.query(JOBS),
            "thumbnails": sorted(str(path.relative_to(thumbnails)) for path in thumbnails.rglob("*.*")),
        }


def wait_until(condition: Callable[[], object], *, seconds: float = 60) -> float:
    """Wait until something is so, and return how many seconds that took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, "it took too long"
        time.sleep(0.1)
    return time.monotonic() - started
