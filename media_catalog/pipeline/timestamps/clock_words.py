"""What was found out about a camera's clock, in words."""

from media_catalog.pipeline.timestamps.clock_errors import EXACT_S, ClockError

UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def duration(seconds: int) -> str:
    """Write a length of time by its two greatest units: "1 day 2 hours"."""
    left = abs(seconds)
    words: list[str] = []
    for name, size in UNITS:
        count, left = divmod(left, size)
        if count and len(words) < 2:
            words.append(f"{count} {name}" + ("" if count == 1 else "s"))
    return " ".join(words) or "0 seconds"


def error(found: ClockError) -> str:
    """Say how wrong a clock was and who says so."""
    direction = "behind" if found.shift_seconds > 0 else "ahead"
    kinds = ", ".join(f"{kind}: {number}" for kind, number in found.kinds)
    sentences = [
        f"The clock was {duration(found.shift_seconds)} {direction}, say {_files(found.files_for)} ({kinds})",
        _against(found.files_against),
    ]
    if found.files_silent:
        verb = "tells" if found.files_silent == 1 else "tell"
        sentences.append(f"{_files(found.files_silent)} of that time {verb} nothing")
    if found.margin_seconds > EXACT_S:
        sentences.append("only the days are known, the time of day is taken to be right")
    return "; ".join(sentences) + "."


def _against(number: int) -> str:
    if number == 0:
        return "none says otherwise"
    return f"{_files(number)} {'says' if number == 1 else 'say'} otherwise"


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"
