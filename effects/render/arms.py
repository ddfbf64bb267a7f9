"""Arms in the colours of the one they belong to: around the other's shoulder, or stretched to a point."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from effects.render.faces import Face, Point
from effects.render.geometry import applied, place
from effects.render.pictures import Picture
from effects.render.reading import Between, OneOf
from effects.render.sprites import sprite, sprite_names
from effects.render.stage import Matrix, Moment, Stage
from effects.render.timeline import Span, wave
from effects.render.tones import Tones

SHOULDER, HAND, MIDDLE = 22 / 256, 212 / 256, 128 / 256  # where the drawings have them, in parts of their side


@dataclass(frozen=True, kw_only=True)
class Arms(Span):
    """An arm of each person; it reaches out over its span, to the other's shoulder or to a point of the canvas.

    With `beats` it strikes out and comes back as often.

    `start` is the shoulder and `hold` the place on the other, outwards and below the chin in face widths.
    """

    sprite: Annotated[str, OneOf(sprite_names())] = "arm"
    who: Literal["all", "left", "right"] = "all"
    start: tuple[float, float] = (0.95, 1.25)
    hold: tuple[float, float] = (0.55, 0.75)
    to: Literal["other", "point"] = "other"
    point: tuple[float, float] = (0.5, 0.5)
    bend: Literal["down", "up"] = "down"
    thick: Annotated[float, Between(0.2, 3)] = 1.0
    beats: Annotated[float, Between(0, 40)] = 0.0
    phase: Annotated[float, Between(-1, 1)] = 0.0
    layer: Literal["front", "behind"] = "front"


class ArmsDrawer:
    """Draws the arms of everyone the part names."""

    def __init__(self, part: Arms, stage: Stage, tones: Sequence[Tones]) -> None:
        self.part, self.stage = part, stage
        wanted = {"all": (0, 1), "left": (0,), "right": (1,)}[part.who]
        self.owners = [who for who in reversed(wanted) if who < len(stage.faces)]
        side = max(int(0.9 * stage.unit), 8)
        self.pictures = {who: sprite(part.sprite, side, tones[who].colours) for who in self.owners}

    def draw(self, frame: Picture, moment: Moment) -> None:
        if moment.u < self.part.at or (self.part.beats and moment.u > self.part.until):
            return
        reached = self._reached(moment.u)
        for who in self.owners:
            matrix = self._matrix(moment, who, reached)
            place(frame, self.pictures[who], matrix, opacity=min(max(reached, 0.0) * 5, 1.0))

    def _reached(self, u: float) -> float:
        part = self.part
        if part.beats:
            return 0.55 + 0.45 * max(wave(part.running(u) * part.beats + part.phase), 0.0) ** 2
        return part.progress(u) if part.at > 0 else 1.0

    def _matrix(self, moment: Moment, who: int, reached: float) -> Matrix:
        """From the drawing's shoulder and hand to where they are now; its bend keeps to one side."""
        start, end = self._ends(moment, who, reached)
        side = self.pictures[who].shape[0]
        along = (end - start) / ((HAND - SHOULDER) * side)
        length = float(np.hypot(*along))
        across = np.array([-along[1], along[0]]) / max(length, 1e-6)
        if (across[1] < 0) != (self.part.bend == "up"):
            across = -across
        thickness = self.part.thick * self.stage.faces[who].box[2] * 2.6 / side
        across *= (length * thickness) ** 0.5
        corner = start - along * SHOULDER * side - across * MIDDLE * side
        return np.array([[along[0], across[0], corner[0]], [along[1], across[1], corner[1]], [0, 0, 1]])

    def _ends(self, moment: Moment, who: int, reached: float) -> tuple[Matrix, Matrix]:
        part, faces, bodies = self.part, self.stage.faces, moment.bodies
        outwards = 1 if who else -1
        start = np.array(applied(bodies[who], *_spot(faces[who], outwards, part.start)))
        rest = np.array(applied(bodies[who], *_spot(faces[who], outwards, (part.start[0] - 0.3, part.start[1] + 1.3))))
        if part.to == "other":
            other = (who + 1) % len(faces)
            end = np.array(applied(bodies[other], *_spot(faces[other], -outwards, part.hold)))
        else:
            end = np.array(
                applied(moment.camera, part.point[0] * self.stage.size[0], part.point[1] * self.stage.size[1])
            )
        return start, rest + (end - rest) * reached


def _spot(face: Face, outwards: int, place: tuple[float, float]) -> Point:
    width = face.box[2]
    return Point(face.chin.x + outwards * place[0] * width, face.chin.y + place[1] * width)
