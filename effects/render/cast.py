"""The people as layers: cut out, placed on the canvas, ready to move."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import cv2
import numpy as np

from effects.render.faces import Face
from effects.render.geometry import laid, moved, place, shown_box
from effects.render.pictures import Picture, premultiplied
from effects.render.reading import Between
from effects.render.reveals import revealed, turns
from effects.render.stage import Matrix
from effects.render.styles import Style
from effects.render.subject import Subject
from effects.render.timeline import Span
from effects.render.warps import Warp, bend_around


@dataclass(frozen=True, kw_only=True)
class Placing(Span):
    """Where one person stands: `scale` 1 fills the canvas's width (or height, if that is less), feet at (x, y)."""

    scale: Annotated[float, Between(0.1, 2)] = 1.0
    x: float = 0.5
    y: float = 1.0
    clip: Literal["none", "bust"] = "none"


@dataclass(frozen=True, kw_only=True)
class Standing(Span):
    """Where two stand: how far each is from the middle, in parts of the canvas's width, and how large."""

    apart: Annotated[float, Between(0.05, 0.5)] = 0.24
    scale: Annotated[float, Between(0.2, 1.5)] = 0.86
    y: float = 1.0
    front: Literal["left", "right"] = "left"


@dataclass(frozen=True, kw_only=True)
class Pair(Standing):
    """Two people; the first photo is on the left."""


@dataclass(frozen=True, kw_only=True)
class Twins(Standing):
    """The same person twice: whoever they were once, or somebody very like them."""


FACE = 0.27  # a face's width in a pair of scale 1, in parts of the canvas's shorter side
PLUM, SHADE = (44, 20, 42), 0.5  # of the shadow behind people
LIKENESS = 0.75  # how much of the difference between two faces' sizes is taken away
EYE_LEVEL = 0.45  # faces in a pair are no higher than this part of the canvas


def stood(pair: Standing, subjects: Sequence[Subject], size: tuple[int, int]) -> list[Placing]:
    """Where each of a pair stands: faces of nearly the same size, as far from the middle on any canvas."""
    return [_spot(pair, subject, size, side) for subject, side in zip(subjects, (-1, 1), strict=True)]


def _spot(pair: Standing, subject: Subject, size: tuple[int, int], side: int) -> Placing:
    unit, face = min(size), subject.anchor
    height, width = subject.picture.shape[:2]
    whole = min(size[0] / width, size[1] / height)
    likeness = (FACE * unit / (face.box[2] * whole)) ** LIKENESS
    factor = whole * likeness * pair.scale
    aside = side * pair.apart * (0.7 * unit + 0.3 * size[0]) + (width / 2 - face.centre.x) * factor
    lowest = pair.y * size[1]
    foot = max(lowest, EYE_LEVEL * size[1] + (height - face.centre.y) * factor) if pair.y >= 1 else lowest
    return Placing(scale=pair.scale * likeness, x=0.5 + aside / size[0], y=foot / size[1])


@dataclass(frozen=True, kw_only=True)
class Clones(Span):
    """Copies of the person behind, `spread` canvas widths apart, each a little late."""

    count: Annotated[int, Between(1, 6)] = 2
    spread: Annotated[float, Between(0.05, 1)] = 0.3
    scale: Annotated[float, Between(0.2, 1.2)] = 0.75
    delay: Annotated[float, Between(0, 0.3)] = 0.04
    opacity: Annotated[float, Between(0, 1)] = 1.0


class Looks:
    """One picture in its successive styles."""

    def __init__(self, picture: Picture, styles: Sequence[Style], alpha: Picture | None = None) -> None:
        self.styles = [style for style in styles if style.at > 0 or style.until < 1]
        pictures = [picture]
        for style in styles:
            if style in self.styles:
                pictures.append(style.of(pictures[-1]))
            else:
                pictures = [style.of(picture) for picture in pictures]
        self.versions = pictures if alpha is None else [premultiplied(picture, alpha) for picture in pictures]
        height, width = picture.shape[:2]
        self.orders = [turns(style.reveal, width, height) for style in self.styles]

    def at(self, u: float) -> Picture:
        """What it looks like now."""
        look = self.versions[0]
        for style, version, order in zip(self.styles, self.versions[1:], self.orders, strict=True):
            look = revealed(look, version, order, style.progress(u))
        return look

    def over(self, shadow: Picture) -> None:
        """Lay a shadow behind a cut-out."""
        self.versions = [cv2.add(version, shadow) for version in self.versions]

    def trim(self) -> Matrix:
        """Cut clear margins off a cut-out; return where the rest is in what it was."""
        rows, columns = shown_box(self.versions[0])
        self.versions = [np.ascontiguousarray(version[rows, columns]) for version in self.versions]
        self.orders = [np.ascontiguousarray(order[rows, columns]) for order in self.orders]
        return moved(columns.start, rows.start)


class Actor:
    """One person cut out and standing on the canvas."""

    breathes = True  # sways a little when nothing else moves them

    def __init__(
        self,
        subject: Subject,
        size: tuple[int, int],
        placing: Placing,
        styles: Sequence[Style],
        *,
        casts_shadow: bool = False,
    ) -> None:
        picture, alpha, face = _sized(subject, size, placing.scale)
        alpha = _trimmed(alpha, placing.clip == "bust", picture.shape[1] >= size[0])
        height, width = picture.shape[:2]
        home = moved(placing.x * size[0] - width / 2, placing.y * size[1] - height)
        skirt = 0 if placing.clip == "bust" else int(height * 0.22)
        self.looks = Looks(
            _skirted(picture, skirt), [style for style in styles if style.on != "wall"], _skirted(alpha, skirt)
        )
        if casts_shadow:
            self.looks.over(_shadow(_skirted(alpha, skirt), min(size)))
        inset = self.looks.trim()
        self.home = home @ inset
        self.foot = (size[0] / 2, float(size[1]))
        self.inner_face = face.scaled(1, -inset[0, 2], -inset[1, 2])
        self.face = face.scaled(1, home[0, 2], home[1, 2])

    def draw(self, frame: Picture, body: Matrix, warps: list[Warp], u: float, opacity: float = 1.0) -> None:
        """Lay this person into the frame; `body` leads from canvas to frame."""
        bend = bend_around(self.inner_face, warps, u)
        place(frame, self.looks.at(u), body @ self.home, bend, opacity, 0.12 if bend else 0.0)

    def head(self, u: float) -> Matrix:
        """From where the face is at rest to where it is now, on the canvas."""
        return moved(0, 0)


def _sized(subject: Subject, size: tuple[int, int], scale: float) -> tuple[Picture, Picture, Face]:
    height, width = subject.picture.shape[:2]
    factor = scale * min(size[0] / width, size[1] / height)
    target = (max(round(width * factor), 2), max(round(height * factor), 2))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return (
        cv2.resize(subject.figure, target, interpolation=how),
        cv2.resize(subject.mask, target, interpolation=how),
        subject.head.scaled(factor),
    )


def _trimmed(alpha: Picture, bottom: bool, fills_width: bool) -> Picture:
    """Soften the sides where the photo ends inside the canvas, and round the bust off below."""
    height, width = alpha.shape
    ramp = np.ones((height, width), np.float32)
    if not fills_width:
        across = np.minimum(np.arange(width), np.arange(width)[::-1]) / max(width * 0.06, 1)
        ramp *= np.clip(across, 0, 1)[None]
    if bottom:
        x, y = np.meshgrid(np.linspace(-1, 1, width, dtype=np.float32), np.arange(height, dtype=np.float32))
        ramp *= np.clip((height * (0.995 - 0.2 * x * x) - y) / max(height * 0.006, 1), 0, 1)
    return (alpha * ramp).astype(np.uint8)


def _skirted(picture: Picture, rows: int) -> Picture:
    """More of the lowest row, so that a hop does not show where the photo ends."""
    return cv2.copyMakeBorder(picture, 0, rows, 0, 0, cv2.BORDER_REPLICATE) if rows else picture


def _shadow(alpha: Picture, unit: int) -> Picture:
    """What an (H, W) mask leaves to see of its soft shadow, premultiplied RGBA."""
    height, width = alpha.shape
    size = (max(width // 8, 2), max(height // 8, 2))
    reach = unit / 8
    lower = moved(0.008 * reach, 0.016 * reach)[:2]
    small = cv2.warpAffine(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), lower, size)
    soft = cv2.GaussianBlur(small, (0, 0), max(0.016 * reach, 0.5))
    dark = cv2.resize(cv2.convertScaleAbs(soft, alpha=SHADE), (width, height), interpolation=cv2.INTER_LINEAR)
    left = cv2.multiply(dark, cv2.bitwise_not(alpha), scale=1 / 255)
    return premultiplied(np.full((height, width, 3), PLUM, np.uint8), left)


class Plate:
    """The photo filling the canvas: whole, or as the wall left when the person is taken out."""

    def __init__(self, subject: Subject, size: tuple[int, int], styles: Sequence[Style], *, emptied: bool) -> None:
        picture = subject.wall if emptied else subject.picture
        height, width = picture.shape[:2]
        factor = max(size[0] / width, size[1] / height)
        dx = _within(size[0] / 2 - subject.anchor.centre.x * factor, size[0] - width * factor)
        dy = _within(size[1] * 0.44 - subject.anchor.centre.y * factor, size[1] - height * factor)
        covered = np.array([[factor, 0, dx], [0, factor, dy]], np.float64)
        how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        filled = cv2.warpAffine(picture, covered, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
        shown = ("all", "wall") if emptied else ("all", "wall", "people")
        self.looks = Looks(filled, [style for style in styles if style.on in shown])
        self.face = subject.anchor.scaled(factor, dx, dy)
        self.size = size

    def draw(self, matrix: Matrix, warps: list[Warp], u: float) -> Picture:
        """The plate through `matrix` as a new frame."""
        return laid(self.looks.at(u), matrix, self.size, bend_around(self.face, warps, u))


def _within(wanted: float, lowest: float) -> float:
    return min(max(wanted, lowest), 0.0)
