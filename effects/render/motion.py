"""How the camera and the people move."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, exp, pi
from typing import Annotated, Literal, NamedTuple

import numpy as np

from effects.render.geometry import around, moved
from effects.render.reading import Between, OneOf
from effects.render.stage import Matrix
from effects.render.timeline import Span, wave

Target = Literal["camera", "person", "left", "right"]


class Pose(NamedTuple):
    """Shift in units of the canvas's shorter side, clockwise turn in degrees, stretch, and lean."""

    dx: float = 0.0
    dy: float = 0.0
    turn: float = 0.0
    wide: float = 1.0
    tall: float = 1.0
    lean: float = 0.0

    def joined(self, other: "Pose") -> "Pose":
        return Pose(
            self.dx + other.dx,
            self.dy + other.dy,
            self.turn + other.turn,
            self.wide * other.wide,
            self.tall * other.tall,
            self.lean + other.lean,
        )

    def matrix(self, pivot: tuple[float, float], unit: float) -> Matrix:
        turned = around(pivot, self.turn, self.wide, self.tall, self.lean)
        return moved(self.dx * unit, self.dy * unit) @ turned


STILL = Pose()


def _zoom(scale: float, **rest: float) -> Pose:
    return Pose(wide=scale, tall=scale, **rest)


def _hop(beats: float) -> float:
    """Height of a hop, landing on every whole beat."""
    return abs(wave(beats / 2))


def _held(beats: float) -> float:
    """A step between -1 and 1 that rests on each side, twice a turn."""
    return float(np.clip(wave(beats) * 2.6, -1, 1))


def _snap(beats: float) -> float:
    """Sudden, then still: the phase of a robot's gesture."""
    whole = int(beats)
    return whole + min((beats - whole) * 4, 1.0)


def _crash(p: float) -> float:
    return exp(-5 * p) * (p > 0)


Mover = Callable[[float, float, float], Pose]

MOVES: dict[str, Mover] = {
    # the camera: p eased 0..1, n beats so far, a amount
    "push": lambda p, n, a: _zoom(1 + 0.22 * a * p, dy=0.02 * a * p),
    "pull": lambda p, n, a: _zoom(1 + 0.26 * a * (1 - p)),
    "pan": lambda p, n, a: Pose(0.16 * a * (p - 0.5), wide=1.12, tall=1.12),
    "crane": lambda p, n, a: _zoom(1.1 + 0.06 * p, dy=0.14 * a * (0.5 - p)),
    "orbit": lambda p, n, a: _zoom(
        1.08 + 0.04 * a * wave(n / 2), dx=0.045 * a * wave(n), turn=1.6 * a * wave(n), lean=0.03 * a * wave(n)
    ),
    "float": lambda p, n, a: _zoom(
        1.05 + 0.012 * a * wave(n * 0.7), dx=0.012 * a * wave(n), dy=0.016 * a * wave(n * 0.5 + 0.2)
    ),
    "breathe": lambda p, n, a: _zoom(1.03 + 0.025 * a * wave(n)),
    "spin": lambda p, n, a: _zoom(1 + 0.5 * abs(wave(p / 2)), turn=360 * a * p),
    "roll": lambda p, n, a: _zoom(1.08 + 0.03 * abs(a), turn=5 * a * wave(n)),
    "shake": lambda p, n, a: _zoom(
        1.05,
        dx=0.012 * a * wave(n * 3.1) * (1 - p),
        dy=0.014 * a * wave(n * 3.7 + 0.3) * (1 - p),
        turn=0.8 * a * wave(n * 2.3) * (1 - p),
    ),
    "road": lambda p, n, a: _zoom(
        1.06,
        dx=0.006 * a * wave(n * 0.6),
        dy=0.012 * a * wave(n) + 0.006 * a * wave(n * 2.7),
        turn=0.7 * a * wave(n / 3),
    ),
    "dive": lambda p, n, a: _zoom(1 + 0.9 * a * (1 - p) ** 2, turn=-14 * a * (1 - p) ** 2, dy=0.3 * a * (1 - p) ** 2),
    "whip": lambda p, n, a: Pose(dx=1.1 * a * (-((2 * p) ** 3) if p < 0.5 else (2 - 2 * p) ** 3)),
    "crash": lambda p, n, a: _zoom(1 + 0.3 * a * _crash(p), turn=3 * a * _crash(p) * wave(p * 5)),
    "beat": lambda p, n, a: _zoom(1.02 + 0.07 * a * exp(-4 * (n % 1))),
    # people: dances and deeds
    "bounce": lambda p, n, a: Pose(
        dy=0.035 * a * (1 - _hop(n)), wide=1 + 0.025 * a * (1 - _hop(n)), tall=1 - 0.035 * a * (1 - _hop(n))
    ),
    "sway": lambda p, n, a: Pose(dx=0.03 * a * wave(n), turn=3.5 * a * wave(n), lean=-0.04 * a * wave(n)),
    "hop": lambda p, n, a: Pose(
        dy=-0.09 * a * _hop(n), wide=1 - 0.03 * a * _hop(n), tall=1 + 0.04 * a * _hop(n) - 0.05 * a * (1 - _hop(n)) ** 3
    ),
    "twist": lambda p, n, a: Pose(
        lean=0.13 * a * wave(n), dx=0.02 * a * wave(n + 0.25), wide=1 - 0.04 * a * abs(wave(n))
    ),
    "headbang": lambda p, n, a: Pose(
        dy=0.03 * a * wave(n), tall=1 - 0.06 * a * max(wave(n), 0), turn=2.5 * a * wave(n / 2)
    ),
    "shimmy": lambda p, n, a: Pose(
        dx=0.014 * a * wave(n * 2), lean=0.05 * a * wave(n * 2 + 0.2), turn=1.5 * a * wave(n / 2)
    ),
    "step": lambda p, n, a: Pose(dx=0.075 * a * _held(n), dy=-0.03 * a * (1 - abs(_held(n))), turn=2.5 * a * _held(n)),
    "robot": lambda p, n, a: Pose(
        dx=0.035 * a * wave(_snap(n) / 4), turn=7 * a * wave(_snap(n) / 4 + 0.125), dy=0.012 * a * wave(_snap(n) / 2)
    ),
    "drunk": lambda p, n, a: Pose(
        dx=0.06 * a * wave(n) + 0.02 * a * wave(n * 1.7),
        turn=7 * a * wave(n * 0.8 + 0.1),
        lean=0.06 * a * wave(n * 1.3),
    ),
    "groove": lambda p, n, a: Pose(
        dx=0.035 * a * wave(n / 2),
        dy=0.022 * a * (1 - _hop(n)),
        turn=3 * a * wave(n / 2 + 0.1),
        tall=1 - 0.02 * a * (1 - _hop(n)),
    ),
    "shrug": lambda p, n, a: Pose(
        dy=-0.035 * a * max(wave(n), 0) ** 0.5, tall=1 - 0.05 * a * max(wave(n), 0), turn=4 * a * wave(n / 4)
    ),
    "flutter": lambda p, n, a: Pose(dx=0.01 * a * wave(n * 2.1), dy=0.02 * a * wave(n), turn=2 * a * wave(n * 0.5)),
    "run": lambda p, n, a: Pose(
        dy=-0.04 * a * _hop(n * 2), dx=0.012 * a * wave(n), turn=2 * a * wave(n) + 2 * a, lean=-0.05 * a
    ),
    "jump": lambda p, n, a: Pose(
        dy=-0.42 * a * (1 - (2 * p - 1) ** 2), turn=6 * a * wave(p), tall=1 + 0.08 * a * abs(wave(p))
    ),
    "levitate": lambda p, n, a: Pose(dy=-0.12 * a * p + 0.012 * a * wave(n)),
    "turn_round": lambda p, n, a: Pose(wide=cos(2 * pi * a * p) or 1e-3),
    "squash": lambda p, n, a: Pose(wide=1 + 0.14 * a * wave(n), tall=1 - 0.16 * a * wave(n)),
    "enter_left": lambda p, n, a: Pose(dx=-1.1 * a * (1 - p)),
    "enter_right": lambda p, n, a: Pose(dx=1.1 * a * (1 - p)),
    "rise": lambda p, n, a: Pose(dy=0.9 * a * (1 - p)),
    "fall": lambda p, n, a: Pose(dy=-1.5 * a * (1 - p)),
    "fly_off": lambda p, n, a: Pose(dy=-1.9 * a * p, turn=8 * a * p, wide=1 - 0.35 * p, tall=1 - 0.3 * p),
    "shrink": lambda p, n, a: _zoom(1 - 0.55 * a * p),
    "grow": lambda p, n, a: _zoom(1 - 0.55 * a * (1 - p)),
    "whirl": lambda p, n, a: Pose(dx=-0.3 * wave(a * p), dy=-0.3 * (1 - cos(2 * pi * a * p)), turn=360 * a * p),
    "lie_down": lambda p, n, a: Pose(turn=-70 * a * p, dy=0.16 * a * p),
    "closer": lambda p, n, a: Pose(dx=0.1 * a * p, turn=4 * a * p),
    "leave": lambda p, n, a: Pose(dx=1.1 * a * p),
    "nuzzle": lambda p, n, a: Pose(dx=0.07 * a * p, turn=8 * a * p),
    "lunge": lambda p, n, a: Pose(
        dx=0.1 * a * max(wave(n), 0) ** 3, turn=7 * a * max(wave(n), 0) ** 3 - 2 * a * max(-wave(n), 0)
    ),
    "idle": lambda p, n, a: Pose(
        tall=1 + 0.008 * a * wave(n), wide=1 - 0.003 * a * wave(n), turn=0.5 * a * wave(n / 2)
    ),
    "fore": lambda p, n, a: _zoom(1 + 0.1 * a * wave(n), dy=-0.015 * a * wave(n)),
}


@dataclass(frozen=True, kw_only=True)
class Move(Span):
    """A movement of the camera (everything, the background less), of every person, or of one of a pair."""

    move: Annotated[str, OneOf(MOVES)]
    target: Target = "camera"
    amount: Annotated[float, Between(-4, 4)] = 1.0
    beats: Annotated[float, Between(0, 40)] = 4.0
    phase: Annotated[float, Between(-1, 1)] = 0.0

    def pose(self, u: float, delay: float = 0.0) -> Pose:
        late = u - delay
        return MOVES[self.move](self.progress(late), self.running(late) * self.beats + self.phase, self.amount)


def pose_of(moves: list[Move], u: float, delay: float = 0.0) -> Pose:
    """All movements of one target taken together."""
    pose = STILL
    for move in moves:
        pose = pose.joined(move.pose(u, delay))
    return pose
