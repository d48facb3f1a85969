"""Which sidecars of an album, or of a plain folder, speak for which of its photos and videos."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from media_catalog.pipeline import media_types
from media_catalog.pipeline.sidecars import companions, matching
from media_catalog.pipeline.sidecars.matching import Medium
from media_catalog.pipeline.sidecars.reading import JSON, Kind
from media_catalog.pipeline.sidecars.takeout_index import Json

ALBUM, PICASA = "album", "picasa"
INI = b"ini"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """A sidecar: `folder` is any name of its folder on the disk, `name` its base name.

    Of a JSON, `kind` tells what it is about, `None` if it could not be read; `title` and `moment` are what it
    says. `pictures` are the names that a Picasa file lists.
    """

    key: int
    folder: str
    name: bytes
    kind: str | None = None
    title: str | None = None
    moment: str | None = None
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    medium: int
    sidecar: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What belongs together. `owners` are the media that each sidecar was written for, the surest first.

    That includes a sidecar that does not speak: "a.xmp" where there is "a.jpg.xmp".
    """

    links: tuple[Link, ...]
    owners: Mapping[int, tuple[int, ...]]
    ambiguous: Mapping[int, tuple[int, ...]]


def link(media: Sequence[Medium], sidecars: Sequence[Sidecar], *, is_album: bool) -> Linked:
    """Link all sidecars of one album, which may lie in several folders.

    Only JSON reaches over folders. With `is_album` the JSON of the album speaks for all its media.
    """
    jsons = [one for one in sidecars if _is_json(one)]
    albums = [one for one in jsons if one.kind == Kind.ALBUM]
    matches = matching.match(media, [_json(one) for one in jsons if one.kind != Kind.ALBUM])
    found = [Link(medium=one.medium, sidecar=one.json, rule=one.rule) for one in matches.found]
    found.sort(key=lambda one: matching.RULES.index(matching.Rule(one.rule)))
    beside = list(_beside(media, [one for one in sidecars if not _is_json(one)]))
    owners: dict[int, list[int]] = defaultdict(list)
    for one in [*found, *beside]:
        owners[one.sidecar].append(one.medium)
    of_album = [_of_album(medium, album) for album in albums[:1] for medium in media if is_album]
    return Linked(
        links=(*found, *_speaking(beside), *of_album),
        owners={key: tuple(ones) for key, ones in owners.items()},
        ambiguous=matches.ambiguous,
    )


def _is_json(one: Sidecar) -> bool:
    return media_types.extension_of(one.name) == JSON


def _json(one: Sidecar) -> Json:
    return Json(key=one.key, folder=one.folder, name=one.name, title=one.title, moment=one.moment)


def _of_album(medium: Medium, album: Sidecar) -> Link:
    return Link(medium=medium.key, sidecar=album.key, rule=ALBUM)


def _beside(media: Sequence[Medium], sidecars: Sequence[Sidecar]) -> Iterator[Link]:
    """Link the sidecars that lie in the folder of their medium."""
    in_folder: dict[str, dict[bytes, int]] = defaultdict(dict)
    for medium in media:
        in_folder[medium.folder][medium.name] = medium.key
    names = {folder: companions.media_names(keys) for folder, keys in in_folder.items()}
    for one in sidecars:
        there, keys = names.get(one.folder, {}), in_folder[one.folder]
        for companion in _companions(one, there):
            yield Link(medium=keys[companion.name], sidecar=one.key, rule=companion.rule)


def _companions(sidecar: Sidecar, names: companions.Names) -> list[companions.Companion]:
    if media_types.extension_of(sidecar.name) != INI:
        found = companions.find(sidecar.name, names)
        return [found] if found else []
    listed = (names.get(companions.key(picture.encode())) for picture in sidecar.pictures)
    return [companions.Companion(name, PICASA) for name in listed if name]


def _speaking(links: Sequence[Link]) -> Iterator[Link]:
    """Leave out "a.xmp" where there is "a.jpg.xmp", which was written for this very file."""
    named = {one.medium for one in links if one.rule == companions.FULL_NAME}
    return (one for one in links if one.rule != companions.XMP_STEM or one.medium not in named)
