"""What the search for look-alikes costs, against its bars: `python -m benchmarks.hash_search`.

The hashes are skewed as those of photographs are: low frequencies are the strongest, the sky is above, so
that bits hang together; one file in two hundred is blank; one in ten is another one with up to twelve bits
changed. CPU seconds count. A sample is checked against a comparison with all.
"""

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from media_catalog.pipeline.look import candidates, likeness, signature
from media_catalog.pipeline.similarity import Hashes, HashIndex

BLANK = 0x8000000000000000  # what a picture of one colour would have
BLANK_SHARE, COPY_SHARE = 0.005, 0.1
MOST_CHANGED = 12
NEW = 1_000
SAMPLE = 200
SLICE = 50_000
# (hashes, bits, CPU seconds at most)
BARS = ((100_000, 10, 2.0), (1_000_000, 6, 90.0), (1_000_000, 10, 90.0))
NEW_BAR_S = 3.0
MEMORY_BAR_MB = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--files", type=int, default=1_000_000, help="leave out what is larger")
    parser.add_argument(
        "--candidates", action="store_true", help="with turns, windows and signatures as well"
    )
    options = parser.parse_args()
    bars = [bar for bar in BARS if bar[0] <= options.files]
    held = [in_child(partial(measure, *bar)) for bar in bars]
    if options.candidates:
        in_child(partial(measure_candidates, options.files))
    sys.exit(0 if all(held) else "not all bars were held")


def in_child(work: Callable[[], bool]) -> bool:
    """Do work in a process of its own, so that its memory can be told; tell whether its bars were held."""
    child = multiprocessing.get_context("fork").Process(target=lambda: sys.exit(0 if work() else 1))
    child.start()
    child.join()
    return not child.exitcode


def measure(number: int, bits: int, bar_s: float) -> bool:
    rng = np.random.default_rng(1)
    hashes = np.unique(skewed_hashes(number, rng))  # identical ones are collapsed first
    start = time.process_time()
    index = HashIndex(hashes)
    found = sum(len(pairs.queries) for pairs in index.pairs(max_distance=bits))
    held = [report(f"{number} hashes, {bits} bits: {found} pairs", time.process_time() - start, bar_s)]
    start = time.process_time()
    new = skewed_hashes(NEW, rng)
    found = sum(len(pairs.queries) for pairs in index.search(new, max_distance=bits))
    what = f"  {NEW} new ones against them: {found} pairs"
    held.append(report(what, time.process_time() - start, NEW_BAR_S))
    share = recall(index, hashes, bits=bits)
    print(f"  recall against all comparisons of a sample: {share:.4f}")
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  memory {memory_mb} MB (at most {MEMORY_BAR_MB})", flush=True)
    return all(held) and share == 1 and memory_mb <= MEMORY_BAR_MB


def measure_candidates(number: int) -> bool:
    """Search as an application does: turned by 90 degrees, cropped, and confirmed by signatures."""
    stored = stored_looks(number, np.random.default_rng(1))
    start = time.process_time()
    search = candidates.Candidates(stored)
    found = sum(len(one) for one, _ in search.among_all())
    print(f"{number} pictures: {found} candidates in {time.process_time() - start:.1f} s CPU")
    start = time.process_time()
    found = sum(len(one) for one, _ in search.of(np.arange(NEW)))
    print(f"  {NEW} new ones against them: {found} candidates in {time.process_time() - start:.1f} s CPU")
    print(f"  memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB", flush=True)
    return True


def report(what: str, spent_s: float, bar_s: float) -> bool:
    print(f"{what}, {spent_s:.2f} s CPU (at most {bar_s:g}){'' if spent_s <= bar_s else ' TOO SLOW'}")
    return spent_s <= bar_s


def recall(index: HashIndex, hashes: Hashes, *, bits: int) -> float:
    """Compare what is found for some hashes with what a comparison with every hash finds."""
    asked = hashes[:: max(1, len(hashes) // SAMPLE)]
    found = sum(len(pairs.queries) for pairs in index.search(asked, max_distance=bits))
    wanted = sum(int((np.bitwise_count(hashes ^ one) <= bits).sum()) for one in asked)
    return found / wanted


def skewed_hashes(number: int, rng: np.random.Generator) -> Hashes:
    """Make the pHashes of a library: signs of frequencies against their median."""
    parts = [_photographs(min(SLICE, number - done), rng) for done in range(0, number, SLICE)]
    hashes = np.concatenate(parts)
    hashes[rng.random(number) < BLANK_SHARE] = BLANK
    copies = np.flatnonzero(rng.random(number) < COPY_SHARE)
    originals = rng.integers(0, number, len(copies))
    hashes[copies] = hashes[originals] ^ _changes(len(copies), rng)
    return hashes


def stored_looks(number: int, rng: np.random.Generator) -> candidates.Stored:
    """Make looks whose windows are like their whole, and whose signatures refute all that hashes propose."""
    looks = np.zeros(number, dtype=signature.STORED)
    looks["version"], looks["steadiness"] = signature.VERSION, 5.0
    phashes = skewed_hashes(number, rng)
    for window in range(len(signature.WINDOWS)):
        looks["windows"][:, window] = phashes ^ _changes(number, rng) ^ _changes(number, rng)
    looks["detail"] = rng.integers(0, 256, looks["detail"].shape, dtype=np.uint8)
    looks["luma"] = rng.integers(0, 256, looks["luma"].shape, dtype=np.uint8)
    information = np.where(phashes == BLANK, 0.0, 2 * likeness.LEAST_INFORMATION)
    return candidates.Stored(phashes=phashes, information=information.astype(np.float32), looks=looks)


def _photographs(number: int, rng: np.random.Generator) -> Hashes:
    rows, columns = np.mgrid[0:8, 0:8]
    spread = (0.6 + np.hypot(rows, columns)) ** -1.2
    mean = np.zeros((8, 8))
    mean[0, 0] = 9.0  # the light itself
    # Light from above, and the middle of pictures other than their edges.
    mean[1:4, 0] = np.array([0.5, -0.4, 0.3]) * spread[1:4, 0]
    mean[0, 2] = -0.4 * spread[0, 2]
    frequencies = mean.ravel() + spread.ravel() * rng.standard_normal((number, 64), dtype=np.float32)
    signs = frequencies > np.median(frequencies, axis=1, keepdims=True)
    return np.packbits(signs, axis=1).view(">u8").ravel().astype(np.uint64)


def _changes(number: int, rng: np.random.Generator) -> NDArray[np.uint64]:
    """Choose up to twelve bits for each hash."""
    counts = rng.integers(0, MOST_CHANGED + 1, number)
    changes = np.zeros(number, dtype=np.uint64)
    for done in range(MOST_CHANGED):
        bit = np.uint64(1) << rng.integers(0, 64, number).astype(np.uint64)
        changes ^= np.where(done < counts, bit, np.uint64(0))
    return changes


if __name__ == "__main__":
    main()
