"""The last touches on a frame: bloom, light leak, vignette, grain, flash and fade."""

from dataclasses import dataclass
from typing import Annotated

import cv2
import numpy as np

from effects.render.pictures import Picture, lit_up, paired, recoloured, rgb
from effects.render.reading import Between, Colour
from effects.render.stage import Stage
from effects.render.timeline import EASES, Span, wave

Share = Annotated[float, Between(0, 1)]


@dataclass(frozen=True, kw_only=True)
class Finish(Span):
    """How the whole clip is finished, each from 0 to 1."""

    vignette: Share = 0.35
    bloom: Share = 0.0
    grain: Share = 0.0
    leak: Share = 0.0
    leak_colour: Colour = "#FFB46A"


@dataclass(frozen=True, kw_only=True)
class Flash(Span):
    """A flash of light at its start that dies away over the span."""

    colour: Colour = "#FFF8EA"
    amount: Share = 0.9
    until: Share = 0.0


@dataclass(frozen=True, kw_only=True)
class Fade(Span):
    """Up from a colour at the beginning, down to it at the end (lengths in parts of the clip)."""

    colour: Colour = "#1A0F1E"
    opening: Share = 0.06
    closing: Share = 0.0


class FinishDrawer:
    """Draws a Finish in place."""

    def __init__(self, finish: Finish, stage: Stage) -> None:
        self.finish = finish
        self.size = stage.size
        self.shade = _vignette(stage.size, finish.vignette) if finish.vignette else None
        self.leak = _leak(stage.size, finish.leak_colour) if finish.leak else None
        self.noise = [_noise(stage.size, index) for index in range(3)] if finish.grain else []

    def draw(self, frame: Picture, u: float, index: int) -> None:
        finish = self.finish
        if finish.bloom:
            _bloom(frame, finish.bloom)
        if self.leak is not None:
            strength = finish.leak * (0.6 + 0.3 * wave(u * 1.3) + 0.1 * wave(u * 5))
            drift = np.array([[1, 0, self.leak.shape[1] * 0.25 * wave(u * 0.5)], [0, 1, 0]], np.float32)
            size = (self.leak.shape[1], self.leak.shape[0])
            lit_up(frame, cv2.warpAffine(self.leak, drift, size, borderMode=cv2.BORDER_REPLICATE), strength)
        if self.shade is not None:
            cv2.multiply(frame, self.shade, dst=frame, scale=1 / 255)
        if self.noise:
            strength = finish.grain * 0.22
            cv2.addWeighted(frame, 1.0, self.noise[index * 7 % 3], strength, -128 * strength, dst=frame)


def flash(frame: Picture, parts: list[Flash], u: float) -> None:
    """Whiten the frame for a moment, in place."""
    for part in parts:
        age = (u - part.at) / max(part.until - part.at, 0.08)
        if -0.12 < age < 1:
            strength = part.amount * (EASES["in"](1 - age) if age >= 0 else (1 + age / 0.12) * 0.7)
            _tint(frame, part.colour, strength)


def fade(frame: Picture, part: Fade, u: float) -> None:
    opened = min(u / part.opening, 1.0) if part.opening else 1.0
    closed = min((1 - u) / part.closing, 1.0) if part.closing else 1.0
    shown = EASES["smooth"](min(opened, closed))
    if shown < 0.995:
        _tint(frame, part.colour, 1 - shown)


def _tint(frame: Picture, colour: str, strength: float) -> None:
    table = np.arange(256, dtype=np.float32)[:, None] * (1 - strength) + np.array(rgb(colour), np.float32) * strength
    recoloured(frame, paired(np.clip(table, 0, 255).astype(np.uint8)))


def _bloom(frame: Picture, strength: float) -> None:
    small = frame
    for _ in range(3):  # three halvings have a fast path, one step to an eighth has not
        small = cv2.resize(small, (small.shape[1] // 2, small.shape[0] // 2), interpolation=cv2.INTER_AREA)
    lit_up(frame, cv2.stackBlur(cv2.subtract(small, (130, 130, 130, 0)), (17, 17)), strength)


def _vignette(size: tuple[int, int], strength: float) -> Picture:
    """Towards plum at the corners, never towards black."""
    x, y = np.linspace(-1, 1, size[0], dtype=np.float32), np.linspace(-1, 1, size[1], dtype=np.float32)
    edge = cv2.add(np.repeat(0.62 * x[None] ** 2, size[1], 0), np.repeat(0.62 * y[:, None] ** 2 - 0.22, size[0], 1))
    steps = (np.clip(edge, 0, 1) * 255).astype(np.uint8)
    depth = np.arange(256, dtype=np.float32)[:, None] * strength * np.array([0.72, 0.84, 0.66], np.float32)
    return cv2.LUT(cv2.cvtColor(steps, cv2.COLOR_GRAY2RGB), (255 - depth).astype(np.uint8)[None])


def _leak(size: tuple[int, int], colour: str) -> Picture:
    width, height = max(size[0] // 8, 8), max(size[1] // 8, 8)
    x, y = np.meshgrid(np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32))
    glow = np.exp(-(((x - 0.05) / 0.32) ** 2 + ((y - 0.2) / 0.5) ** 2)) + 0.7 * np.exp(
        -(((x - 0.98) / 0.2) ** 2 + ((y - 0.75) / 0.4) ** 2)
    )
    return np.clip(glow[..., None] * np.array(rgb(colour), np.float32), 0, 255).astype(np.uint8)


def _noise(size: tuple[int, int], seed: int) -> Picture:
    grey = np.random.default_rng(seed).normal(128, 40, (size[1], size[0])).clip(0, 255).astype(np.uint8)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
