"""Dances as data: poses on beats, and what lies between them."""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from effects.render.timeline import EASES, wave

FILE = Path(__file__).parent / "figures" / "dances.json"
WHOLE = ("hip_x", "hip_y", "tilt", "lean", "head", "side", "up", "roll")
SIDED = ("shrug", "upper", "fore", "wrist", "foot_x", "foot_y", "toe", "heel", "knee")
FIELDS = (*WHOLE, *(f"{name}_{side}" for side in "lr" for name in SIDED))
INDEX = {name: index for index, name in enumerate(FIELDS)}
HANDS = ("open", "fist", "point", "heart")
STANDING = {"hip": [0, 0.6], "arms": [16, 8, 0], "feet": [6, 0, 0.8, 0], "knees": 0.5}
GROUPS = {"hip": ("hip_x", "hip_y"), "arms": ("upper", "fore", "wrist"), "feet": ("foot_x", "foot_y", "toe", "heel")}
SINGLES = {"shrug": "shrug", "knees": "knee"}

Vector = npt.NDArray[np.float64]
_sides = np.array([INDEX[f"{name}_{side}"] for side in "rl" for name in SIDED])
_signed = np.array([INDEX[name] for name in ("hip_x", "tilt", "lean", "head", "side", "roll")])


@dataclass(frozen=True)
class Bearing:
    """A body at one moment: a number for each of FIELDS, and what the left and the right hand show."""

    values: Vector
    hands: tuple[str, str]

    def __getitem__(self, name: str) -> float:
        return float(self.values[INDEX[name]])

    def mirrored(self) -> "Bearing":
        values = self.values.copy()
        values[len(WHOLE) :] = self.values[_sides]
        values[_signed] *= -1
        return Bearing(values, (self.hands[1], self.hands[0]))


class Wave(NamedTuple):
    """A field that swings all along: by how much, how many times a beat, and from where."""

    field: int
    amount: float
    rate: float
    phase: float


# How far the way to the next pose is gone: all arrive on the beat.
GAITS: dict[str, Callable[[float], float]] = {
    "smooth": EASES["smooth"],
    "linear": EASES["linear"],
    "hit": lambda p: EASES["smooth"](max((p - 0.35) / 0.65, 0.0)),
    "snap": lambda p: EASES["smooth"](max((p - 0.68) / 0.32, 0.0)),
}


@dataclass(frozen=True)
class Dance:
    """Poses at beats, repeated every `beats`; `flow` runs through them in one curve instead of resting at each."""

    times: tuple[float, ...]
    poses: tuple[Bearing, ...]
    beats: float
    gait: str
    waves: tuple[Wave, ...] = ()
    glides: bool = False
    loops: bool = True

    def at(self, beat: float) -> Bearing:
        """The body at a beat."""
        beat = beat % self.beats if self.loops else min(max(beat, 0.0), self.times[-1])
        index = bisect_right(self.times, beat) - 1
        after = index + 1 if index + 1 < len(self.times) else (0 if self.loops else index)
        length = (self.times[after] - self.times[index]) % self.beats or self.beats
        share = (beat - self.times[index]) / length
        values = self._between(index, after, share)
        for field, amount, rate, phase in self.waves:
            values[field] += amount * wave(beat * rate + phase)
        return Bearing(values, self.poses[index if share < 0.6 else after].hands)

    def _between(self, index: int, after: int, share: float) -> Vector:
        one, other = self.poses[index].values, self.poses[after].values
        if self.gait == "flow":
            values = self._curved(index, after, share)
        else:
            share = GAITS[self.gait](share)
            values = one + (other - one) * share
        if not self.glides:
            self._lift_steps(values, one, other, share)
        return values

    def _curved(self, index: int, after: int, p: float) -> Vector:
        """Through all poses without resting: a cubic with the slopes of the neighbours."""
        one, other = self.poses[index].values, self.poses[after].values
        ahead = self.poses[(after + 1) % len(self.poses)].values
        slope, next_slope = (other - self.poses[index - 1].values) / 2, (ahead - one) / 2
        s, q = p * p * (3 - 2 * p), p * (1 - p)
        return np.asarray(one * (1 - s) + other * s + slope * q * (1 - p) - next_slope * q * p)

    def _lift_steps(self, values: Vector, one: Vector, other: Vector, share: float) -> None:
        """A foot that goes elsewhere is lifted on its way."""
        for side in "lr":
            across, lift = INDEX[f"foot_x_{side}"], INDEX[f"foot_y_{side}"]
            way = abs(other[across] - one[across])
            if way > 0.8 and one[lift] == other[lift] == 0:
                values[lift] += min(1.0 + 0.22 * way, 4.0) * 4 * share * (1 - share)


def _pair(value: Any) -> tuple[Any, Any]:
    """One value for both sides, or left and right."""
    return (value[0], value[1]) if isinstance(value, list) else (value, value)


def _sides_of(value: Sequence[Any]) -> tuple[Any, Any]:
    return (value[0], value[1]) if isinstance(value[0], list) else (value, value)


def _posed(base: Bearing, data: Mapping[str, Any]) -> Bearing:
    """A pose with what `data` changes of it."""
    values, hands = base.values.copy(), base.hands
    for name, value in data.items():
        if name == "hands":
            left, right = _pair(value)
            hands = (left, right)
        elif name == "hip":
            values[[INDEX[field] for field in GROUPS["hip"]]] = value
        elif name in GROUPS:
            for side, numbers in zip("lr", _sides_of(value), strict=True):
                for field, number in zip(GROUPS[name], numbers, strict=False):
                    values[INDEX[f"{field}_{side}"]] = number
        elif name in SINGLES:
            for side, number in zip("lr", _pair(value), strict=True):
                values[INDEX[f"{SINGLES[name]}_{side}"]] = number
        else:
            values[INDEX[name]] = value
    return Bearing(values, hands)


def _dance(data: Mapping[str, Any]) -> Dance:
    standing = _posed(Bearing(np.zeros(len(FIELDS)), ("open", "open")), STANDING)
    base = _posed(standing, data.get("base", {}))
    times = [float(beat) for beat, _ in data["steps"]]
    poses = [_posed(base, pose) for _, pose in data["steps"]]
    beats = float(data["beats"])
    if data.get("mirror"):
        times += [beat + beats for beat in times]
        poses += [pose.mirrored() for pose in poses]
        beats *= 2
    waves = tuple(Wave(INDEX[field], amount, rate, phase) for field, amount, rate, phase in data.get("waves", ()))
    return Dance(
        tuple(times),
        tuple(poses),
        beats,
        data.get("gait", "hit"),
        waves,
        data.get("glides", False),
        not data.get("once", False),
    )


@cache
def _book() -> dict[str, Any]:
    book: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return book


def dance_data(name: str) -> Any:
    """A dance as it is written; None if there is none of that name."""
    return _book().get(name)


@cache
def dance(name: str) -> Dance:
    """A dance by its name."""
    return _dance(_book()[name])


@cache
def dance_names() -> frozenset[str]:
    """Every dance and deed there is."""
    return frozenset(_book())


def dances() -> Iterator[tuple[str, Dance]]:
    """Every dance with its name."""
    return ((name, dance(name)) for name in _book())
