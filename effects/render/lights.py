"""Things made of light, painted small and soft, then added to the frame."""

from dataclasses import dataclass, replace
from typing import Annotated, Literal

import cv2
import numpy as np

from effects.render.light_painters import PAINTERS, Canvas
from effects.render.pictures import Picture, lit_up, rgb
from effects.render.reading import Between, Colours, OneOf
from effects.render.stage import Moment, Stage
from effects.render.timeline import Span

FINENESS = 180  # pixels on the shorter side of the canvas lights are painted on


@dataclass(frozen=True, kw_only=True)
class Light(Span):
    """Light of one kind; `origin` and `reach` are parts of the canvas, colours are taken in turn."""

    light: Annotated[str, OneOf(PAINTERS)]
    colours: Colours = ("#FFE2A0", "#FFB067", "#FFF6E0")
    count: Annotated[int, Between(1, 200)] = 30
    amount: Annotated[float, Between(0, 2)] = 1.0
    speed: Annotated[float, Between(0, 6)] = 1.0
    origin: tuple[float, float] = (0.5, 0.45)
    reach: Annotated[float, Between(0, 2)] = 0.5
    layer: Literal["behind", "front"] = "front"


WIDE = {"beams": 5.0, "rays": 4.0, "aura": 7.0, "blinds": 2.4, "smoke": 5.0}
NARROW = 2.2
SHAPES = ("beams", "rays", "aura", "blinds")  # painted without lines, and soft: half as fine will do


class LightDrawer:
    """Draws one light."""

    def __init__(self, part: Light, stage: Stage, index: int) -> None:
        fineness = FINENESS // 2 if part.light in SHAPES else FINENESS
        scale = stage.unit / fineness
        size = (round(stage.size[1] / scale), round(stage.size[0] / scale), 3)
        dice = stage.chance("light", index).random((200, 4))
        dice[:, 0] = (np.arange(200) * 0.618034 + dice[:, 0] * 0.3) % 1
        colours = [rgb(colour) for colour in part.colours]
        how = (part.count, part.amount, part.speed, part.origin, part.reach)
        self.canvas = Canvas(np.zeros(size, np.uint8), *how, dice, colours, min(size[:2]))
        reach = round(2.45 * WIDE.get(part.light, NARROW) * fineness / FINENESS)
        self.softness = (2 * reach - 1, 2 * reach - 1)
        self.part = part
        self.shade = None if part.layer == "behind" else _sparing(stage, (size[1], size[0]))

    def draw(self, frame: Picture, moment: Moment) -> None:
        presence = self.part.presence(moment.u)
        if presence <= 0:
            return
        canvas = replace(self.canvas, picture=np.zeros_like(self.canvas.picture))
        PAINTERS[self.part.light](canvas, moment.seconds, moment.u)
        glow = cv2.stackBlur(canvas.picture, self.softness)
        light = glow if self.part.light in WIDE else cv2.add(canvas.picture, glow)
        lit_up(frame, light if self.shade is None else cv2.multiply(light, self.shade, scale=1 / 255), presence)


def _sparing(stage: Stage, size: tuple[int, int]) -> Picture:
    """A shade that keeps light in front off the faces, so that they stay recognisable."""
    shade = np.full((size[1], size[0], 3), 255, np.uint8)
    scale = size[0] / stage.size[0]
    for face in stage.faces:
        middle = (int(face.centre.x * scale), int(face.centre.y * scale))
        cv2.ellipse(
            shade,
            middle,
            (int(face.box[2] * 0.62 * scale), int(face.box[3] * 0.6 * scale)),
            0,
            0,
            360,
            (60, 60, 60),
            -1,
        )
    return cv2.GaussianBlur(shade, (0, 0), max(stage.faces[0].box[2] * 0.12 * scale, 1.0))
