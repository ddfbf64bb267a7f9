"""Bend the picture around the face."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, pi
from typing import Annotated, NamedTuple

import numpy as np

from effects.render.faces import Face
from effects.render.geometry import Bend
from effects.render.pictures import Picture
from effects.render.reading import Between, OneOf
from effects.render.timeline import Span, wave


class Place(NamedTuple):
    """Positions relative to the face: x and y in face widths from its centre, r the distance."""

    x: Picture
    y: Picture
    r: Picture


def _near(at: Place, reach: float) -> Picture:
    """1 at the face, falling softly to 0 at `reach` face widths."""
    return np.exp(-((at.r / reach) ** 2)).astype(np.float32)


# A warp answers with the shift, in face widths, of where a pixel is fetched from; s is its strength, n the beats.
Shift = tuple[Picture, Picture]
Warper = Callable[[Place, float, float], Shift]


def _bulge(at: Place, s: float, n: float) -> Shift:
    pull = -0.45 * s * _near(at, 0.9)
    return at.x * pull, at.y * pull


def _expand(at: Place, s: float, n: float) -> Shift:
    pull = -0.34 * s * _near(at, 1.7)
    return at.x * pull, at.y * pull * 0.85


def _pinch(at: Place, s: float, n: float) -> Shift:
    pull = 0.5 * s * _near(at, 0.7)
    return at.x * pull, at.y * pull * 0.5


def _squish(at: Place, s: float, n: float) -> Shift:
    near = _near(at, 1.0)
    return at.x * near * 0.75 * s, -at.y * near * 0.34 * s


def _flatten(at: Place, s: float, n: float) -> Shift:
    near = _near(at, 1.2)
    return -at.x * near * 0.3 * s, at.y * near * 0.7 * s


def _swirl(at: Place, s: float, n: float) -> Shift:
    angle = 1.5 * s * _near(at, 0.8)
    cos, sin = np.cos(angle), np.sin(angle)
    return at.x * (cos - 1) - at.y * sin, at.x * sin + at.y * (cos - 1)


def _melt(at: Place, s: float, n: float) -> Shift:
    drips = 0.55 + 0.45 * np.sin(at.x * 7 + np.sin(at.x * 3.1) * 2)
    below = np.clip((at.y + 0.5) / 1.6, 0, 1.2)
    return 0 * at.x, -0.5 * s * drips * below**1.5


def _wave(at: Place, s: float, n: float) -> Shift:
    return 0.07 * s * np.sin(at.y * 3.4 + n * 2 * pi), 0.035 * s * np.sin(at.x * 3.0 + n * 2 * pi)


def _ripple(at: Place, s: float, n: float) -> Shift:
    ring = 0.06 * s * np.sin(at.r * 11 - n * 2 * pi) * np.exp(-at.r * 0.6)
    return at.x / (at.r + 0.2) * ring, at.y / (at.r + 0.2) * ring


def _jelly(at: Place, s: float, n: float) -> Shift:
    height = np.clip(1.6 - at.y, 0, 3)
    sway = wave(n)
    return -0.1 * s * sway * height, 0.05 * s * wave(n * 2 + 0.15) * (at.y - 1.2)


def _press(at: Place, s: float, n: float) -> Shift:
    near = _near(at, 1.9)
    return -at.x * near * 0.32 * s, (at.y - 0.8) * near * 0.85 * s


def _wobble(at: Place, s: float, n: float) -> Shift:
    near = _near(at, 1.3)
    return 0.16 * s * wave(n) * near * (0.4 - at.y), 0.12 * s * wave(n * 1.5 + 0.25) * near * (0.4 + at.x)


def _tall(at: Place, s: float, n: float) -> Shift:
    near = _near(at, 1.4)
    return at.x * near * 0.22 * s, -at.y * near * 0.42 * s


def _chin_up(at: Place, s: float, n: float) -> Shift:
    low = np.exp(-(((at.y - 0.35) / 0.38) ** 2) - (at.x / 0.5) ** 2).astype(np.float32)
    return at.x * low * 0.5 * s, (at.y - 0.32) * low * -0.35 * s


def _big_eyes(at: Place, s: float, n: float) -> Shift:
    left = np.exp(-((at.x + 0.23) ** 2 + (at.y + 0.07) ** 2) / 0.028)
    right = np.exp(-((at.x - 0.23) ** 2 + (at.y + 0.07) ** 2) / 0.028)
    pull = 0.42 * s
    return -pull * ((at.x + 0.23) * left + (at.x - 0.23) * right), -pull * (at.y + 0.07) * (left + right)


def _cheeks(at: Place, s: float, n: float) -> Shift:
    low = np.exp(-(((at.y - 0.18) / 0.42) ** 2) - (at.x / 0.7) ** 2).astype(np.float32)
    return -at.x * low * 0.42 * s, 0 * at.y


def _depth(at: Place, s: float, n: float) -> Shift:
    near = _near(at, 1.3)
    return 0.075 * s * wave(n) * (near - 0.45), 0.03 * s * wave(n + 0.25) * (near - 0.45)


def _hair_wave(at: Place, s: float, n: float) -> Shift:
    outer = np.clip(at.r - 0.55, 0, 1) * np.clip(0.9 - at.y * 0.4, 0, 1)
    return 0.1 * s * outer * np.sin(at.y * 2.5 - n * 2 * pi), 0.04 * s * outer * np.sin(at.x * 3 + n * 2 * pi)


def _stretch(at: Place, s: float, n: float) -> Shift:
    high = np.clip(0.9 - at.y, 0, 2.5)
    return 0 * at.x, 0.4 * s * high


APART = 9.0  # face widths: far outside every picture, so that a cut is empty


def _cut(along: Picture, cut: float, s: float) -> Picture:
    """What lies beyond `cut` moves on by `s`; the gap between is empty."""
    beyond = along - cut
    return np.where(beyond <= 0, 0.0, np.where(beyond < s, APART, -s)).astype(np.float32)


def _cut_left(at: Place, s: float, n: float) -> Shift:
    return -_cut(-at.x, 0.42, 0.24 * s), 0 * at.y


def _cut_right(at: Place, s: float, n: float) -> Shift:
    return _cut(at.x, 0.42, 0.24 * s), 0 * at.y


def _cut_neck(at: Place, s: float, n: float) -> Shift:
    return 0 * at.x, -_cut(-at.y, -0.86, 0.26 * s)


WARPS: dict[str, Warper] = {
    "bulge": _bulge,
    "expand": _expand,
    "pinch": _pinch,
    "squish": _squish,
    "flatten": _flatten,
    "swirl": _swirl,
    "melt": _melt,
    "wave": _wave,
    "ripple": _ripple,
    "jelly": _jelly,
    "press": _press,
    "wobble": _wobble,
    "tall": _tall,
    "pucker": _chin_up,
    "big_eyes": _big_eyes,
    "cheeks": _cheeks,
    "depth": _depth,
    "hair": _hair_wave,
    "stretch": _stretch,
    "cut_left": _cut_left,
    "cut_right": _cut_right,
    "cut_neck": _cut_neck,
}


def _swelling(p: float, n: float) -> float:
    return p


def _pulsing(p: float, n: float) -> float:
    return 0.5 - 0.5 * wave(n + 0.25)


def _ringing(p: float, n: float) -> float:
    return wave(n) * exp(-2.2 * p)


def _springing(p: float, n: float) -> float:
    """Pressed in and let go, once a beat, with an after-swing."""
    q = n % 1
    return 4 * q * (1 - q / 0.4) * 2.5 * 0.4 if q < 0.4 else -0.45 * wave((q - 0.4) * 3.3) * exp(-5 * (q - 0.4))


SHAPES: dict[str, Callable[[float, float], float]] = {
    "steady": lambda p, n: 1.0,
    "grow": _swelling,
    "pulse": _pulsing,
    "ring": _ringing,
    "spring": _springing,
    "swing": lambda p, n: wave(n),
    "once": lambda p, n: wave(p / 2),
}


@dataclass(frozen=True, kw_only=True)
class Warp(Span):
    """A bend around the face, its strength following a shape over time."""

    warp: Annotated[str, OneOf(WARPS)]
    amount: Annotated[float, Between(-3, 3)] = 1.0
    shape: Annotated[str, OneOf(SHAPES)] = "pulse"
    beats: Annotated[float, Between(0, 40)] = 3.0


def bend_around(face: Face, warps: list[Warp], u: float) -> Bend | None:
    """All warps of this moment as one bend in the picture's own pixels; None when there is none to do."""
    width = face.box[2] * 1.1
    centre = face.centre
    now = [(WARPS[warp.warp], _strength(warp, u), warp.running(u) * warp.beats) for warp in warps]
    now = [(warper, strength, beats) for warper, strength, beats in now if abs(strength) > 1e-3]
    if not now:
        return None

    def bend(xs: Picture, ys: Picture) -> tuple[Picture, Picture]:
        x, y = (xs - centre.x) / width, (ys - centre.y) / width
        at = Place(x, y, np.sqrt(x * x + y * y))
        for warper, strength, beats in now:
            dx, dy = warper(at, strength, beats)
            xs, ys = xs + width * dx, ys + width * dy
        return xs.astype(np.float32), ys.astype(np.float32)

    return bend


def _strength(warp: Warp, u: float) -> float:
    running = warp.running(u)
    if running <= 0:
        return 0.0
    return warp.amount * SHAPES[warp.shape](warp.progress(u), running * warp.beats) * min(warp.presence(u), 1.0)
