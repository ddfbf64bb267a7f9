"""How each kind of light is painted on its small dark canvas."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from effects.render.pictures import Picture
from effects.render.timeline import wave

FINE = 3  # fractional bits of cv2's subpixel drawing
Colour = tuple[int, int, int]


@dataclass
class Canvas:
    """The small dark canvas lights are painted on, and what painters need."""

    picture: Picture
    count: int
    amount: float
    speed: float
    origin: tuple[float, float]
    reach: float
    dice: Picture
    colours: list[Colour]
    unit: float

    def colour(self, index: int, strength: float = 1.0) -> Colour:
        r, g, b = self.colours[index % len(self.colours)]
        s = min(max(strength * self.amount, 0.0), 1.0)
        return int(r * s), int(g * s), int(b * s)

    def at(self, x: float, y: float) -> tuple[int, int]:
        """Parts of the canvas as cv2's subpixel numbers."""
        return int(x * self.picture.shape[1] * 2**FINE), int(y * self.picture.shape[0] * 2**FINE)

    def dot(self, x: float, y: float, size: float, colour: Colour) -> None:
        radius = max(int(size * self.unit * 2**FINE), 2)
        cv2.circle(self.picture, self.at(x, y), radius, colour, -1, cv2.LINE_AA, FINE)

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: Colour, width: int = 1) -> None:
        cv2.line(self.picture, self.at(*start), self.at(*end), colour, width, cv2.LINE_AA, FINE)

    def shape(self, points: list[tuple[float, float]], colour: Colour) -> None:
        spots = np.array([self.at(*point) for point in points], np.int32)
        cv2.fillPoly(self.picture, [spots], colour, cv2.LINE_AA, FINE)

    @property
    def aspect(self) -> float:
        """Turns a vertical part into the horizontal part of the same length."""
        return float(self.picture.shape[0] / self.picture.shape[1])


def _fireworks(on: Canvas, t: float, u: float) -> None:
    shells = max(on.count // 10, 3)
    for index in range(shells):
        x0, y0, kind, phase = on.dice[index, :4]
        age = (t * 0.42 * on.speed + phase + index / shells) % 1
        x, y = 0.12 + 0.76 * x0, 0.08 + on.reach * 0.75 * y0
        if age < 0.22:
            climb = age / 0.22
            on.line((x, 1 - (1 - y) * climb), (x, 1 - (1 - y) * max(climb - 0.1, 0)), on.colour(index, 0.5))
        else:
            _shell(on, index, x, y, (age - 0.22) / 0.78, 0.16 + 0.12 * kind)


def _shell(on: Canvas, index: int, x: float, y: float, age: float, size: float) -> None:
    flight = size * (1 - np.exp(-4.5 * age))
    drop = 0.07 * age * age
    sparks = 34
    for spark in range(sparks):
        angle = 2 * np.pi * spark / sparks + index
        reach = flight * (1.0 if spark % 3 else 0.6)
        dx, dy = reach * np.cos(angle), reach * np.sin(angle)
        tip = (x + dx * on.aspect**0.5, y + dy / on.aspect**0.5 + drop)
        tail = (x + dx * 0.8 * on.aspect**0.5, y + dy * 0.8 / on.aspect**0.5 + drop * 0.8)
        on.line(tail, tip, on.colour(index + spark % 2, (1 - age) ** 1.2))
        on.dot(*tip, 0.003, on.colour(index + 1, (1 - age) ** 0.8))


def _sparkles(on: Canvas, t: float, u: float) -> None:
    for index in range(on.count):
        x, y, size, phase = on.dice[index, :4]
        shine = max(wave(t * 0.4 * on.speed + phase), 0.0) ** 3
        if shine > 0.02:
            arm = (0.012 + 0.03 * size**3) * shine
            on.line((x - arm * on.aspect, y), (x + arm * on.aspect, y), on.colour(index, shine))
            on.line((x, y - arm), (x, y + arm), on.colour(index, shine))
            on.dot(x, y, 0.004 + 0.004 * size, on.colour(index, shine))


def _fireflies(on: Canvas, t: float, u: float) -> None:
    for index in range(on.count):
        x, y, size, phase = on.dice[index, :4]
        x += 0.06 * wave(t * 0.17 * on.speed + phase) + 0.02 * wave(t * 0.5 + phase * 5)
        y += 0.05 * wave(t * 0.13 * on.speed + phase * 3) - 0.02 * t * on.speed * 0.2
        on.dot(x, y % 1, 0.004 + 0.008 * size**2, on.colour(index, 0.35 + 0.65 * max(wave(t * 0.3 + phase), 0)))


def _beams(on: Canvas, t: float, u: float) -> None:
    lamps = max(on.count // 6, 3)
    for index in range(lamps):
        x = (index + 0.5) / lamps
        swing = 0.32 * wave(t * 0.22 * on.speed + on.dice[index, 0]) + (0.5 - x) * 0.5
        wide = 0.09 + 0.05 * on.dice[index, 1]
        on.shape(
            [(x - 0.012, -0.02), (x + 0.012, -0.02), (x + swing + wide, 1.05), (x + swing - wide, 1.05)],
            on.colour(index, 0.26),
        )


def _rays(on: Canvas, t: float, u: float) -> None:
    rays = max(on.count // 2, 8)
    x, y = on.origin
    for index in range(rays):
        angle = 2 * np.pi * (index / rays) + t * 0.22 * on.speed
        half = np.pi / rays * 0.5
        far = 1.6
        tips = [(x + far * on.aspect * np.cos(angle + side), y + far * np.sin(angle + side)) for side in (-half, half)]
        on.shape([(x, y), *tips], on.colour(index, 0.2))


def _lightning(on: Canvas, t: float, u: float) -> None:
    beat = int(t * 2.2 * on.speed)
    age = t * 2.2 * on.speed - beat
    strength = (1 - age) ** 2 * (0.6 + 0.4 * wave(age * 5))
    dice = np.random.default_rng(beat * 31 + int(on.dice[0, 0] * 1e6))
    for _ in range(3):
        x, y = dice.uniform(0.08, 0.92), -0.02
        while y < on.reach * 1.5:
            x2, y2 = x + dice.normal(0, 0.06) * on.aspect, y + dice.uniform(0.04, 0.11)
            on.line((x, y), (x2, y2), on.colour(0, strength), 2)
            if dice.random() < 0.3:
                on.line((x2, y2), (x2 + dice.normal(0, 0.12), y2 + 0.1), on.colour(1, strength * 0.7))
            x, y = x2, y2


def _embers(on: Canvas, t: float, u: float) -> None:
    for index in range(on.count):
        x, y, size, phase = on.dice[index, :4]
        rise = (y + t * 0.16 * on.speed * (0.5 + size)) % 1
        x += 0.03 * wave(t * 0.4 + phase) + 0.02 * wave(t * 0.9 + phase * 3)
        on.dot(
            x,
            1.05 - rise * 1.1,
            0.002 + 0.006 * size**2,
            on.colour(index, (1 - rise) ** 0.7 * (0.6 + 0.4 * wave(t * 2 + phase))),
        )


def _streaks(on: Canvas, t: float, u: float) -> None:
    """Speed lines rushing out of the origin."""
    x, y = on.origin
    for index in range(on.count):
        turn, offset, size, phase = on.dice[index, :4]
        age = (t * 0.9 * on.speed + phase) % 1
        angle, near = 2 * np.pi * turn, on.reach * 0.7 + 0.2 * offset + 0.9 * age**2
        long = 0.06 + 0.2 * size * age
        start = (x + near * np.cos(angle) * on.aspect**0.5, y + near * np.sin(angle))
        end = (x + (near + long) * np.cos(angle) * on.aspect**0.5, y + (near + long) * np.sin(angle))
        on.line(start, end, on.colour(index, min(age * 3, 1) * 0.8), 1 + int(size * 1.6))


def _ring(on: Canvas, t: float, u: float) -> None:
    x, y = on.origin
    for index in range(3):
        age = (t * 0.35 * on.speed + index / 3) % 1
        axes = (int(age * on.reach * on.picture.shape[0] * 8), int(age * on.reach * on.picture.shape[0] * 8))
        cv2.ellipse(on.picture, on.at(x, y), axes, 0, 0, 360, on.colour(index, (1 - age) ** 1.5), 2, cv2.LINE_AA, FINE)


def _aura(on: Canvas, t: float, u: float) -> None:
    """A breathing glow with tongues, around the origin."""
    x, y = on.origin
    for layer in range(3):
        points = []
        for step in range(48):
            angle = 2 * np.pi * step / 48
            tongue = 0.14 * wave(step / 6 + t * 0.5 * on.speed + layer * 0.3) + 0.1 * wave(step / 4 - t * 0.7)
            reach = (
                on.reach
                * (1.05 - 0.22 * layer)
                * (1 + tongue * (1 if np.sin(angle) < 0.3 else 0.3) + 0.04 * wave(t * 0.6))
            )
            points.append((x + reach * np.cos(angle) * on.aspect, y + reach * np.sin(angle) * 1.15))
        on.shape(points, on.colour(layer, 0.24 + 0.16 * layer))


def _rain(on: Canvas, t: float, u: float) -> None:
    for index in range(on.count):
        x, y, size, _ = on.dice[index, :4]
        fall = (y + t * on.speed * (0.9 + 0.5 * size)) % 1.2 - 0.1
        on.line((x, fall), (x - 0.008, fall + 0.03 + 0.03 * size), on.colour(index, 0.3 + 0.3 * size))


def _sparkler(on: Canvas, t: float, u: float) -> None:
    x, y = on.origin
    dice = np.random.default_rng(int(t * 24) + 5)
    for index in range(on.count):
        angle, reach = dice.uniform(0, 2 * np.pi), on.reach * (0.15 + 0.85 * dice.random() ** 1.6)
        end = (x + reach * np.cos(angle) * on.aspect, y + reach * np.sin(angle))
        near = (x + 0.35 * (end[0] - x), y + 0.35 * (end[1] - y))
        on.line(near, end, on.colour(index, 0.5 + 0.5 * dice.random()))
        on.dot(*end, 0.003, on.colour(index + 1))
    on.dot(x, y, 0.02, on.colour(0))


def _trails(on: Canvas, t: float, u: float) -> None:
    """Ribbons of light wound around the origin."""
    x, y = on.origin
    for ribbon in range(3):
        last = None
        for step in range(26):
            turn = t * 0.35 * on.speed + ribbon / 3 - step * 0.014
            spot = (
                x + on.reach * 0.8 * wave(turn) * on.aspect**0.5,
                y + 0.3 * wave(turn * 0.5 + ribbon / 3) + 0.07 * wave(turn + 0.25),
            )
            if last:
                on.line(last, spot, on.colour(ribbon, (1 - step / 26) ** 1.3), 2 if step < 12 else 1)
            last = spot


def _meteors(on: Canvas, t: float, u: float) -> None:
    for index in range(max(on.count // 6, 2)):
        x, y, size, phase = on.dice[index, :4]
        age = (t * 0.3 * on.speed * (0.7 + size) + phase) % 1
        head = (x * 1.2 + 0.35 - age * 0.9, y * 0.5 - 0.15 + age * 0.75)
        for step in range(8):
            tail = (head[0] + 0.028 * step, head[1] - 0.0233 * step)
            on.line(
                tail,
                (tail[0] + 0.028, tail[1] - 0.0233),
                on.colour(index, (1 - step / 8) ** 1.5 * min(age * 5, (1 - age) * 5, 1)),
                2 if step < 3 else 1,
            )
        on.dot(*head, 0.007, on.colour(index))


def _swirl(on: Canvas, t: float, u: float) -> None:
    """Dust drawn into a spiral."""
    x, y = on.origin
    for index in range(on.count):
        turn, offset, size, phase = on.dice[index, :4]
        age = (phase + t * 0.16 * on.speed) % 1
        reach = on.reach * (1 - age) + 0.02
        angle = 2 * np.pi * (turn + age * 1.6)
        on.dot(
            x + reach * np.cos(angle) * on.aspect**0.7,
            y + reach * np.sin(angle),
            0.003 + 0.005 * size,
            on.colour(index, min(age * 4, 1) * (0.4 + 0.6 * offset)),
        )


def _drops(on: Canvas, t: float, u: float) -> None:
    """Spray thrown up from the lower edge."""
    for index in range(on.count):
        x, lift, size, phase = on.dice[index, :4]
        age = (phase + t * 0.6 * on.speed) % 1
        height = (0.25 + 0.5 * lift) * on.reach * 2
        spot = (x + (x - 0.5) * 0.3 * age, 1.0 - height * 4 * age * (1 - age))
        on.dot(*spot, 0.003 + 0.007 * size**2, on.colour(index, 0.55 + 0.3 * (1 - age)))


def _blinds(on: Canvas, t: float, u: float) -> None:
    """Bars of sun through a blind, wandering over the wall."""
    slide = 0.5 * wave(u * 0.5 * on.speed) - 0.1
    bars = max(on.count // 4, 3)
    for index in range(bars):
        y, deep = index * 0.9 / bars - 0.08 + 0.25 * slide, 0.42 / bars
        left, right = slide - 0.15, slide + on.reach
        on.shape([(left, y + 0.3), (right, y), (right, y + deep), (left, y + 0.3 + deep)], on.colour(index, 0.6))


def _smoke(on: Canvas, t: float, u: float) -> None:
    """Thin ribbons of smoke that wind upwards out of the origin."""
    for index in range(max(on.count // 5, 3)):
        x, _, size, phase = on.dice[index, :4]
        last = (on.origin[0] + on.reach * (x - 0.5), on.origin[1])
        for step in range(1, 30):
            high = step / 30
            bend = wave(high * (0.9 + size) - t * 0.22 * on.speed + phase) + 0.4 * wave(high * 2.6 - t * 0.3 + phase)
            spot = (on.origin[0] + on.reach * (x - 0.5) + 0.17 * bend * high, on.origin[1] - 1.25 * high)
            on.line(last, spot, on.colour(index, 0.4 * (1 - high) ** 0.6), 2 + int(7 * high * size))
            last = spot


def _peony(on: Canvas, t: float, u: float) -> None:
    """One shell after the other, each as wide as the canvas, its sparks hanging like willow."""
    beat = t * 0.5 * on.speed
    for late in range(2):
        shell, age = int(beat) - late, beat % 1 + late
        x, y = on.origin[0] + 0.12 * wave(shell * 0.37), on.origin[1] + 0.05 * wave(shell * 0.61)
        if late == 0 and age < 0.2:
            on.line((x, 1 - (1 - y) * age * 5), (x, 1.08 - (1 - y) * age * 5), on.colour(shell, 0.8), 2)
            continue
        flight, fading = on.reach * (1 - np.exp(-3.4 * (age - 0.2))), max(1 - (age - 0.2) / 1.4, 0.0)
        for spark in range(on.count):
            angle, ring = spark * 2.39996, float(on.dice[spark, 2]) ** 0.5 * flight
            dx, dy = ring * np.cos(angle), ring * np.sin(angle)
            fall = 0.09 * (age - 0.2) ** 2
            tip = (x + dx * on.aspect**0.5, y + dy / on.aspect**0.5 + fall)
            tail = (x + dx * 0.86 * on.aspect**0.5, y + dy * 0.86 / on.aspect**0.5 + fall * 0.6)
            on.line(tail, tip, on.colour(shell + spark % 2, fading))
            on.dot(*tip, 0.005, on.colour(shell + spark % 7, fading**0.6))


def _heart(turn: float) -> tuple[float, float]:
    """A point of the heart curve, about 1 high and wide, `turn` from 0 to 1 beginning at its notch."""
    angle = 2 * np.pi * turn
    return (
        16 * float(np.sin(angle)) ** 3 / 32,
        -float(13 * np.cos(angle) - 5 * np.cos(2 * angle) - 2 * np.cos(3 * angle) - np.cos(4 * angle)) / 32,
    )


def _heart_burst(on: Canvas, t: float, u: float) -> None:
    """Shells that open into hearts."""
    for index in range(max(on.count // 20, 1)):
        age = (t * 0.36 * on.speed + index * 0.38) % 1
        shell = int(t * 0.36 * on.speed + index * 0.38)
        x = on.origin[0] + (0.0 if index == 0 else 0.22 * wave(index * 0.31 + shell * 0.27))
        y = on.origin[1] + (0.0 if index == 0 else 0.1 * wave(index * 0.47 + shell * 0.19))
        if age < 0.2:
            on.line((x, 1 - (1 - y) * age * 5), (x, 1.06 - (1 - y) * age * 5), on.colour(index, 0.7))
            continue
        wide = on.reach * (1 if index == 0 else 0.5) * (1 - np.exp(-7 * (age - 0.2)))
        fading = (1 - age) ** 0.7
        for step in range(44):
            dx, dy = _heart(step / 44)
            for inner in (1.0, 0.78):
                spot = (x + dx * wide * inner * on.aspect, y + dy * wide * inner + 0.05 * age * age)
                on.dot(*spot, 0.012 * inner**3, on.colour(index + (inner < 1), fading * inner**2))


def _heart_trace(on: Canvas, t: float, u: float) -> None:
    """A heart written into the air with a spark, then held."""
    drawn = min(u / 0.6, 1.0)
    spots = []
    for step in range(int(90 * drawn) + 1):
        dx, dy = _heart(step / 90)
        spots.append((on.origin[0] + dx * on.reach * on.aspect, on.origin[1] + dy * on.reach))
    for start, end in pairwise(spots):
        on.line(start, end, on.colour(0, 0.75 + 0.25 * wave(t * 2)), 3)
    for index in range(on.count):
        x, y, size, phase = on.dice[index, :4]
        spot = spots[int(x * (len(spots) - 1))]
        shine = max(wave(t * 1.3 + phase), 0.0)
        on.dot(spot[0] + 0.03 * (y - 0.5), spot[1] + 0.03 * (size - 0.5), 0.005, on.colour(index, shine))


DIGITS = {
    "0": (" ### ", "#   #", "#   #", "#   #", "#   #", "#   #", " ### "),
    "2": (" ### ", "#   #", "    #", "  ## ", " #   ", "#    ", "#####"),
    "6": (" ### ", "#    ", "#    ", "#### ", "#   #", "#   #", " ### "),
}


def _year(on: Canvas, t: float, u: float) -> None:
    """2026 in sparks: each digit climbs as a rocket and bursts into place."""
    step = on.reach * 0.042
    for place, digit in enumerate("2026"):
        x, y = on.origin[0] + (place - 1.5) * 6.4 * step * on.aspect**0.5, on.origin[1]
        age = (u - 0.08 - 0.11 * place) / 0.1
        if 0 < age < 1:
            on.line((x, 1 - (1 - y) * age), (x, 1.07 - (1 - y) * age), on.colour(place, 0.9), 2)
        opened = 1 - np.exp(-4 * max(age - 1, 0.0))
        for row, line in enumerate(DIGITS[digit]):
            for column, cell in enumerate(line):
                if cell == "#" and age > 1:
                    dx, dy = (column - 2) * step * on.aspect**0.5 * opened, (row - 3) * step * opened
                    glow = 0.75 + 0.25 * wave(t * 1.1 + row * 0.31 + column * 0.17)
                    on.dot(x + dx, y + dy, step * 0.34 * on.picture.shape[0] / on.unit, on.colour(place, glow))


def _tree(on: Canvas, t: float, u: float) -> None:
    """A tree wound from lights, from its foot to its top."""
    grown = min(max(u - 0.22, 0.0) / 0.4, 1.0)
    for index in range(int(200 * grown)):
        share = index / 200
        angle = share * 2 * np.pi * 6.5
        wide = on.reach * 0.42 * (1 - share) + 0.004
        x = on.origin[0] + wide * np.cos(angle) * on.aspect
        y = on.origin[1] - on.reach * share + 0.16 * wide * np.sin(angle)
        near = 0.55 + 0.45 * np.sin(angle)
        shine = near * (0.7 + 0.3 * wave(t * 0.8 + on.dice[index, 3]))
        on.dot(x, y, 0.009 + 0.01 * on.dice[index, 2] * near, on.colour(index, shine))
    if grown >= 1:
        x, y = on.origin[0], on.origin[1] - on.reach * 1.02
        for arm in range(8):
            far = (0.05 if arm % 2 else 0.09) * (1 + 0.2 * wave(t * 0.9))
            angle = arm * np.pi / 4
            on.line((x, y), (x + far * np.cos(angle) * on.aspect, y + far * np.sin(angle)), on.colour(0), 2)


def _flurry(on: Canvas, t: float, u: float) -> None:
    """Flakes whirled up in a ball of water, then sinking."""
    stirred = 0.35 + 0.65 * (1 - (t * 0.4 * on.speed) % 1)
    for index in range(on.count):
        turn, offset, size, phase = on.dice[index, :4]
        reach = on.reach * (0.15 + 0.82 * offset**0.6)
        angle = 2 * np.pi * (turn + t * 0.16 * on.speed * (0.5 + phase))
        x = on.origin[0] + reach * np.cos(angle) * on.aspect
        y = on.origin[1] + reach * (np.sin(angle) * stirred + (1 - stirred) * 0.5 * (1 - abs(np.cos(angle))))
        on.dot(x, y, 0.003 + 0.007 * size**2, on.colour(index, 0.6 + 0.4 * size))


PAINTERS: dict[str, Callable[[Canvas, float, float], None]] = {
    "fireworks": _fireworks,
    "sparkles": _sparkles,
    "fireflies": _fireflies,
    "beams": _beams,
    "rays": _rays,
    "lightning": _lightning,
    "embers": _embers,
    "streaks": _streaks,
    "ring": _ring,
    "aura": _aura,
    "rain": _rain,
    "sparkler": _sparkler,
    "trails": _trails,
    "meteors": _meteors,
    "swirl": _swirl,
    "drops": _drops,
    "peony": _peony,
    "heart_burst": _heart_burst,
    "heart_trace": _heart_trace,
    "year": _year,
    "tree": _tree,
    "flurry": _flurry,
    "blinds": _blinds,
    "smoke": _smoke,
}
