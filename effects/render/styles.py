"""Looks given to the still once: RGB in, RGB out, same size."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import cv2
import numpy as np

from effects.render import materials
from effects.render.grades import toned
from effects.render.pictures import Picture
from effects.render.reading import Between, OneOf
from effects.render.reveals import REVEALS
from effects.render.timeline import Span

Styler = Callable[[Picture], Picture]


def _smooth(picture: Picture, passes: int = 2) -> Picture:
    """Flat areas, kept edges, worked at half size."""
    half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    across = min(max(min(picture.shape[:2]) // 100 | 1, 3), 7)
    for _ in range(passes):
        half = cv2.bilateralFilter(half, across, 40, across)
    return cv2.resize(half, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_CUBIC)


def _saturated(picture: Picture, amount: float, lift: float = 0.0) -> Picture:
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return cv2.addWeighted(picture, amount, grey, 1 - amount, lift)


def _posterised(picture: Picture, levels: int) -> Picture:
    """Fewer steps of brightness with clean borders, hue untouched."""
    table = (np.round(np.arange(256) / 255 * levels) / levels * 255).astype(np.uint8)
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    steps = cv2.LUT(np.ascontiguousarray(lab[..., 0]), table)
    lab[..., 0] = cv2.medianBlur(steps, max(min(steps.shape) // 150, 1) | 1)
    return cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)


def _lines(picture: Picture, weight: float = 1.0) -> Picture:
    """Ink lines as an (H, W) brightness, 255 where there is none."""
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 1.2)
    sigma = max(min(grey.shape) / 360, 1.2) * weight
    around = cv2.GaussianBlur(grey, (0, 0), sigma * 1.6)
    ink = cv2.subtract(around, grey)
    return 255 - np.clip((ink.astype(np.float32) - 5) * 22, 0, 255).astype(np.uint8)


def _inked(picture: Picture, lines: Picture, colour: tuple[int, int, int] = (46, 26, 43)) -> Picture:
    shade = cv2.cvtColor(lines, cv2.COLOR_GRAY2RGB)
    paper = cv2.multiply(picture, shade, scale=1 / 255)
    ink = cv2.multiply(np.full_like(picture, colour), cv2.bitwise_not(shade), scale=1 / 255)
    return cv2.add(paper, ink)


def _cartoon(picture: Picture) -> Picture:
    return _inked(_saturated(_posterised(_smooth(picture), 8), 1.35, 6), _lines(picture))


def _glowing(picture: Picture, share: float) -> Picture:
    """Light that shines through: the picture over its own soft blur."""
    soft = cv2.GaussianBlur(picture, (0, 0), max(min(picture.shape[:2]) / 45, 2))
    return cv2.addWeighted(picture, 1 - share, cv2.max(picture, soft), share, 0)


def _toon3d(picture: Picture) -> Picture:
    """A rendered film figure: smooth skin, round shapes, a warm glow."""
    smooth = _saturated(cv2.addWeighted(_smooth(picture, 4), 0.7, picture, 0.3, 0), 1.16, 3)
    return _glowing(materials.lit(smooth, relief=0.62, gloss=0.06, fineness=50), 0.14)


def _c4d(picture: Picture) -> Picture:
    """A vinyl toy: a few clean colours, round form, broad soft lights."""
    flat = materials.flattened(picture, 7, 18)
    drawn = cv2.addWeighted(flat, 0.6, picture, 0.4, 0)
    return materials.lit(_saturated(drawn, 1.22, 4), relief=0.85, gloss=0.13, fineness=44)


def _comic(picture: Picture) -> Picture:
    flat = _saturated(_posterised(_smooth(picture), 4), 1.7)
    return _inked(materials.halftoned(flat), _lines(picture, 1.6), (24, 16, 40))


def _anime(picture: Picture) -> Picture:
    flat = _saturated(_posterised(_smooth(picture, 3), 6), 1.3, 16)
    glow = cv2.GaussianBlur(flat, (0, 0), max(min(picture.shape[:2]) / 60, 2))
    soft = cv2.addWeighted(flat, 0.78, cv2.max(flat, glow), 0.26, 0)
    return _inked(soft, _lines(picture, 0.8), (70, 36, 66))


def _manga(picture: Picture) -> Picture:
    grey = cv2.cvtColor(_posterised(_smooth(picture), 3), cv2.COLOR_RGB2GRAY)
    toned_grey = cv2.cvtColor(cv2.convertScaleAbs(grey, alpha=1.25, beta=10), cv2.COLOR_GRAY2RGB)
    return _inked(materials.halftoned(toned_grey), _lines(picture, 1.2), (20, 16, 24))


def _oil(picture: Picture) -> Picture:
    """Thick paint: few tones, deep colour, dabs that follow the shapes."""
    return materials.brushed(_saturated(materials.flattened(picture, 5, 16), 1.4, 2))


def _watercolour(picture: Picture) -> Picture:
    """Light washes that run into each other, darker where they dried, on rough paper."""
    unit = min(picture.shape[:2])
    wash = _saturated(materials.wandering(materials.flattened(picture, 8, 24), unit / 200), 1.35, 46)
    edges = cv2.cvtColor(_lines(wash, 2.0), cv2.COLOR_GRAY2RGB)
    pooled = cv2.addWeighted(wash, 1.0, cv2.bitwise_not(edges), -0.3, 0)
    return materials.papered(pooled, 1.1)


def _sketch(picture: Picture) -> Picture:
    """Soft pencil: outlines from a dodged negative, shadows hatched."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    unit = max(min(grey.shape), 2)
    blurred = cv2.GaussianBlur(grey, (0, 0), max(unit / 60, 2))
    pencil = cv2.LUT(
        cv2.divide(grey, np.maximum(blurred, 1), scale=250), (255 * (np.arange(256) / 255) ** 1.8).astype(np.uint8)
    )
    shade = cv2.multiply(pencil, materials.hatching(grey), scale=1 / 255)
    return materials.papered(toned(shade, "#33262E", "#FFF8EA"), 0.6)


def _ink(picture: Picture) -> Picture:
    grey = cv2.cvtColor(_smooth(picture, 3), cv2.COLOR_RGB2GRAY)
    wash = cv2.LUT(grey, np.interp(np.arange(256), [0, 60, 130, 190, 255], [20, 60, 165, 225, 248]).astype(np.uint8))
    return materials.papered(_inked(toned(wash, "#1C1A2A", "#F6ECD8"), _lines(picture, 1.5)), 0.7)


def _pixel(picture: Picture) -> Picture:
    """A console's screen: big square dots in a dozen tones, with its dark grid."""
    crisp = cv2.addWeighted(picture, 1.5, cv2.GaussianBlur(picture, (0, 0), min(picture.shape[:2]) / 50), -0.5, 0)
    return materials.gridded(_posterised(_saturated(materials.blocks(crisp, 56), 1.45, 6), 8), 56)


def _neon(picture: Picture) -> Picture:
    """Glass tubes along the outlines, cyan to pink, before a dark room."""
    unit = min(picture.shape[:2])
    lines = cv2.bitwise_not(_lines(_smooth(picture, 2), 1.7))
    hue = cv2.applyColorMap(
        cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), unit / 30), cv2.COLORMAP_COOL
    )
    tubes = cv2.multiply(cv2.cvtColor(hue, cv2.COLOR_BGR2RGB), cv2.cvtColor(lines, cv2.COLOR_GRAY2RGB), scale=1.5 / 255)
    room = cv2.multiply(_saturated(picture, 0.8), np.full_like(picture, (90, 70, 140)), scale=1 / 255)
    glow = cv2.GaussianBlur(tubes, (0, 0), max(unit / 60, 2))
    return cv2.add(cv2.add(room, tubes), cv2.convertScaleAbs(glow, alpha=1.1))


def _tone(dark: str, light: str, mix: float = 1.0) -> Styler:
    def style(picture: Picture) -> Picture:
        return cv2.addWeighted(toned(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dark, light), mix, picture, 1 - mix, 0)

    return style


def _metal(dark: str, middle: str, light: str, relief: float = 2.2) -> Styler:
    def style(picture: Picture) -> Picture:
        return materials.cast(_smooth(picture), dark, middle, light, relief)

    return style


def _pop(picture: Picture) -> Picture:
    flat = cv2.cvtColor(_posterised(_smooth(picture), 3), cv2.COLOR_RGB2GRAY)
    ramp = np.array([[46, 26, 90], [226, 85, 63], [243, 195, 86], [255, 241, 220]], np.float32)
    table = np.stack([np.interp(np.arange(256), [20, 100, 170, 245], ramp[:, band]) for band in range(3)], -1).astype(
        np.uint8
    )
    return materials.halftoned(cv2.LUT(cv2.cvtColor(flat, cv2.COLOR_GRAY2RGB), table[None]))


def _silver(picture: Picture) -> Picture:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return cv2.cvtColor(cv2.createCLAHE(2.0, (6, 6)).apply(grey), cv2.COLOR_GRAY2RGB)


def _glamour(picture: Picture) -> Picture:
    soft = cv2.GaussianBlur(picture, (0, 0), max(min(picture.shape[:2]) / 80, 2))
    return _saturated(cv2.addWeighted(cv2.max(picture, soft), 0.55, picture, 0.5, 4), 1.12)


STYLES: dict[str, Styler] = {
    "cartoon": _cartoon,
    "toon3d": _toon3d,
    "c4d": _c4d,
    "comic": _comic,
    "anime": _anime,
    "manga": _manga,
    "oil": _oil,
    "watercolour": _watercolour,
    "sketch": _sketch,
    "ink": _ink,
    "pixel": _pixel,
    "neon": _neon,
    "pop": _pop,
    "silver": _silver,
    "glamour": _glamour,
    "perler": materials.perler,
    "clay": materials.clay,
    "felt": materials.felt,
    "wool": materials.wool,
    "plush": materials.plush,
    "mosaic": materials.mosaic,
    "paint": materials.brushed,
    "jelly": materials.jelly,
    "gold": _metal("#4A1E12", "#C98A25", "#FFF0B8"),
    "bronze": _metal("#2A1A1C", "#9A5B30", "#FFD9A0"),
    "marble": _metal("#6F6577", "#D8CFCB", "#FFFBF2", 1.6),
    "ice": _metal("#1D4470", "#86C3E4", "#FBFFFF", 2.6),
    "porcelain": _metal("#2B4A88", "#D9E6F2", "#FFFFFF", 1.2),
    "stone": _metal("#3A3440", "#8D857F", "#DED6C6", 2.4),
    "sepia": _tone("#3B2018", "#FBE7C2", 0.88),
    "zombie": _tone("#1B2A22", "#C8DFA0", 0.62),
    "ghost": _tone("#3A4A78", "#F6FBFF", 0.7),
    "rose": _tone("#6B1E46", "#FFE3E6", 0.5),
    "noir": _tone("#15101C", "#FFF4E2", 0.96),
    "demon": _tone("#2A0812", "#FF9A6A", 0.58),
}


FINENESS = 400  # pixels across that a look needs: smaller pictures are enlarged for it, so that posters look like films


@dataclass(frozen=True, kw_only=True)
class Style(Span):
    """A look, given to people, one of a pair, the place behind, or all; until `at` the portrait stays as it was."""

    style: Annotated[str, OneOf(STYLES)]
    amount: Annotated[float, Between(0, 1)] = 1.0
    reveal: Annotated[str, OneOf(REVEALS)] = "iris"
    on: Literal["all", "people", "left", "right", "wall"] = "all"

    def of(self, picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        growth = max(FINENESS / min(height, width), 1.0)
        large = cv2.resize(picture, None, fx=growth, fy=growth, interpolation=cv2.INTER_CUBIC)
        styled = cv2.resize(STYLES[self.style](large), (width, height), interpolation=cv2.INTER_AREA)
        return styled if self.amount >= 1 else cv2.addWeighted(styled, self.amount, picture, 1 - self.amount, 0)
