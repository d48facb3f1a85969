import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_catalog.models import DuplicateGroup
from media_catalog.services import counts, planner
from review.copies import SCOPES, following
from tests.media_catalog import copies

# PostgreSQL looks at its tables by itself.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_the_queue_of_a_class_is_found_without_its_resolved_groups_once_tables_were_looked_at(now):
    copies.file("a.jpg")
    counts.rebuild()
    # Small classes are all resolved, so that on average a class holds more of the unresolved than of all.
    kinds = {"near": 90, "edited": 3, "burst": 3, "similar": 3}
    DuplicateGroup.objects.bulk_create(
        DuplicateGroup(
            kind=kind, key=str(number), created_at=now, resolved_at=None if kind == "near" else now
        )
        for kind, many in kinds.items()
        for number in range(many)
    )
    planner.look_at_tables()
    with CaptureQueriesContext(connection) as asked:
        assert len(following(SCOPES["near"], after=0)) == 3
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[0]['sql']}")
        assert "group_unresolved" in cursor.fetchone()[-1]
