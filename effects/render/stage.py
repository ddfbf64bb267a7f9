"""What every part may know while a clip is made: the canvas, the cast, and the present moment."""

import zlib
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from effects.render.faces import Face
from effects.render.pictures import Picture

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Stage:
    """The canvas in pixels, one face per person on it, the clip's length in seconds, and its seed."""

    size: tuple[int, int]
    faces: tuple[Face, ...]
    seconds: float
    seed: int
    effect: str

    @property
    def unit(self) -> int:
        """The shorter side: what parts measure with, so that a clip looks the same at every size."""
        return min(self.size)

    def chance(self, *names: object) -> np.random.Generator:
        """Random numbers that are the same whenever the seed and the names are."""
        return np.random.default_rng(zlib.crc32(repr((self.seed, self.effect, names)).encode()))


@dataclass
class Moment:
    """One frame being made: time, and where camera, bodies and heads are (canvas to frame, 3x3)."""

    u: float
    seconds: float
    camera: Matrix
    bodies: list[Matrix] = field(default_factory=list)
    heads: list[Matrix] = field(default_factory=list)


class Drawer(Protocol):
    """Something that draws itself into an RGB frame, in place."""

    def draw(self, frame: Picture, moment: Moment) -> None: ...
