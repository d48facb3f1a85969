"""The motifs of the sample library."""

import math

from tests.samples.pictures import Canvas

WHITE = (250, 250, 252)
RED, YELLOW, BLUE, GREEN = (220, 66, 58), (248, 198, 62), (66, 122, 196), (110, 176, 90)


def alps(c: Canvas) -> None:
    c.gradient((64, 124, 196), (206, 228, 244), bottom=0.7)
    c.clouds(WHITE, 0.16, 3)
    outline = c.ridge((126, 140, 166), 0.42, 0.26, roughness=1.25)
    snow = [(x / 100, y) for x, y in enumerate(outline)]
    c.polygon(WHITE, *snow, *((x, max(y + 0.015, 0.40 + 0.03 * math.sin(40 * x))) for x, y in reversed(snow)))
    c.ridge((82, 116, 98), 0.66, 0.08)
    c.ridge((98, 146, 70), 0.80, 0.05, roughness=0.6)
    for _ in range(22):
        c.fir((38, 78, 56), c.random.random(), c.random.uniform(0.74, 0.96), c.random.uniform(0.09, 0.17))


def lake_sunset(c: Canvas) -> None:
    c.gradient((92, 64, 128), (255, 170, 96), bottom=0.62)
    c.glow((255, 226, 150), 0.64, 0.5, 0.28)
    c.disc((255, 240, 190), 0.64, 0.5, 0.045)
    c.ridge((104, 66, 104), 0.52, 0.07)
    c.ridge((58, 40, 74), 0.60, 0.05, roughness=1.2)
    c.mirror(0.64, (120, 60, 90))
    c.taper((30, 24, 40), 0.23, (0.86, 0.11), (0.9, 0.08))
    c.line((30, 24, 40), (0.23, 0.86), (0.23, 0.74), thickness=0.006)


def beach(c: Canvas) -> None:
    c.gradient((56, 150, 220), (190, 230, 246), bottom=0.45)
    c.clouds(WHITE, 0.14, 2)
    c.gradient((22, 120, 170), (94, 206, 206), top=0.42, bottom=0.66)
    c.polygon((238, 214, 164), (0, 0.66), (0.4, 0.60), (1, 0.70), (1, 1), (0, 1))
    c.soft(0.003, lambda d: d.line(WHITE, (0, 0.66), (0.4, 0.60), (1, 0.70), thickness=0.014))
    c.line((120, 84, 60), (0.66, 0.92), (0.60, 0.46), thickness=0.008)
    for part in range(6):
        low, high = 0.38 + part * 0.075, 0.455 + part * 0.075
        colour = RED if part % 2 else WHITE
        c.polygon(colour, (low, 0.60 - 0.012 * part), (high, 0.588 - 0.012 * part), (0.595, 0.40))
    c.polygon((46, 96, 170), (0.24, 0.88), (0.46, 0.84), (0.52, 0.90), (0.28, 0.95))


def village(c: Canvas) -> None:
    c.gradient((120, 176, 226), (236, 240, 228), bottom=0.6)
    c.clouds(WHITE, 0.2, 4, size=0.04)
    c.ridge((134, 168, 132), 0.52, 0.08)
    c.ridge((148, 182, 92), 0.70, 0.05, roughness=0.6)
    walls = [(244, 226, 196), (226, 196, 168), (250, 244, 232), (214, 222, 226)]
    for step in range(8):
        x, y = 0.05 + step * 0.115, 0.72 + 0.05 * math.sin(step * 2.2)
        c.house(walls[step % 4], (168 + step * 4, 70, 52), x, y, 0.09)
    c.box((236, 230, 214), 0.47, 0.40, 0.53, 0.68)
    c.taper((92, 72, 84), 0.50, (0.22, 0), (0.40, 0.04))
    for _ in range(14):
        c.tree((86, 132, 62), c.random.random(), c.random.uniform(0.84, 0.98), c.random.uniform(0.08, 0.16))


def city_night(c: Canvas) -> None:
    c.gradient((10, 14, 38), (62, 54, 104), bottom=0.8)
    c.glow((250, 240, 210), 0.2, 0.16, 0.08, strength=0.5)
    c.disc((250, 244, 220), 0.2, 0.16, 0.03)
    for step in range(15):
        left, top = step / 14 - 0.04, c.random.uniform(0.26, 0.62)
        shade = c.random.randint(14, 40)
        c.box((shade, shade, shade + 16), left, top, left + 0.075, 0.8)
        windows = [(column, row) for row in range(int((0.78 - top) / 0.035)) for column in range(3)]
        for column, row in windows:
            if c.random.random() < 0.45:
                c.disc((255, 214, 120), left + 0.015 + column * 0.022, top + 0.025 + row * 0.035, 0.005)
    c.mirror(0.8, (16, 18, 44))


def ski_slope(c: Canvas) -> None:
    c.gradient((40, 108, 190), (196, 222, 242), bottom=0.6)
    c.ridge((190, 206, 226), 0.40, 0.18, roughness=1.2)
    c.polygon((244, 247, 252), (0, 0.46), (0.5, 0.56), (1, 0.78), (1, 1), (0, 1))
    track = ((0.1, 0.52), (0.3, 0.66), (0.26, 0.8), (0.6, 1.0))
    c.soft(0.004, lambda d: d.line((206, 220, 236), *track, thickness=0.012))
    for _ in range(18):
        x = c.random.uniform(0.5, 1)
        y = 0.56 + (x - 0.5) * 0.44 + c.random.uniform(0, 0.12)
        c.fir((44, 84, 74), x, y, c.random.uniform(0.10, 0.20))
    for x, y, jacket in ((0.24, 0.62, RED), (0.36, 0.78, (240, 168, 30))):
        c.line((40, 44, 60), (x - 0.03, y + 0.045), (x + 0.04, y + 0.06), thickness=0.005)
        c.taper(jacket, x, (y, 0.013), (y + 0.05, 0.010))
        c.disc((240, 206, 178), x, y - 0.012, 0.011)


def autumn(c: Canvas) -> None:
    c.gradient((206, 214, 216), (244, 226, 186), bottom=0.6)
    c.ridge((196, 168, 110), 0.56, 0.04)
    c.box((196, 150, 90), 0, 0.58, 1, 1)
    c.taper((222, 200, 166), 0.5, (0.58, 0.02), (1, 0.36))
    colours = [(214, 104, 34), (236, 168, 46), (176, 62, 34), (224, 136, 40)]
    for step in range(7):
        near = (step / 6) ** 1.6
        for side in (-1, 1):
            x = 0.5 + side * (0.06 + 0.44 * near)
            c.tree(colours[(step + side) % 4], x, 0.60 + 0.30 * near, 0.16 + 0.62 * near)


def balloons(c: Canvas) -> None:
    c.gradient((70, 140, 214), (250, 222, 190))
    c.ridge((120, 150, 120), 0.86, 0.05)
    c.ridge((84, 122, 84), 0.94, 0.03)
    places = [(0.28, 0.34, 0.13), (0.68, 0.22, 0.085), (0.80, 0.58, 0.06), (0.48, 0.66, 0.045)]
    stripes = [RED, YELLOW, BLUE, WHITE]
    for number, (x, y, size) in enumerate(places):
        for part, share in enumerate((1.0, 0.72, 0.42, 0.14)):
            colour = stripes[(number + part) % 4]
            c.disc(colour, x, y, size * share, flatness=1.08 / share)
            c.taper(colour, x, (y + size * 0.9, size * share * 0.8), (y + size * 1.9, size * share * 0.13))
        c.taper((110, 76, 48), x, (y + size * 2.05, size * 0.14), (y + size * 2.3, size * 0.11))


def sailing(c: Canvas) -> None:
    c.gradient((132, 190, 230), (226, 240, 246), bottom=0.55)
    c.clouds(WHITE, 0.24, 5)
    c.gradient((40, 96, 150), (18, 54, 104), top=0.52, bottom=1)
    for x, y, size in ((0.30, 0.66, 0.34), (0.62, 0.58, 0.16), (0.80, 0.76, 0.46), (0.49, 0.55, 0.08)):
        low = y - size * 0.08
        c.polygon(WHITE, (x, y - size), (x, low), (x + size * 0.42, low))
        c.polygon((226, 86, 60), (x - 0.008, y - size * 0.86), (x - 0.008, low), (x - size * 0.3, low))
        c.taper((60, 40, 40), x + size * 0.05, (y - size * 0.05, size * 0.4), (y + size * 0.06, size * 0.3))
    for _ in range(90):
        x, y = c.random.random(), c.random.uniform(0.56, 1)
        c.line((96, 146, 190), (x, y), (x + 0.03 * y, y), thickness=0.0025)


def flower(c: Canvas) -> None:
    def leaves(d: Canvas) -> None:
        for _ in range(26):
            shade, reach = d.random.randint(30, 80), d.random.uniform(0.03, 0.09)
            d.disc((shade + 50, shade + 84, shade), d.random.random(), d.random.random(), reach)

    c.gradient((74, 116, 62), (34, 66, 40))
    c.soft(0.02, leaves)
    c.line((72, 118, 54), (0.52, 0.55), (0.47, 1.0), thickness=0.022)
    for ring, (count, reach, colour) in enumerate(((13, 0.21, (224, 92, 140)), (11, 0.15, (244, 136, 172)))):
        for petal in range(count):
            angle = math.tau * (petal + ring / 2) / count
            x, y = 0.52 + math.cos(angle) * reach * 0.62, 0.45 + math.sin(angle) * reach * 0.82
            c.disc(colour, x, y, reach * 0.36)
    c.disc((250, 204, 64), 0.52, 0.45, 0.065)
    c.disc((206, 148, 40), 0.52, 0.45, 0.035)


def birthday_cake(c: Canvas) -> None:
    c.gradient((92, 46, 40), (46, 22, 26))
    for x in (0.14, 0.86):
        c.glow((226, 130, 70), x, 0.25, 0.16, strength=0.35)
    c.box((120, 76, 48), 0, 0.82, 1, 1)
    c.disc((232, 226, 220), 0.5, 0.84, 0.36, flatness=0.22)
    for low, reach, colour in ((0.84, 0.29, (240, 214, 196)), (0.62, 0.20, (248, 228, 214))):
        c.box(colour, 0.5 - reach, low - 0.2, 0.5 + reach, low)
        c.disc(colour, 0.5, low, reach, flatness=0.2)
        c.disc((230, 110, 130), 0.5, low - 0.2, reach, flatness=0.2)
    for step in range(7):
        x = 0.36 + step * 0.047
        c.line((110, 170, 220) if step % 2 else WHITE, (x, 0.43), (x, 0.30), thickness=0.011)
        c.glow((255, 196, 90), x, 0.265, 0.035, strength=0.7)
        c.disc((255, 232, 150), x, 0.268, 0.008, flatness=2.2)


def dunes(c: Canvas) -> None:
    c.gradient((238, 166, 112), (250, 222, 168), bottom=0.55)
    c.disc((255, 246, 214), 0.76, 0.24, 0.05)
    colours = ((206, 132, 84), (222, 150, 88), (184, 104, 62), (230, 162, 96), (150, 80, 52))
    for step, colour in enumerate(colours):
        c.ridge(colour, 0.50 + step * 0.12, 0.07, roughness=0.5)


def fireworks(c: Canvas) -> None:
    c.gradient((6, 8, 26), (34, 24, 52))
    bursts = ((0.30, 0.30, 0.22, RED), (0.68, 0.24, 0.18, (120, 200, 255)), (0.52, 0.52, 0.14, YELLOW))
    for x, y, reach, colour in bursts:
        c.glow(colour, x, y, reach * 0.7, strength=0.35)
        for ray in range(30):
            angle, length = math.tau * ray / 30, reach * c.random.uniform(0.7, 1)
            tip = (x + math.cos(angle) * length, y + math.sin(angle) * length * 1.2 + 0.02)
            c.line(colour, (x + (tip[0] - x) * 0.3, y + (tip[1] - y) * 0.3), tip, thickness=0.003)
            c.disc(WHITE, *tip, 0.004)
    c.ridge((4, 4, 12), 0.88, 0.04, roughness=1.4)


def rainbow(c: Canvas) -> None:
    def arch(d: Canvas) -> None:
        for step, colour in enumerate((RED, (232, 150, 60), (236, 222, 92), GREEN, BLUE, (126, 92, 176))):
            radius, turns = 0.46 - step * 0.014, [math.pi * (1 + part / 40) for part in range(41)]
            points = ((0.5 + math.cos(turn) * radius, 0.80 + math.sin(turn) * radius * 1.3) for turn in turns)
            d.line(colour, *points, thickness=0.014)

    c.gradient((92, 110, 134), (190, 204, 206), bottom=0.7)
    c.soft(0.004, arch)
    c.ridge((86, 136, 62), 0.74, 0.05, roughness=0.6)
    c.ridge((112, 168, 70), 0.88, 0.03, roughness=0.6)
    for x, y in ((0.2, 0.84), (0.3, 0.90), (0.44, 0.83), (0.7, 0.88), (0.82, 0.82)):
        c.disc((244, 240, 230), x, y, 0.03, flatness=0.7)
        c.disc((60, 52, 50), x + 0.028, y - 0.01, 0.011)


def lighthouse(c: Canvas) -> None:
    c.gradient((58, 66, 120), (246, 178, 140), bottom=0.72)
    c.clouds((236, 170, 160), 0.34, 3)
    c.gradient((58, 92, 138), (24, 44, 84), top=0.68, bottom=1)
    c.polygon((64, 56, 62), (0.42, 1), (0.52, 0.74), (0.72, 0.66), (0.92, 0.74), (1, 1))
    for step in range(6):
        wide, low = 0.055 - step * 0.004, 0.68 - step * 0.08
        c.taper(RED if step % 2 else WHITE, 0.7, (low - 0.08, wide - 0.004), (low, wide))
    c.glow((255, 240, 180), 0.7, 0.17, 0.10, strength=0.9)
    c.taper((52, 48, 56), 0.7, (0.08, 0), (0.14, 0.035))


def cat(c: Canvas) -> None:
    c.gradient((226, 206, 176), (206, 180, 146))
    c.gradient((150, 200, 236), (220, 236, 230), top=0.08, bottom=0.72)
    c.ridge((120, 160, 92), 0.62, 0.04)
    for x in (0.0, 0.47, 0.94):
        c.box((240, 234, 224), x, 0, x + 0.06, 0.74)
    c.box((206, 180, 146), 0, 0.8, 1, 1)
    c.box((236, 228, 214), 0, 0.74, 1, 0.84)
    fur = (62, 56, 62)
    c.disc(fur, 0.30, 0.62, 0.115, flatness=1.1)
    c.disc(fur, 0.30, 0.40, 0.078, flatness=0.9)
    c.polygon(fur, (0.232, 0.38), (0.245, 0.24), (0.29, 0.33))
    c.polygon(fur, (0.368, 0.38), (0.355, 0.24), (0.31, 0.33))
    c.line(fur, (0.36, 0.735), (0.46, 0.76), (0.50, 0.86), thickness=0.022)
    for x in (0.275, 0.325):
        c.disc((210, 220, 90), x, 0.40, 0.014)
        c.disc((20, 20, 20), x, 0.40, 0.006, flatness=2)
    c.taper((190, 96, 60), 0.76, (0.60, 0.08), (0.74, 0.06))
    for step in range(7):
        c.disc((84, 140, 70), 0.70 + step * 0.02, 0.56 - 0.05 * (step % 3), 0.032)


def camping(c: Canvas) -> None:
    c.gradient((8, 14, 44), (44, 74, 116), bottom=0.75)
    for _ in range(130):
        c.disc((220, 226, 250), c.random.random(), c.random.uniform(0, 0.6), c.random.uniform(0.0008, 0.0026))
    c.ridge((18, 34, 52), 0.62, 0.10, roughness=1.2)
    c.ridge((10, 24, 32), 0.80, 0.03)
    for x in (0.06, 0.13, 0.22, 0.78, 0.88, 0.95):
        c.fir((8, 20, 28), x, 0.88, c.random.uniform(0.3, 0.5))
    c.glow((255, 176, 84), 0.5, 0.78, 0.2, strength=0.7)
    c.taper((246, 160, 66), 0.5, (0.62, 0), (0.88, 0.14))
    c.taper((120, 62, 34), 0.5, (0.70, 0), (0.88, 0.03))


def harbour_bridge(c: Canvas) -> None:
    c.gradient((214, 218, 222), (240, 232, 220), bottom=0.7)
    c.ridge((190, 198, 204), 0.58, 0.05, roughness=1.3)
    c.mirror(0.66, (150, 170, 180))
    red = (176, 62, 48)
    for x in (0.27, 0.73):
        c.taper(red, x, (0.16, 0.012), (0.72, 0.014))
    c.line(red, (0, 0.56), (1, 0.56), thickness=0.016)
    for start, end in ((-0.19, 0.27), (0.27, 0.73), (0.73, 1.19)):
        steps = [start + (end - start) * part / 20 for part in range(21)]
        cable = [(x, 0.17 + 0.36 * (1 - (2 * (x - start) / (end - start) - 1) ** 2)) for x in steps]
        c.line(red, *cable, thickness=0.006)
        for x, y in cable:
            c.line(red, (x, y), (x, 0.56), thickness=0.002)


def garden_party(c: Canvas) -> None:
    c.gradient((150, 200, 232), (222, 236, 214), bottom=0.5)
    for step in range(9):
        c.tree((74 + step * 4, 128, 66), step / 8, 0.60, 0.44)
    c.box((124, 176, 84), 0, 0.56, 1, 1)
    c.line((120, 96, 80), (0, 0.16), (0.5, 0.26), (1, 0.16), thickness=0.003)
    for step in range(12):
        x = 0.065 + step * 0.08
        y = 0.26 - 0.4 * (x - 0.5) ** 2
        c.taper((RED, YELLOW, BLUE, GREEN)[step % 4], x, (y, 0.025), (y + 0.08, 0))
    c.taper(WHITE, 0.5, (0.72, 0.28), (0.88, 0.36))
    for step, shirt in enumerate(((200, 80, 90), (90, 120, 190), (236, 190, 90), (120, 170, 120))):
        x = 0.26 + step * 0.16
        c.taper(shirt, x, (0.56, 0.035), (0.72, 0.05))
        c.disc((238, 202, 174), x, 0.50, 0.036)
        c.disc((96 - 14 * step, 66, 44), x, 0.475, 0.036, flatness=0.6)


def farm(c: Canvas) -> None:
    c.gradient((196, 206, 210), (232, 226, 208), bottom=0.6)
    c.ridge((150, 154, 120), 0.58, 0.05)
    c.polygon((160, 146, 96), (0, 0.66), (1, 0.62), (1, 1), (0, 1))
    c.house((176, 84, 62), (92, 66, 60), 0.46, 0.76, 0.34)
    c.house((228, 218, 196), (120, 74, 60), 0.22, 0.74, 0.17)
    c.tree((104, 120, 64), 0.12, 0.84, 0.56)
    for step in range(11):
        c.line((120, 98, 76), (step / 10, 0.92), (step / 10, 0.82), thickness=0.008)
    for y in (0.84, 0.88):
        c.line((120, 98, 76), (0, y), (1, y), thickness=0.005)


def chat(c: Canvas) -> None:
    c.gradient((236, 240, 238), (228, 234, 230))
    c.box((28, 108, 96), 0, 0, 1, 0.13)
    c.disc((226, 196, 140), 0.09, 0.065, 0.035)
    c.box((220, 236, 232), 0.15, 0.05, 0.42, 0.08)
    bubbles = ((0.04, 0.58, 2), (0.34, 0.96, 1), (0.04, 0.50, 1), (0.26, 0.96, 3))
    for step, (left, right, lines) in enumerate(bubbles):
        top = 0.18 + step * 0.19
        c.box((210, 244, 206) if step % 2 else WHITE, left, top, right, top + 0.03 + 0.045 * lines)
        for row in range(lines):
            y, end = top + 0.03 + row * 0.045, right - 0.03 - 0.05 * row
            c.line((120, 132, 130), (left + 0.03, y), (end, y), thickness=0.012)
