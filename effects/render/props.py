"""Single drawings with a path of their own: a cake, a balloon, a bear behind the shoulders."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

import cv2

from effects.render.geometry import around, moved, place, trimmed
from effects.render.pictures import Picture
from effects.render.reading import Between, OneOf, Recolouring
from effects.render.sprites import sprite, sprite_names
from effects.render.stage import Matrix, Moment, Stage
from effects.render.timeline import EASES, Span, wave

FINEST = 1.3  # parts of the canvas's shorter side: a drawing seen larger than this is enlarged


class Key(NamedTuple):
    """A point of a path: time, place in parts of the canvas, width in parts of its shorter side, turn in degrees."""

    u: float
    x: float
    y: float
    scale: float
    turn: float


@dataclass(frozen=True, kw_only=True)
class Prop(Span):
    """A drawing on a path of [u, x, y, scale, turn] keys; each leg is eased with the part's ease.

    `by` ground measures places and sizes in heights of the figure, from where it stands; `by` figure also goes
    along with it. `of` gives a hand the skin and the sleeve of its owner.
    """

    sprite: Annotated[str, OneOf(sprite_names())]
    keys: tuple[tuple[float, float, float, float, float], ...]
    by: Literal["canvas", "ground", "figure"] = "canvas"
    layer: Literal["behind", "front", "frame"] = "front"
    bob: Annotated[float, Between(0, 3)] = 1.0
    pulse: Annotated[float, Between(0, 1)] = 0.0
    spin: Annotated[float, Between(-6, 6)] = 0.0
    opacity: Annotated[float, Between(0, 1)] = 1.0
    mirrored: bool = False
    of: Literal["nobody", "left", "right"] = "nobody"
    colours: Recolouring = ()


class Ground(NamedTuple):
    """What a path is measured with, in pixels: where it begins, how far 1 is across and down, and how large."""

    x: float
    y: float
    across: float
    down: float
    size: float


class PropDrawer:
    """Draws one prop."""

    def __init__(self, part: Prop, stage: Stage, ground: Ground | None = None, owner: Recolouring = ()) -> None:
        self.part, self.stage = part, stage
        self.ground = ground or Ground(0, 0, *stage.size, stage.unit)
        self.keys = [Key(*key) for key in part.keys]
        largest = max(key.scale for key in self.keys) * self.ground.size
        self.side = max(int(min(largest, FINEST * stage.unit)), 8)
        picture = sprite(part.sprite, self.side, (*owner, *part.colours))
        self.picture, self.inset = trimmed(cv2.flip(picture, 1) if part.mirrored else picture)

    def draw(self, frame: Picture, moment: Moment) -> None:
        matrix = self._where(moment)
        if self.part.by == "figure":
            matrix = moment.bodies[0] @ matrix
        elif self.part.layer != "frame":
            matrix = moment.camera @ matrix
        place(frame, self.picture, matrix, opacity=self.part.opacity * self.part.presence(moment.u))

    def _where(self, moment: Moment) -> Matrix:
        key = path_at(self.keys, moment.u, self.part.ease)
        bob = 0.008 * self.part.bob
        ground = self.ground
        x = ground.x + key.x * ground.across + bob * self.stage.unit * wave(moment.seconds * 0.37)
        y = ground.y + key.y * ground.down + bob * self.stage.unit * wave(moment.seconds * 0.53 + 0.3)
        size = key.scale * ground.size / self.side * (1 + self.part.pulse * 0.2 * wave(moment.seconds * 1.4))
        turn = key.turn + 2 * self.part.bob * wave(moment.seconds * 0.41) + 360 * self.part.spin * moment.u
        half = self.side / 2
        placed = moved(x, y) @ around((0, 0), turn, max(size, 0.01), max(size, 0.01), 0) @ moved(-half, -half)
        return placed @ self.inset


def path_at(keys: list[Key], u: float, ease: str) -> Key:
    """The place on a path at a time, resting before the first key and after the last."""
    index = bisect_right([key.u for key in keys], u)
    if index == 0:
        return keys[0]
    if index == len(keys):
        return keys[-1]
    before, after = keys[index - 1], keys[index]
    share = EASES[ease]((u - before.u) / max(after.u - before.u, 1e-6))
    return Key(u, *(a + (b - a) * share for a, b in zip(before[1:], after[1:], strict=True)))
