"""The JSON files of one Takeout album, found by the names of files that they may have been written for."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

from media_catalog.pipeline.sidecars import takeout_names
from media_catalog.pipeline.sidecars.takeout_names import STILLS, Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Json:
    """A JSON of a photo or video: `folder` is any name of its folder on the disk, `name` its base name.

    `title` is what it calls its photo, `None` where it could not be read. `moment` is the time that it gives
    as text: two that give the same title and moment are one, of an old and a new export.
    """

    key: int
    folder: str
    name: bytes
    title: str | None
    moment: str | None = None

    def sense(self) -> tuple[str | int, ...]:
        return (self.title, self.moment) if self.title and self.moment else (self.key,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """JSON files that fit to the letter, and those that fit but for case and replaced characters."""

    exact: Sequence[Json] = ()
    folded: Sequence[Json] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTitle:
    """A title without its extension, folded; so long that the file's name was clipped."""

    stem: str
    counter: str
    extension: str
    json: Json


Entries = defaultdict[tuple[str, ...], list[Json]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    titles: Entries = field(default_factory=lambda: defaultdict(list))
    strange_titles: Entries = field(default_factory=lambda: defaultdict(list))
    names: Entries = field(default_factory=lambda: defaultdict(list))
    stems: Entries = field(default_factory=lambda: defaultdict(list))  # without the extension of a medium
    clipped: Entries = field(default_factory=lambda: defaultdict(list))  # names that were, without a title
    long_titles: list[LongTitle] = field(default_factory=list)  # sorted

    @classmethod
    def of(cls, jsons: Iterable[Json]) -> Self:
        """Enter each JSON under every name that its own name and its title allow."""
        index = cls()
        for json in jsons:
            index._add(json)
        index.long_titles.sort(key=_order)
        return index

    def _add(self, json: Json) -> None:
        readings = takeout_names.of_sidecar(takeout_names.text(json.name))
        title = takeout_names.of_title(json.title) if json.title else ""
        fitting = [one for one in readings if title and _fits(one.name, title)]
        for reading in fitting:
            self._add_title(Name(title, reading.counter), json)
        if title and not fitting:
            self._put(self.strange_titles, Name(title, ""), json)
        for reading in fitting or readings:
            if not fitting or _is_whole(reading.name, title):
                self._put(self.names, reading, json)
                self._put_stem(reading, json)
            if not fitting and takeout_names.is_clipped(reading.name):
                self.clipped[_exact(reading)].append(json)

    def by_title(self, name: Name) -> Found:
        return _found(self.titles, name)

    def by_strange_title(self, name: Name) -> Found:
        """Find JSON files by a title that has nothing in common with their own name."""
        return _found(self.strange_titles, name)

    def by_name(self, name: Name) -> Found:
        return _found(self.names, name)

    def by_stem(self, stem: str, counter: str, *, is_still: bool) -> Found:
        """Find JSON files of any still, or of any video, with this stem."""
        key = (takeout_names.folded(stem), counter, str(is_still))
        return Found(folded=self.stems.get(key, ()))

    def by_clipped(self, name: Name) -> Found:
        """Find JSON files whose title a medium's name may be the beginning of, or whose own name is its."""
        return Found(exact=[*self._longer_titles(name, {name.extension, ""}), *self._clipped_names(name)])

    def stills_by_clipped(self, name: Name) -> Found:
        return Found(exact=self._longer_titles(name, STILLS))

    def _add_title(self, title: Name, json: Json) -> None:
        self._put(self.titles, title, json)
        self._put_stem(title, json)
        if takeout_names.may_be_clipped(title.stem):
            stem = takeout_names.folded(title.stem)
            self.long_titles.append(
                LongTitle(stem=stem, counter=title.counter, extension=title.extension, json=json)
            )

    def _put(self, entries: Entries, name: Name, json: Json) -> None:
        for key in (_exact(name), _folded(name)):
            entries[key].append(json)

    def _put_stem(self, name: Name, json: Json) -> None:
        if name.extension:
            key = (takeout_names.folded(name.stem), name.counter, str(name.extension in STILLS))
            self.stems[key].append(json)

    def _longer_titles(self, name: Name, extensions: Collection[str]) -> list[Json]:
        if not takeout_names.may_be_clipped(name.stem):
            return []
        start = takeout_names.folded(name.stem)
        found = []
        for at in range(
            bisect_left(self.long_titles, (name.counter, start), key=_order), len(self.long_titles)
        ):
            entry = self.long_titles[at]
            if entry.counter != name.counter or not entry.stem.startswith(start):
                break
            if entry.extension in extensions:
                found.append(entry.json)
        return found

    def _clipped_names(self, name: Name) -> list[Json]:
        # A counter that was taken for a part of the name must be in what is left of it.
        shortest = len(name.stem) if takeout_names.COUNTER.fullmatch(name.stem) else 1
        starts = (name.name[:length] for length in range(shortest, len(name.name) + 1))
        return [json for start in starts for json in self.clipped.get((start, name.counter), ())]


def _order(entry: LongTitle) -> tuple[str, str]:
    return entry.counter, entry.stem


def _exact(name: Name) -> tuple[str, ...]:
    return name.name, name.counter


def _folded(name: Name) -> tuple[str, ...]:
    return takeout_names.folded(name.name), name.counter, "folded"


def _found(entries: Entries, name: Name) -> Found:
    return Found(exact=entries.get(_exact(name), ()), folded=entries.get(_folded(name), ()))


def _fits(name: str, title: str) -> bool:
    """Tell whether a JSON's name can have been made of its title."""
    is_start = takeout_names.folded(title).startswith(takeout_names.folded(name))
    return (is_start and takeout_names.is_clipped(name)) or _is_whole(name, title)


def _is_whole(name: str, title: str) -> bool:
    """Tell whether a name is the whole title; some lack the extension."""
    wholes = (takeout_names.folded(title), takeout_names.folded(takeout_names.split(title)[0]))
    return takeout_names.folded(name) in wholes
