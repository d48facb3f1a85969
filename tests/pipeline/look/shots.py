"""Pictures that are copies of each other, or only look so, for the tests of looks and of duplicates."""

import io
import random
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

from tests.pipeline import pictures

SIZE = (560, 420)


def photograph(seed: int = 1, size: tuple[int, int] = SIZE) -> Image.Image:
    """Draw a picture with details of all sizes and the noise of a camera."""
    picture = pictures.scene(seed, (320, 240)).resize(size, Image.Resampling.BICUBIC)
    rng, draw = random.Random(seed), ImageDraw.Draw(picture)
    for _ in range(150):
        x, y, side = rng.randrange(size[0]), rng.randrange(size[1]), rng.randrange(4, 40)
        draw.rectangle((x, y, x + side, y + side // 2), fill=tuple(rng.randrange(256) for _ in range(3)))
    noise = np.random.default_rng(seed).normal(0, 4, (size[1], size[0], 1))
    return Image.fromarray((np.asarray(picture) + noise).clip(0, 255).astype(np.uint8))


def grid(picture: Image.Image) -> Image.Image:
    """Shrink and encode a picture as imports do."""
    small = picture.convert("RGB")
    small.thumbnail((400, 400))
    return encoded(small, quality=82)


def encoded(picture: Image.Image, *, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


def scaled(picture: Image.Image, share: float) -> Image.Image:
    return picture.resize(
        (round(picture.width * share), round(picture.height * share)), Image.Resampling.LANCZOS
    )


def cropped(
    picture: Image.Image, *, left: float = 0, top: float = 0, right: float = 0, bottom: float = 0
) -> Image.Image:
    width, height = picture.size
    return picture.crop(
        (round(width * left), round(height * top), round(width * (1 - right)), round(height * (1 - bottom)))
    )


def moved(picture: Image.Image, number: int) -> Image.Image:
    """Take the next shot of a series: the camera has moved a little, and something in the picture too."""
    shot = cropped(
        picture,
        left=0.02 * number,
        top=0.01 * number,
        right=0.06 - 0.02 * number,
        bottom=0.05 - 0.01 * number,
    )
    x, y = shot.width * (0.3 + 0.12 * number), shot.height * 0.7
    ImageDraw.Draw(shot).ellipse((x - 28, y - 28, x + 28, y + 28), fill=(200, 60, 40))
    return shot


def watermarked(picture: Image.Image) -> Image.Image:
    marked = picture.copy()
    place = (picture.width * 0.6, picture.height * 0.9)
    ImageDraw.Draw(marked).text(place, "© Familie Muster", fill="white", font=ImageFont.load_default(size=30))
    return marked


def document(seed: int) -> Image.Image:
    """Draw a page of text; all have one layout."""
    rng, page = random.Random(seed), Image.new("RGB", (900, 1200), (248, 246, 240))
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(size=24)
    draw.text((70, 60), f"Rechnung Nr. {rng.randrange(1000, 99999)}", fill=(20, 20, 20), font=font)
    for line in range(28):
        words = (
            "".join(rng.choices("abcdefghiklmnoprstuvw", k=rng.randrange(2, 11)))
            for _ in range(rng.randrange(4, 9))
        )
        draw.text((70, 160 + line * 34), " ".join(words), fill=(40, 40, 40), font=font)
    return page


def nearly_nothing(kind: str, seed: int) -> Image.Image:
    """Draw what cameras make with a cap on the lens, against a wall or at a scanner without a page."""
    rng = np.random.default_rng(seed)
    light = {"black": 4.0, "grey": 120.0, "white": 252.0}
    if kind in light:
        pixels = np.full((300, 400, 3), light[kind]) + rng.normal(0, 3, (300, 400, 1))
    else:
        pixels = np.linspace(40, 200, 300)[:, None, None] + rng.normal(0, 2, (300, 400, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


# How a shot is passed on without being edited.
COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "re-encoded": lambda picture: encoded(picture, quality=35),
    "half as wide": lambda picture: scaled(picture, 0.5),
    "a quarter as wide": lambda picture: scaled(picture, 0.25),
    "sent by a messenger": lambda picture: encoded(scaled(picture, 0.7), quality=68),
    "turned to the left": lambda picture: picture.transpose(Image.Transpose.ROTATE_90),
    "turned upside down": lambda picture: picture.transpose(Image.Transpose.ROTATE_180),
    "turned to the right": lambda picture: picture.transpose(Image.Transpose.ROTATE_270),
}
EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "lighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.25),
    "darker": lambda picture: ImageEnhance.Contrast(ImageEnhance.Brightness(picture).enhance(0.8)).enhance(
        1.1
    ),
    "grey": lambda picture: picture.convert("L").convert("RGB"),
    "watermarked": watermarked,
    "cropped by three per cent": lambda picture: cropped(
        picture, left=0.015, top=0.015, right=0.015, bottom=0.015
    ),
    "cropped by a tenth": lambda picture: cropped(picture, left=0.05, top=0.05, right=0.05, bottom=0.05),
    "cropped but for the left": lambda picture: cropped(picture, top=0.05, right=0.05, bottom=0.05),
}
