"""Many small drawings: snow, petals, confetti, balloons, coins. Each one's path is a formula of time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from effects.render.geometry import trimmed
from effects.render.pictures import Picture, blit, faded
from effects.render.reading import Between, OneOf, Recolouring
from effects.render.sprites import TURN_STEP, sprite_names, turned
from effects.render.stage import Moment, Stage
from effects.render.timeline import Span, wave

ROOM = 32_000_000  # bytes a swarm may keep of its drawings at each turn
Layer = Literal["behind", "front"]


class Grain(NamedTuple):
    """One particle's dice: place, depth (0 far, 1 near), phase, and side."""

    x: float
    y: float
    depth: float
    phase: float
    side: float


class Spot(NamedTuple):
    """Where it is now: parts of the canvas's width and height, and how much of it is seen."""

    x: float
    y: float
    shown: float = 1.0


class Turned(NamedTuple):
    """A drawing at one turn, and where its corner is from the particle's place."""

    picture: Picture
    left: int
    top: int


@dataclass(frozen=True, kw_only=True)
class Particles(Span):
    """A swarm of drawings; sizes are parts of the canvas's shorter side, speed is canvases in 4 seconds."""

    sprites: tuple[Annotated[str, OneOf(sprite_names())], ...]
    motion: Annotated[
        str, OneOf(("fall", "rise", "drift", "burst", "orbit", "fly", "fountain", "swarm", "pile", "twinkle"))
    ] = "fall"
    count: Annotated[int, Between(1, 160)] = 30
    size: tuple[float, float] = (0.03, 0.08)
    speed: Annotated[float, Between(0, 8)] = 1.0
    sway: Annotated[float, Between(0, 1)] = 0.04
    spin: Annotated[float, Between(0, 4)] = 0.3
    flutter: bool = False
    layer: Layer = "front"
    opacity: Annotated[float, Between(0, 1)] = 1.0
    origin: tuple[float, float] = (0.5, 0.5)
    colours: Recolouring = ()


Path = Callable[[Particles, Grain, float, float], Spot]


def _fall(part: Particles, grain: Grain, t: float, u: float) -> Spot:
    y = (grain.y + part.speed * t * (0.5 + 0.7 * grain.depth) / 4) % 1
    return Spot(grain.x + part.sway * wave(t * 0.3 + grain.phase) * grain.side, y * 1.3 - 0.15)


def _rise(part: Particles, grain: Grain, t: float, u: float) -> Spot:
    spot = _fall(part, grain, t, u)
    return Spot(spot.x, 1 - spot.y)


def _drift(part: Particles, grain: Grain, t: float, u: float) -> Spot:
    x = (grain.x + part.speed * t * 0.05 * (0.4 + grain.depth)) % 1.2 - 0.1
    return Spot(x, grain.y + part.sway * wave(t * 0.2 + grain.phase), 0.6 + 0.4 * wave(t * 0.4 + grain.phase))


def _burst(part: Particles, grain: Grain, t: float, u: float) -> Spot:
    """Thrown from the origin at the span's beginning, slowed by the air, then falling."""
    age = max(u - part.at, 0.0) * t / max(u, 1e-6)
    flight = (1 - np.exp(-2.6 * age)) * (0.25 + 0.75 * grain.depth) * part.speed
    angle = grain.x * 2 * np.pi
    x, y = part.origin[0] + 0.75 * flight * np.cos(angle), part.origin[1] + 0.5 * flight * np.sin(angle) - 0.18 * flight
    return Spot(
        x + part.sway * wave(age * 0.6 + grain.phase), y + 0.05 * age * age, min(age * 12, 1.0) if u >= part.at else 0.0
    )


def _orbit(part: Particles, grain: Grain, t: float, u: float) -> Spot:
    turn = grain.x + part.speed * t / 4
    reach = 0.3 + 0.16 * grain.depth
    x, y = part.origin[0] + reach * wave(turn), part.origin[1] + (grain.y - 0.5) * 0.5 + 0.06 * wave(turn + 0.25)
    ahead = wave(turn + 0.25) > 0
    return Spot(x, y, float(ahead == (part.layer == "front")))


def _fly(part: Particles, grain: Grain, t: float, u: float) -> Spot:
    x = (grain.x + part.speed * t * (0.5 + 0.6 * grain.depth) / 4) % 1
    return Spot(x * 1.4 - 0.2, grain.y * 0.7 + 0.05 + part.sway * wave(t * 0.5 + grain.phase))


def _fountain(part: Particles, grain: Grain, t: float, u: float) -> Spot:
    """Out of the origin again and again, up and over."""
    age = (t * 0.55 * part.speed + grain.phase) % 1
    spread = (grain.x - 0.5) * 1.1
    lift = 0.75 + 0.5 * grain.depth
    return Spot(
        part.origin[0] + spread * age,
        part.origin[1] - lift * 1.9 * age * (1 - age * 0.95),
        min(age * 8, (1 - age) * 6, 1.0),
    )


def _swarm(part: Particles, grain: Grain, t: float, u: float) -> Spot:
    """Wandering about, each on its own small figure of eight."""
    x = grain.x + 0.12 * wave(t * 0.13 * part.speed + grain.phase) + part.sway * wave(t * 0.5 + grain.phase * 3)
    return Spot(x, grain.y + 0.08 * wave(t * 0.21 * part.speed + grain.phase * 2))


def _pile(part: Particles, grain: Grain, t: float, u: float) -> Spot:
    """Falls once and stays where it lands, near the lower edge."""
    landing = 0.99 - 0.13 * grain.y * (1 - abs(grain.x - 0.5))
    age = max(part.running(u) * 1.9 - grain.phase * 0.9, 0.0)
    return Spot(grain.x * 1.1 - 0.05, min(-0.12 + 1.3 * age * age, landing))


def _twinkle(part: Particles, grain: Grain, t: float, u: float) -> Spot:
    return Spot(grain.x, grain.y, max(wave(t * 0.35 * part.speed + grain.phase), 0.0) ** 2)


PATHS: dict[str, Path] = {
    "fall": _fall,
    "rise": _rise,
    "drift": _drift,
    "burst": _burst,
    "orbit": _orbit,
    "fly": _fly,
    "fountain": _fountain,
    "swarm": _swarm,
    "pile": _pile,
    "twinkle": _twinkle,
}


def _grain(row: npt.NDArray[np.float64]) -> Grain:
    x, y, depth, phase, side = map(float, row)
    return Grain(x, y, depth, phase, 1.0 if side > 0.5 else -1.0)


class ParticleDrawer:
    """Draws one swarm."""

    def __init__(self, part: Particles, stage: Stage, index: int) -> None:
        self.part = part
        self.stage = stage
        dice = stage.chance("particles", index).random((part.count, 5))
        dice[:, 0] = (np.arange(part.count) * 0.618034 + dice[:, 0] * 0.35) % 1
        dice = dice[np.argsort(dice[:, 2], kind="stable")]
        self.grains = [_grain(row) for row in dice]
        self.sizes = self._sizes()
        self.turns: dict[tuple[str, int, int, int], Turned] = {}

    def _sizes(self) -> npt.NDArray[np.int64]:
        small, large = self.part.size
        steps = np.linspace(small, large, 5)
        return np.maximum(np.round(steps * self.stage.unit), 3).astype(np.int64)

    def draw(self, frame: Picture, moment: Moment) -> None:
        presence = self.part.presence(moment.u)
        if presence <= 0:
            return
        path, height, width = PATHS[self.part.motion], *frame.shape[:2]
        for index, grain in enumerate(self.grains):
            spot = path(self.part, grain, moment.seconds, moment.u)
            opacity = presence * self.part.opacity * spot.shown * self._spared(spot)
            if opacity > 0.03:
                picture, left, top = self._picture(index, grain, moment.seconds)
                blit(frame, faded(picture, opacity), round(spot.x * width) + left, round(spot.y * height) + top)

    def _spared(self, spot: Spot) -> float:
        """Less of what passes in front of a face, so that it stays recognisable."""
        if self.part.layer == "behind":
            return 1.0
        x, y = spot.x * self.stage.size[0], spot.y * self.stage.size[1]
        near = min(
            ((x - face.centre.x) / face.box[2]) ** 2 + ((y - face.centre.y) / face.box[3]) ** 2
            for face in self.stage.faces
        )
        return min(max((near - 0.12) / 0.3, 0.22), 1.0)

    def _picture(self, index: int, grain: Grain, t: float) -> Turned:
        part = self.part
        size = int(self.sizes[min(int(grain.depth * 5), 4)])
        turn = (
            (grain.phase + part.spin * t * grain.side * 0.5) * 360
            if part.spin > 0.1
            else 14 * wave(t * 0.4 + grain.phase)
        )
        narrow = round(16 * abs(wave(t * (0.5 + 0.5 * grain.depth) + grain.phase))) if part.flutter else 16
        name = part.sprites[index % len(part.sprites)]
        return self._kept(name, size, round(turn / TURN_STEP) % 60, max(narrow, 2))

    def _kept(self, name: str, size: int, turn: int, narrow: int) -> Turned:
        key = (name, size, turn, narrow)
        if key not in self.turns:
            if sum(kept.picture.nbytes for kept in self.turns.values()) > ROOM:
                self.turns.clear()
            whole = turned(name, size, turn, narrow, self.part.colours)
            picture, inset = trimmed(whole)
            left, top = int(inset[0, 2]) - whole.shape[1] // 2, int(inset[1, 2]) - whole.shape[0] // 2
            self.turns[key] = Turned(picture, left, top)
        return self.turns[key]
