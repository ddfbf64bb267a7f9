"""A ring of framed portraits that turns around the person."""

from dataclasses import dataclass
from math import cos, pi, sin
from typing import Annotated, Literal

import cv2
import numpy as np

from effects.render.geometry import around, moved, place
from effects.render.pictures import Picture, premultiplied
from effects.render.reading import Between, OneOf
from effects.render.stage import Moment, Stage
from effects.render.styles import STYLES
from effects.render.subject import Subject
from effects.render.timeline import Span

MOULDING = ((0.0, (106, 54, 30)), (0.02, (240, 190, 96)), (0.07, (160, 96, 40)), (0.085, (255, 240, 214)))


@dataclass(frozen=True, kw_only=True)
class Carousel(Span):
    """Framed copies of the photo, one in each style, on a ring; a recipe names it once per layer."""

    styles: tuple[Annotated[str, OneOf(STYLES)], ...]
    width: Annotated[float, Between(0.05, 0.6)] = 0.28
    reach: Annotated[float, Between(0.1, 1)] = 0.52
    y: float = 0.46
    tilt: Annotated[float, Between(-0.5, 0.5)] = 0.2
    turns: Annotated[float, Between(-4, 4)] = 1.0
    layer: Literal["front", "behind"] = "behind"


class CarouselDrawer:
    """Draws the half of a ring that is on its layer."""

    def __init__(self, part: Carousel, stage: Stage, subject: Subject) -> None:
        self.part, self.stage = part, stage
        width = max(int(part.width * stage.unit), 8)
        photo = _portrait(subject, width)
        self.cards = [_framed(STYLES[name](photo)) for name in part.styles]

    def draw(self, frame: Picture, moment: Moment) -> None:
        part, (width, height) = self.part, self.stage.size
        angles = [2 * pi * (i / len(self.cards) + part.turns * part.progress(moment.u)) for i in range(len(self.cards))]
        for angle, card in sorted(zip(angles, self.cards, strict=True), key=lambda pair: cos(pair[0])):
            near = cos(angle)
            if (near > 0) != (part.layer == "front"):
                continue
            x = (0.5 + part.reach * sin(angle)) * width
            y = (part.y + part.tilt * near) * height
            size = 0.78 + 0.22 * near
            spot = moved(x, y) @ around((0, 0), 0, size * max(abs(near) ** 0.5, 0.12), size, 0)
            place(frame, card, moment.camera @ spot @ moved(-card.shape[1] / 2, -card.shape[0] / 2))


def _portrait(subject: Subject, width: int) -> Picture:
    """The photo around the face, three parts wide and four high."""
    face, (high, wide) = subject.anchor, subject.picture.shape[:2]
    across = min(face.box[2] * 2.3, wide, high * 0.75)
    left = min(max(face.centre.x - across / 2, 0), wide - across)
    top = min(max(face.centre.y - across * 0.6, 0), high - across / 0.75)
    cut = subject.picture[int(top) : int(top + across / 0.75), int(left) : int(left + across)]
    return cv2.resize(cut, (width, int(width / 0.75)), interpolation=cv2.INTER_AREA)


def _framed(photo: Picture) -> Picture:
    card = photo.copy()
    for inset, colour in MOULDING:
        edge = int(inset * card.shape[1])
        inner = int(0.1 * card.shape[1])
        rim = np.full_like(card, colour)
        rim[inner:-inner, inner:-inner] = card[inner:-inner, inner:-inner]
        card[edge : card.shape[0] - edge, edge : card.shape[1] - edge] = rim[
            edge : card.shape[0] - edge, edge : card.shape[1] - edge
        ]
    return premultiplied(card, np.full(card.shape[:2], 255, np.uint8))
