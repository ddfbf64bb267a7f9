"""Words on the picture, set in the one font Pillow brings along."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from effects.render.geometry import around, moved, place
from effects.render.pictures import Picture, premultiplied
from effects.render.reading import Between, Colour
from effects.render.stage import Moment, Stage
from effects.render.timeline import EASES, Span, wave

Share = Annotated[float, Between(0, 1)]


@dataclass(frozen=True, kw_only=True)
class Caption(Span):
    """A line of Latin text centred at (x, y), `size` of the canvas's shorter side high, never wider than the canvas."""

    text: str
    x: Share = 0.5
    y: Share = 0.12
    size: Annotated[float, Between(0.02, 0.6)] = 0.11
    colour: Colour = "#FFF1DC"
    shadow: str = "#2E1A2B"
    enter: Literal["pop", "rise", "drop", "fade", "stamp"] = "pop"
    turn: Annotated[float, Between(-90, 90)] = 0.0
    behind: bool = False


@lru_cache(maxsize=64)
def lettered(text: str, height: int, colour: str, shadow: str, widest: int) -> Picture:
    """A line of bold text with a soft shadow (none if that colour is empty), premultiplied RGBA."""
    font = ImageFont.load_default(size=height)
    weight = max(height // 26, 1)
    box = font.getbbox(text, stroke_width=weight)
    if box[2] - box[0] > widest and height > 8:
        return lettered(text, int(height * widest / (box[2] - box[0])) - 1, colour, shadow, widest)
    pad = height // 4 + 2
    size = (int(box[2] - box[0]) + 2 * pad, int(box[3] - box[1]) + 2 * pad)
    at = (pad - box[0], pad - box[1])
    if not shadow:
        return _solid(_mask(size, at, text, font, weight), colour)
    under = _mask(size, (at[0], at[1] + height / 18), text, font, weight + 1)
    under = cv2.GaussianBlur(under, (0, 0), max(height / 24, 0.8))
    return _stacked(_solid(under, shadow), _solid(_mask(size, at, text, font, weight), colour))


def _mask(
    size: tuple[int, int],
    at: tuple[float, float],
    text: str,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    weight: int,
) -> Picture:
    plane = Image.new("L", size)
    ImageDraw.Draw(plane).text(at, text, fill=255, font=font, stroke_width=weight)
    return np.asarray(plane)


def _solid(mask: Picture, colour: str) -> Picture:
    plane = np.zeros((*mask.shape, 3), np.uint8)
    plane[:] = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return premultiplied(plane, mask)


def _stacked(under: Picture, over: Picture) -> Picture:
    clear = 255 - over[..., 3:].astype(np.uint16)
    return (over + under * clear // 255).astype(np.uint8)


class CaptionDrawer:
    """Draws one caption."""

    def __init__(self, part: Caption, stage: Stage) -> None:
        self.part, self.stage = part, stage
        self.picture = lettered(
            part.text, max(int(part.size * stage.unit), 8), part.colour, part.shadow, int(stage.size[0] * 0.9)
        )

    def draw(self, frame: Picture, moment: Moment) -> None:
        part, unit = self.part, self.stage.unit
        arrival = min(max((moment.u - part.at) / 0.1, 0.0), 1.0) if part.at > 0 else 1.0
        if moment.u < part.at:
            return
        size, dy = 1 + 0.012 * wave(moment.seconds * 0.6), 0.0
        if part.enter == "pop":
            size *= max(EASES["back"](arrival), 0.02)
        elif part.enter == "stamp":
            size *= 1 + 1.2 * (1 - EASES["out"](arrival))
        elif part.enter in ("rise", "drop"):
            dy = (1 - EASES["back"](arrival)) * unit * (0.3 if part.enter == "rise" else -0.4)
        middle = moved(part.x * self.stage.size[0], part.y * self.stage.size[1] + dy)
        height, width = self.picture.shape[:2]
        matrix = (
            middle
            @ around((0, 0), part.turn + 0.6 * wave(moment.seconds * 0.35), size, size, 0)
            @ moved(-width / 2, -height / 2)
        )
        seen = arrival if part.enter in ("fade", "stamp") else 1.0
        place(frame, self.picture, matrix, opacity=seen * part.presence(moment.u, 0.04))
