"""Deciding on the date of a file that has these tags."""

from datetime import UTC, datetime

import pytest

from media_catalog.pipeline.filename_dates import candidate_from_name
from media_catalog.pipeline.timestamps import candidates, decide
from media_catalog.pipeline.timestamps.decide import DatePolicy

NEW_YORK = DatePolicy(default_zone="America/New_York", now=datetime(2026, 11, 20, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def infer():
    """Decide for tags, a file name and a modification time, as the import does."""

    def infer_date(tags, name=None, *, mtime=None, policy=NEW_YORK, position=None, camera=(None, None)):
        claims = candidates.from_tags(tags)
        if name and (claim := candidate_from_name(name)):
            claims.append(claim)
        if mtime:
            claims.append(candidates.from_mtime(int(mtime.timestamp()) * 10**9))
        return decide.decide(claims, policy=policy, position=position, camera=camera)

    return infer_date
