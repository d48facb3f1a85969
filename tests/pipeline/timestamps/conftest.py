"""Deciding on the date of a file that has these tags."""

from datetime import UTC, datetime

import pytest

from media_catalog.pipeline.timestamps import decide, own_claims
from media_catalog.pipeline.timestamps.decide import DatePolicy

NEW_YORK = DatePolicy(default_zone="America/New_York", now=datetime(2026, 11, 20, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def infer():
    """Decide for tags, a path and a file time as the import does; `more` claims come from elsewhere."""

    def infer_date(tags, path=None, *, mtime=None, more=(), policy=NEW_YORK, **circumstances):
        mtime_ns = int(mtime.timestamp()) * 10**9 if mtime else 0
        claims = own_claims.of_file(path or "", tags=tags, mtime_ns=mtime_ns)
        known = [claim for claim in claims if mtime or claim.source != "file:mtime"]
        return decide.decide([*known, *more], policy=policy, **circumstances)

    return infer_date
