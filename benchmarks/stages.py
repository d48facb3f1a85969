"""Where the CPU time of an import goes, stage by stage, by clocks around our own functions."""

import contextlib
import functools
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import installation

DATABASE, QUEUE, FINISH = "database: ", "queue: ", "finish: "
REST = "batches cut, rows loaded, results of ExifTool matched"
THREADS = "other threads: ExifTool's JSON parsed, leases kept"


class Clocks:
    """CPU time by stage; what one stage calls of another counts for the other alone."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._open: list[tuple[str, float]] = []
        self._thread = threading.get_ident()

    def wrap(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() != self._thread:
                return function(*args, **kwargs)
            self._switch()
            self._open.append((stage, time.thread_time()))
            try:
                return function(*args, **kwargs)
            finally:
                self._switch()
                self._open.pop()
                self._resume()

        return timed

    def _switch(self) -> None:
        if self._open:
            stage, since = self._open[-1]
            self.seconds[stage] += time.thread_time() - since

    def _resume(self) -> None:
        if self._open:
            self._open[-1] = (self._open[-1][0], time.thread_time())


@contextmanager
def measured() -> Iterator[Clocks]:
    """Put a clock around each stage for as long as the block lasts."""
    clocks = Clocks()
    with contextlib.ExitStack() as stack:
        for stage, places in _stages().items():
            for holder, name in places:
                names = holder if isinstance(holder, dict) else vars(holder)
                stack.callback(names.__setitem__, name, names[name])
                names[name] = clocks.wrap(names[name], stage)
        yield clocks


Place = tuple[ModuleType | dict[str, Any], str]


def _stages() -> dict[str, list[Place]]:
    from media_catalog.pipeline import fingerprint, medium, probe, thumbnail, triage
    from media_catalog.pipeline.duplicates import shot
    from media_catalog.services import (
        camera_proposals,
        groups,
        import_results,
        imports,
        jobs,
        neighbours,
        sidecars,
        turns,
    )

    return {
        "read and SHA-256": [(fingerprint, "read_and_hash")],
        "kind by content, sidecars parsed": [(triage, "sort_out")],
        "decoder asked and waited for": [(medium, "_decode")],
        "thumbnail written": [(thumbnail, "save")],
        "facts from tags": [(probe, "probe"), (shot, "shot_of")],
        "tags made clean": [(probe, "clean_tags")],
        "date decided": [(medium, "_infer")],
        DATABASE + "search, rows of files": [(imports.STAGES, "scan")],
        DATABASE + "results": [(import_results, "store")],
        QUEUE + "claims, leases, doorbells": [
            (turns, "claim_next"),
            (jobs, "renew"),
            (jobs, "finish_batch"),
            (jobs, "stop_if_asked"),
            (jobs, "add_batch"),
        ],
        FINISH + "sidecars": [(sidecars, "run")],
        FINISH + "identical files": [(groups, "refresh_identical")],
        FINISH + "clocks of cameras": [(camera_proposals, "run")],
        FINISH + "neighbours": [(neighbours, "run")],
        FINISH + "the rest": [(imports.STAGES, "finish")],
    }


def cost_of_traits(paths: Sequence[Path]) -> dict[str, float]:
    """Measure what the search for copies asks of the decoder of JPEGs: CPU milliseconds per file."""
    from media_catalog.pipeline import image_data, thumbnail
    from media_catalog.pipeline.decoders.base import DecodePolicy
    from media_catalog.pipeline.look import quality, signature

    contents = [memoryview(path.read_bytes()) for path in paths]
    policy = DecodePolicy()
    pictures = [
        thumbnail.decode(content, mime_type="image/jpeg", orientation=1, policy=policy).picture
        for content in contents
    ]
    parts: dict[str, Callable[[], object]] = {
        "a mark of the picture data": lambda: [
            image_data.content_mark(content, mime_type="image/jpeg") for content in contents
        ],
        "a signature of its look": lambda: [signature.look_of(picture) for picture in pictures],
        "sharpness and exposure": lambda: [quality.quality_of(picture) for picture in pictures],
    }
    return {name: installation.milliseconds(work, files=len(paths)) for name, work in parts.items()}
