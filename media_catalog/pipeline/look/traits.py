"""How a file looks, in the form that is stored, and by which versions that was found."""

from dataclasses import dataclass

from media_catalog.pipeline import fingerprint, image_data
from media_catalog.pipeline.decoders.base import Decoded
from media_catalog.pipeline.look import frames, quality, signature

# Of each part; a part of another version is found anew.
LOOK_VERSION = signature.VERSION
QUALITY_VERSION = quality.VERSION
FRAMES_VERSION = 100 * frames.VERSION + signature.VERSION
IMAGE_DATA_VERSION = image_data.VERSION
LOOK_BYTES = signature.STORED.itemsize
FRAMES_BYTES = frames.FRAMES * frames.STORED.itemsize


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a decoder sees of a file, beside its picture.

    Of a picture: `look` (empty where it has one single colour), `sharpness` and `clipped_share`; of a video:
    `frames` (empty where none could be decoded). `image_data_hash` is the
    mark of `image_data.content_mark`, empty where it is not known.
    """

    phash: int | None = None
    information: float | None = None
    look: bytes = b""
    sharpness: float | None = None
    clipped_share: float | None = None
    frames: bytes = b""
    image_data_hash: str = ""


def traits_of(decoded: Decoded, *, image_data_hash: str = "") -> Traits:
    """Measure a grid picture, upright as it is stored, and the frames of a video that come with it."""
    grey = decoded.picture.convert("L")
    mark = fingerprint.fingerprint(grey)
    if decoded.is_video:
        seen = frames.frames_of(decoded.frames) if any(decoded.frames) else ()
        return Traits(
            phash=mark.phash,
            information=mark.information,
            frames=frames.to_bytes(seen),
            image_data_hash=image_data_hash,
        )
    found = quality.quality_of(grey)
    return Traits(
        phash=mark.phash,
        information=mark.information,
        look=b"" if mark.phash is None else signature.look_of(decoded.picture).to_bytes(),
        sharpness=found.sharpness,
        clipped_share=found.clipped_share,
        image_data_hash=image_data_hash,
    )
