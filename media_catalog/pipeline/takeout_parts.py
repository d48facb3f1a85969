"""Recognises the parts that Google Takeout cuts an export into, by their names.

https://support.google.com/accounts/answer/3024190 : `takeout-20240131T142030Z-001.zip`, and for exports with
several products or retries also `takeout-20240131T142030Z-3-001.zip`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

NAME = re.compile(r"takeout-(\d{8})t(\d{6})z(?:-(\d{1,3}))?-(\d{3,4})(?: ?\(\d+\))?\.zip", re.IGNORECASE)
WHOLE = re.compile(r"takeout-(\d{8})t(\d{6})z(?: ?\(\d+\))?\.zip", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeoutExport:
    """One export: its day as `YYYY-MM-DD`, and the numbers of its parts."""

    day: str
    numbers: tuple[int, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        """The numbers below the highest one that are not there."""
        present = set(self.numbers)
        return tuple(number for number in range(1, max(present, default=0)) if number not in present)


def exports(names: Iterable[str]) -> list[TakeoutExport]:
    """Put parts together to exports, oldest first; other names are left out."""
    found: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for name in names:
        if part := NAME.fullmatch(name):
            day, time, series, number = part.groups()
            found[day, time, series or ""].add(int(number))
        elif whole := WHOLE.fullmatch(name):
            found[whole[1], whole[2], ""].add(1)
    return [
        TakeoutExport(day=f"{day[:4]}-{day[4:6]}-{day[6:]}", numbers=tuple(sorted(numbers)))
        for (day, _, _), numbers in sorted(found.items())
    ]
