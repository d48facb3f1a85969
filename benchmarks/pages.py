"""How long the server takes for every page: `python -m benchmarks.pages --files 1000000`.

The catalogue is filled with rows, first 10,000 files, then as many as are asked for (a fifth as many groups),
in SQLite, or in the database of DATABASE_URL, which must be empty. A page holds if the 95th percentile is
within twice its own at 10,000 files and within thrice a stock list of the Django admin with 100 plain rows,
measured in between, and if it asks the database at most 15 times.
"""

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks import installation
from benchmarks.page_latency import percentile

if TYPE_CHECKING:
    from django.test import Client

    from benchmarks.page_addresses import Page

STOCK = "/admin/auth/user/"
BAR_GROWTH, BAR_STOCK, BAR_QUERIES = 2.0, 3.0, 15
# Of two times this short the quotient is noise.
LEAST_MS = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is measured, and how."""

    rounds: int
    only: str
    is_cpu: bool

    @property
    def clock(self) -> Callable[[], float]:
        return time.process_time if self.is_cpu else time.perf_counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a page costs at one size of the catalogue."""

    ms: float
    least_ms: float  # what it costs where nothing else is going on
    queries: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=100_000, help="in tens of thousands")
    parser.add_argument("--rounds", type=int, default=40, help="how often each page is asked for")
    parser.add_argument(
        "--cpu",
        action="store_true",
        help="measure CPU time, on a busy machine; on SQLite, which is a part of us",
    )
    parser.add_argument("--only", default="", help="pages whose name contains this")
    options = parser.parse_args()
    given = os.environ.get("DATABASE_URL", "")
    with installation.scratch():
        held = _measure_both(
            Measure(rounds=options.rounds, only=options.only, is_cpu=options.cpu), options.files
        )
    print(
        f"on {'PostgreSQL' if given.startswith('postgres') else 'SQLite'}: {'held' if held else 'not held'}"
    )
    sys.exit(0 if held else "a bar was not held")


def _measure_both(measure: Measure, files: int) -> bool:
    from benchmarks import page_library

    page_library.fill()
    print(installation.surroundings())
    print(page_library.summary())
    small = _measure(measure)
    started = time.monotonic()
    page_library.grow(files=files)
    print(f"{page_library.summary()} after {time.monotonic() - started:.0f} s")
    large = _measure(measure)
    return _compare(small, large)


def _measure(measure: Measure) -> Mapping[str, Measured]:
    """Ask for all pages in turn, again and again, and return what each of them costs."""
    from benchmarks.page_addresses import Page, admin_pages, pages

    client = _client()
    stock = Page(name="stock admin list", address=STOCK)
    every = [*pages(), *admin_pages()]
    wanted = [stock, *(page for page in every if measure.only in page.title)]
    queries = {page.title: _queries(client, page) for page in wanted}
    times: dict[str, list[float]] = {page.title: [] for page in wanted}
    gc.collect()
    gc.disable()
    for _ in range(measure.rounds):
        for page in wanted:
            times[page.title].append(_fetch_ms(client, page, clock=measure.clock))
        gc.collect()
    gc.enable()
    return {
        name: Measured(ms=percentile(values, 95), least_ms=min(values), queries=queries[name])
        for name, values in times.items()
    }


def _client() -> "Client":
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    (settings.DATA_DIR / "static").mkdir(exist_ok=True)
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    client = Client()
    user = User.objects.get(username="bench")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _queries(client: "Client", page: "Page") -> int:
    """Count the queries of a page that was asked for before, so that templates and caches are warm."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    _fetch_ms(client, page)
    with CaptureQueriesContext(connection) as captured:
        _fetch_ms(client, page)
    return len(captured)


def _fetch_ms(client: "Client", page: "Page", *, clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    if page.form:
        answer = client.post(page.address, page.form, content_type="application/x-www-form-urlencoded")
    else:
        answer = client.get(page.address, follow=True)
    content = answer.content
    took = (clock() - start) * 1000
    if answer.status_code != 200 or b"<html" not in content[:500]:
        raise SystemExit(f"{page.title}: {answer.status_code} {page.address}")
    return took


def _compare(small: Mapping[str, Measured], large: Mapping[str, Measured]) -> bool:
    stock = next(iter(large.values())).ms
    print(f"\n{'page':32} {'small':>8} {'large':>8} {'growth':>7} {'at best':>7} {'stock':>6} {'queries':>8}")
    missed = [name for name, after in large.items() if not _holds(name, small.get(name), after, stock=stock)]
    print(f"\n{len(large) - len(missed)} pages hold, {len(missed)} do not: {', '.join(missed) or '–'}")  # noqa: RUF001
    return not missed


def _holds(name: str, before: Measured | None, after: Measured, *, stock: float) -> bool:
    growth = max(after.ms, LEAST_MS) / max(before.ms, LEAST_MS) if before else 1.0
    faults = _faults(growth, after.ms / stock, after.queries)
    first = before.ms if before else float("nan")
    at_best = after.least_ms / before.least_ms if before else 1.0
    print(
        f"{name[:32]:32} {first:6.1f}ms {after.ms:6.1f}ms {growth:7.2f} {at_best:7.2f} "
        f"{after.ms / stock:6.2f} {after.queries:8}  {' '.join(faults)}",
        flush=True,
    )
    return not faults


def _faults(growth: float, against_stock: float, queries: int) -> Sequence[str]:
    found = {
        "GROWS": growth > BAR_GROWTH,
        "SLOW": against_stock > BAR_STOCK,
        "QUERIES": queries > BAR_QUERIES,
    }
    return [name for name, is_missed in found.items() if is_missed]


if __name__ == "__main__":
    main()
