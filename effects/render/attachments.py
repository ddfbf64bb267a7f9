"""What people wear: drawings that follow the face, or spread behind the shoulders."""

from dataclasses import dataclass
from math import sin
from typing import Annotated, Literal, NamedTuple

import cv2

from effects.render.faces import Face, Point
from effects.render.geometry import around, moved, place, trimmed
from effects.render.pictures import Picture
from effects.render.reading import Between, OneOf, Recolouring
from effects.render.sprites import sprite, sprite_names
from effects.render.stage import Matrix, Moment, Stage
from effects.render.timeline import EASES, Span, wave


class Seat(NamedTuple):
    """How a thing sits on a face: the part of the drawing that touches, and its width in face widths."""

    across: float
    down: float
    width: float


SEATS: dict[str, Seat] = {
    "head": Seat(0.5, 0.84, 1.5),
    "brow": Seat(0.5, 0.72, 1.35),
    "ears": Seat(0.5, 0.9, 1.35),
    "eyes": Seat(0.5, 0.42, 1.12),
    "nose": Seat(0.5, 0.5, 0.4),
    "mouth": Seat(0.5, 0.35, 0.7),
    "chin": Seat(0.5, 0.2, 1.1),
    "face": Seat(0.5, 0.5, 1.7),
    "neck": Seat(0.5, 0.2, 1.2),
    "above": Seat(0.5, 0.7, 1.1),
    "shoulders": Seat(0.5, 0.1, 2.6),
    "back": Seat(0.5, 0.5, 4.0),
}


@dataclass(frozen=True, kw_only=True)
class Attach(Span):
    """A drawing worn by everyone, or by the left or right person; it arrives at `at` and leaves at `until`."""

    sprite: Annotated[str, OneOf(sprite_names())]
    on: Annotated[str, OneOf(SEATS)]
    scale: Annotated[float, Between(0.05, 5)] = 1.0
    dx: Annotated[float, Between(-4, 4)] = 0.0
    dy: Annotated[float, Between(-4, 4)] = 0.0
    turn: Annotated[float, Between(-360, 360)] = 0.0
    enter: Literal["none", "drop", "pop", "fade", "slide", "unfold"] = "pop"
    lively: Annotated[float, Between(0, 3)] = 1.0
    layer: Literal["front", "behind"] = "front"
    who: Literal["all", "left", "right"] = "all"
    mirrored: bool = False
    twin: bool = False
    colours: Recolouring = ()


class AttachmentDrawer:
    """Draws one worn thing on one person."""

    def __init__(self, part: Attach, stage: Stage, who: int) -> None:
        self.part, self.stage, self.who = part, stage, who
        face = stage.faces[who]
        seat = SEATS[part.on]
        self.width = face.box[2] * seat.width * part.scale
        picture = sprite(part.sprite, max(int(self.width), 8), part.colours)
        self.picture, inset = trimmed(cv2.flip(picture, 1) if part.mirrored else picture)
        self.hold = Point(picture.shape[1] * seat.across - inset[0, 2], picture.shape[0] * seat.down - inset[1, 2])
        self.spot = _spot(face, part.on)
        self.tilt = 0.0 if part.on in ("back", "shoulders", "above") else face.tilt

    def draw(self, frame: Picture, moment: Moment) -> None:
        opacity = self.part.presence(moment.u, 0.03) if self.part.at > 0 else self._fades_out(moment.u)
        if opacity <= 0:
            return
        if self.part.twin:
            self._draw_one(frame, moment, opacity, -1)
        self._draw_one(frame, moment, opacity, 1)

    def _fades_out(self, u: float) -> float:
        return self.part.presence(u, 0.03) if self.part.until < 1 else 1.0

    def _draw_one(self, frame: Picture, moment: Moment, opacity: float, side: int) -> None:
        part, face = self.part, self.stage.faces[self.who]
        body = moment.heads[self.who]
        spot = Point(self.spot.x + side * part.dx * face.box[2], self.spot.y + part.dy * face.box[2])
        sits = moved(*spot) @ around((0, 0), self.tilt + side * part.turn, side, 1, 0) @ self._life(moment, side)
        place(
            frame,
            self.picture,
            body @ sits @ moved(-self.hold.x, -self.hold.y),
            opacity=opacity * self._fade_in(moment.u),
        )

    def _arrival(self, u: float) -> float:
        return min(max((u - self.part.at) / 0.12, 0.0), 1.0)

    def _fade_in(self, u: float) -> float:
        return self._arrival(u) if self.part.enter == "fade" else 1.0

    def _life(self, moment: Moment, side: int) -> Matrix:
        """Arriving, then a little sway of its own."""
        part, arrival = self.part, self._arrival(moment.u)
        sway = part.lively * (2.2 * wave(moment.seconds * 0.45 + self.who * 0.3) + 0.8 * sin(moment.seconds * 7.1))
        if part.enter == "drop":
            return moved(0, -self.stage.unit * (1 - EASES["drop"](arrival))) @ around((0, 0), sway * 0.5, 1, 1, 0)
        if part.enter == "slide":
            return moved(self.stage.unit * (1 - EASES["back"](arrival)), 0) @ around((0, 0), sway, 1, 1, 0)
        if part.enter == "unfold":
            opened = max(EASES["back"](arrival), 0.05)
            flap = 1 + 0.09 * part.lively * wave(moment.seconds * 0.8)
            return around((0, 0), (1 - opened) * 40 + sway, max(opened * flap, 0.05), 0.7 + 0.3 * opened, 0)
        grown = max(EASES["back"](arrival), 0.02) if part.enter == "pop" else 1.0
        return around((0, 0), sway, grown, grown, 0)


def _spot(face: Face, on: str) -> Point:
    """Where on the face the seat is."""
    height, middle = face.box[3], face.centre.x
    spots = {
        "head": Point((face.head_top.x + face.forehead.x) / 2, face.forehead.y + 0.06 * height),
        "brow": Point(face.forehead.x, face.forehead.y + 0.1 * height),
        "ears": Point(face.head_top.x, face.head_top.y + 0.28 * (face.forehead.y - face.head_top.y)),
        "eyes": face.eyes,
        "nose": face.nose,
        "mouth": face.mouth,
        "chin": Point(face.mouth.x, face.mouth.y + 0.02 * height),
        "face": Point(middle, face.centre.y),
        "neck": Point(face.chin.x, face.chin.y + 0.12 * height),
        "above": Point(face.head_top.x, face.head_top.y - 0.1 * height),
        "shoulders": Point(middle, face.chin.y + 0.1 * height),
        "back": Point(middle, face.chin.y + 0.22 * height),
    }
    return spots[on]
