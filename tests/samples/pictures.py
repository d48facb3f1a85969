"""Little landscapes and still lifes, drawn from a seed: the photographs of the sample library."""

import math
import random
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Scene = Callable[["Canvas"], None]

LANDSCAPE, PORTRAIT = (800, 600), (600, 800)
OVERSAMPLING = 2


class Canvas:
    """A picture in the making; places and sizes are fractions of it, from the upper left corner."""

    def __init__(self, *, seed: int, size_px: tuple[int, int]) -> None:
        self.width, self.height = (side * OVERSAMPLING for side in size_px)
        self.random = random.Random(seed)
        self.image = Image.new("RGB", (self.width, self.height))

    def at(self, *points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x * self.width, y * self.height) for x, y in points]

    def polygon(self, colour: Colour, *points: tuple[float, float]) -> None:
        ImageDraw.Draw(self.image).polygon(self.at(*points), fill=colour)

    def box(self, colour: Colour, left: float, top: float, right: float, bottom: float) -> None:
        self.polygon(colour, (left, top), (right, top), (right, bottom), (left, bottom))

    def taper(self, colour: Colour, x: float, upper: tuple[float, float], lower: tuple[float, float]) -> None:
        """Draw a shape that is symmetrical about x; each end is a height and half a width there."""
        (top, narrow), (bottom, wide) = upper, lower
        self.polygon(colour, (x - narrow, top), (x + narrow, top), (x + wide, bottom), (x - wide, bottom))

    def disc(self, colour: Colour, x: float, y: float, radius: float, *, flatness: float = 1.0) -> None:
        centre_x, centre_y, reach = x * self.width, y * self.height, radius * self.width
        box = (centre_x - reach, centre_y - reach * flatness, centre_x + reach, centre_y + reach * flatness)
        ImageDraw.Draw(self.image).ellipse(box, fill=colour)

    def line(self, colour: Colour, *points: tuple[float, float], thickness: float = 0.004) -> None:
        ImageDraw.Draw(self.image).line(
            self.at(*points), fill=colour, width=max(1, round(thickness * self.width)), joint="curve"
        )

    def gradient(self, upper: Colour, lower: Colour, *, top: float = 0.0, bottom: float = 1.0) -> None:
        """Fill from side to side, from one colour to the other; what lies below gets the second."""
        self.box(lower, 0, bottom, 1, 1)
        first, last = round(top * self.height), round(bottom * self.height)
        share = np.linspace(0, 1, last - first)[:, None, None]
        band = np.array(upper) * (1 - share) + np.array(lower) * share
        band = np.repeat(band, self.width, axis=1).round().astype(np.uint8)
        self.image.paste(Image.fromarray(band), (0, first))

    def glow(self, colour: Colour, x: float, y: float, radius: float, *, strength: float = 0.8) -> None:
        rows, columns = np.mgrid[0 : self.height, 0 : self.width]
        distance = np.hypot(columns - x * self.width, rows - y * self.height) / (radius * self.width)
        mask = Image.fromarray((255 * strength * np.exp(-(distance**2))).astype(np.uint8))
        self.image.paste(colour, (0, 0), mask)

    def soft(self, blur: float, paint: Callable[["Canvas"], None]) -> None:
        """Paint with blurred edges: clouds, mist, whatever is out of focus."""
        before, layer = self.image, self.image.copy()
        self.image = layer
        paint(self)
        mask = Image.fromarray(np.any(np.asarray(layer) != np.asarray(before), axis=2).astype(np.uint8) * 255)
        soft_mask = mask.filter(ImageFilter.GaussianBlur(blur * self.width))
        self.image = Image.composite(
            layer.filter(ImageFilter.GaussianBlur(blur * self.width / 3)), before, soft_mask
        )

    def ridge(self, colour: Colour, y: float, height: float, *, roughness: float = 1.0) -> list[float]:
        """Draw hills down to the lower edge; return the outline, an y for each hundredth of the width."""
        waves = [
            (self.random.uniform(0.6, 1.4) * 2**n, self.random.uniform(0, math.tau), roughness**n / 2**n)
            for n in range(6)
        ]
        total = sum(size for _, _, size in waves)
        outline = [
            y - height * sum(size * math.sin(math.tau * x / 100 * f + p) for f, p, size in waves) / total
            for x in range(101)
        ]
        self.polygon(colour, (0, 1), *((x / 100, level) for x, level in enumerate(outline)), (1, 1))
        return outline

    def clouds(self, colour: Colour, y: float, count: int, *, size: float = 0.05) -> None:
        def puffs(canvas: "Canvas") -> None:
            for _ in range(count):
                x, level = self.random.uniform(0, 1), y + self.random.uniform(-0.08, 0.08)
                for step in range(6):
                    reach = size * self.random.uniform(0.5, 1.1)
                    canvas.disc(colour, x + (step - 2.5) * size * 0.9, level, reach, flatness=0.55)

        self.soft(0.012, puffs)

    def mirror(self, horizon: float, tint: Colour) -> None:
        """Turn what lies below the horizon into calm water that mirrors what stands above it."""
        level = round(horizon * self.height)
        above = self.image.crop((0, max(0, 2 * level - self.height), self.width, level))
        water = np.asarray(
            above.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((self.width, self.height - level))
        )
        rows = np.arange(len(water))
        shift = (np.sin(rows / 5.0) * 10 * np.linspace(0.1, 1, len(rows))).astype(int)
        rippled = np.stack([np.roll(row, step, axis=0) for row, step in zip(water, shift, strict=True)])
        mixed = rippled * 0.7 + np.array(tint) * 0.3
        self.image.paste(Image.fromarray(mixed.astype(np.uint8)), (0, level))

    def fir(self, colour: Colour, x: float, y: float, height: float) -> None:
        self.taper((70, 50, 40), x, (y - height * 0.5, 0), (y, height * 0.04))
        for low, high, reach in ((0.1, 0.55, 0.24), (0.32, 0.78, 0.19), (0.55, 1.0, 0.13)):
            self.taper(colour, x, (y - height * high, 0), (y - height * low, height * reach))

    def tree(self, colour: Colour, x: float, y: float, height: float) -> None:
        self.line((84, 62, 48), (x, y), (x, y - height * 0.6), thickness=height * 0.05)
        for _ in range(26):
            angle, away = self.random.uniform(0, math.tau), self.random.uniform(0, 0.28) * height
            shade = self.random.randint(-22, 22)
            red, green, blue = (min(255, max(0, part + shade)) for part in colour)
            place = (x + math.cos(angle) * away * 0.8, y - height * 0.7 + math.sin(angle) * away)
            self.disc((red, green, blue), *place, height * 0.09)

    def house(self, wall: Colour, roof: Colour, x: float, y: float, size: float) -> None:
        tall = size * 0.62
        self.box(wall, x, y - tall, x + size, y)
        self.taper(roof, x + size / 2, (y - tall * 1.75, 0), (y - tall, size * 0.58))
        for left in (x + size * 0.18, x + size * 0.62):
            self.box((255, 236, 170), left, y - tall * 0.8, left + size * 0.2, y - tall * 0.42)

    def finished(self) -> Image.Image:
        """Return the picture at its true size, a little darker towards the corners as lenses make it."""
        size_px = self.width // OVERSAMPLING, self.height // OVERSAMPLING
        small = np.asarray(self.image.resize(size_px, Image.Resampling.LANCZOS)).astype(float)
        rows, columns = np.mgrid[-1 : 1 : size_px[1] * 1j, -1 : 1 : size_px[0] * 1j]
        shade = 1 - 0.16 * (rows**2 + columns**2) / 2
        return Image.fromarray((small * shade[:, :, None]).astype(np.uint8))


def draw(scene: Scene, *, seed: int = 1, size_px: tuple[int, int] = LANDSCAPE) -> Image.Image:
    """Return the scene as a picture; the same seed gives the same picture."""
    canvas = Canvas(seed=seed, size_px=size_px)
    scene(canvas)
    return canvas.finished()
