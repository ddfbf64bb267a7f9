"""A jointed body: drawn parts, and where each is in a pose. One unit is the body's height; feet are at (0, 0)."""

from collections.abc import Iterator
from functools import cache, lru_cache
from math import atan2, cos, degrees, hypot, radians, sin, sqrt
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np

from effects.render.dances import Bearing
from effects.render.geometry import applied, around, moved, trimmed
from effects.render.pictures import Picture
from effects.render.reading import Recolouring
from effects.render.sprites import drawn, style_sheet
from effects.render.stage import Matrix

FOLDER = Path(__file__).parent / "figures"
UNITS = 1000  # of the drawings, to one height
HIP, ANKLE = 0.36, 0.035
THIGH, SHIN, UPPER, FORE = 0.165, 0.16, 0.125, 0.115
SHOULDER_OUT, SHOULDER_UP, HIP_OUT, NECK_UP = 0.086, 0.2, 0.042, 0.25
CHIN = HIP + NECK_UP
STRIDE = 0.08  # feet closer than that say nothing about the slope they stand on
SVG = "{http://www.w3.org/2000/svg}"
ElementTree.register_namespace("", SVG[1:-1])


Spot = tuple[float, float]


class Part(NamedTuple):
    """A drawing and the matrix from its pixels to units around its joint."""

    picture: Picture
    home: Matrix


@cache
def outfit_names() -> frozenset[str]:
    """Every outfit there is."""
    return frozenset(path.stem for path in FOLDER.glob("*.svg"))


@lru_cache(maxsize=8)
def parts_of(outfit: str, height: int, colours: Recolouring) -> dict[str, Part]:
    """The parts of a body in an outfit, drawn for a body of `height` pixels."""
    root = ElementTree.parse(FOLDER / f"{outfit}.svg").getroot()  # noqa: S314 our own drawing
    shades = ElementTree.tostring(root[1], encoding="unicode")
    groups = [group for group in root.iter(f"{SVG}g") if group.get("id")]
    return {group.attrib["id"]: _part(group, shades, height, colours) for group in groups}


def _part(group: ElementTree.Element, shades: str, height: int, colours: Recolouring) -> Part:
    x, y, width, tall = map(float, group.attrib["data-box"].split())
    size = (max(round(width * height / UNITS), 2), max(round(tall * height / UNITS), 2))
    inner = ElementTree.tostring(group, encoding="unicode")
    svg = f'<svg xmlns="{SVG[1:-1]}" viewBox="{x} {y} {width} {tall}" preserveAspectRatio="none">{shades}{inner}</svg>'
    home = np.array([[width / size[0], 0, x], [0, tall / size[1], y], [0, 0, UNITS]]) / UNITS
    picture, inset = trimmed(drawn(svg, size, style_sheet(colours)))
    return Part(picture, home @ inset)


class Limb(NamedTuple):
    """A part's name, the matrix of its joint, and what is held there: "left", "right", "feet", or nothing."""

    part: str
    matrix: Matrix
    hand: str = ""


class Skeleton:
    """Where every part of a body is in a pose."""

    def __init__(self, bearing: Bearing, drag: float = 0.0, nod: float = 0.0) -> None:
        self.bearing, self.drag = bearing, drag
        self.slim = 1 - 0.6 * min(abs(bearing["side"]), 1.0)
        self.air = bearing["up"] / 100
        self.ankles = {side: self._ankle(side) for side in "lr"}
        self.hip = (bearing["hip_x"] / 100, self._hip_height())
        turned = around((0, 0), bearing["tilt"], 1, 1, 0)
        self.pelvis = self._rolled(moved(*self.hip) @ turned)
        self.trunk = self._rolled(moved(*self.hip) @ around((0, 0), bearing["lean"], 1, 1, 0))
        neck = applied(self.trunk, 0, -NECK_UP)
        self.head = moved(*neck) @ around((0, 0), bearing["roll"] + bearing["head"] + nod, 1, 1, 0)

    @property
    def stance(self) -> Matrix:
        """Between the feet, sloping from one to the other if they are apart."""
        turned = around(self.hip, self.bearing["roll"], 1, 1, 0)
        (x, y), (other_x, other_y) = (applied(turned, *self.ankles[side]) for side in "lr")
        apart = self.ankles["r"][0] - self.ankles["l"][0]
        slope = self.ankles["r"][1] - self.ankles["l"][1]
        turn = self.bearing["roll"] + (degrees(atan2(slope, apart)) if apart > STRIDE else 0.0)
        return moved((x + other_x) / 2, (y + other_y) / 2) @ around((0, 0), turn, 1, 1, 0)

    def _rolled(self, matrix: Matrix) -> Matrix:
        return around(self.hip, self.bearing["roll"], 1, 1, 0) @ matrix

    def _ankle(self, side: str) -> Spot:
        body, sign = self.bearing, -1 if side == "l" else 1
        raised = 0.06 * sin(radians(max(body[f"heel_{side}"], 0)))
        return sign * body[f"foot_x_{side}"] / 100, -ANKLE - raised - body[f"foot_y_{side}"] / 100 - self.air

    def _hip_height(self) -> float:
        """As high as the pose wants, but not higher than the legs that stand can reach."""
        body = self.bearing
        wanted = -HIP + body["hip_y"] / 100 - self.air
        for side, sign in (("l", -1), ("r", 1)):
            if body[f"foot_y_{side}"] <= 0.5:
                x, y = self.ankles[side]
                apart = x - body["hip_x"] / 100 - sign * HIP_OUT * self.slim
                wanted = max(wanted, y - sqrt(max((THIGH + SHIN - 0.002) ** 2 - apart**2, 0.01)))
        return wanted

    def limbs(self) -> Iterator[Limb]:
        """All parts from the farthest to the nearest."""
        side = self.bearing["side"]
        order = "lr" if side >= 0 else "rl"
        broad = np.diag([1 - 0.24 * min(abs(side), 1.0), 1.0, 1.0])
        yield Limb("tail", self.pelvis)
        if abs(side) > 0.3:
            yield from self._arm(order[0])
        for leg in order:
            yield from self._leg(leg)
        yield Limb("hips", self.pelvis @ broad)
        yield Limb("skirt", self.pelvis @ broad @ around((0, 0), 0, 1, 1, self.drag))
        yield Limb("torso", self.trunk @ broad)
        for arm in order[1:] if abs(side) > 0.3 else order:
            yield from self._arm(arm)

    def _leg(self, side: str) -> Iterator[Limb]:
        body, sign = self.bearing, -1 if side == "l" else 1
        hip = applied(self.pelvis, sign * HIP_OUT * self.slim, 0)
        ankle = applied(around(self.hip, body["roll"], 1, 1, 0), *self.ankles[side])
        knee, ankle = _bent(hip, ankle, body[f"knee_{side}"] * sign)
        shin = _along(knee, ankle, SHIN, sign)
        yield Limb("shin", shin)
        toe = body[f"toe_{side}"]
        wide = sign * max(abs(toe), 0.62) * (1 if toe >= 0 else -1)
        flying = min(max(body[f"foot_y_{side}"] / 8, self.air * 8, abs(body["roll"]) / 30), 1.0)
        swung = float(np.degrees(np.arctan2(ankle[1] - knee[1], ankle[0] - knee[0]))) - 90
        turn = flying * ((swung + 180) % 360 - 180) + body[f"heel_{side}"] * (1 if wide > 0 else -1)
        yield Limb("shoe", moved(*ankle) @ around((0, 0), turn, 1, 1, 0) @ np.diag([wide, 1.0, 1.0]))
        yield Limb("thigh", _along(hip, knee, THIGH, sign))

    def _arm(self, side: str) -> Iterator[Limb]:
        body, sign = self.bearing, -1 if side == "l" else 1
        raised = SHOULDER_UP + body[f"shrug_{side}"] / 100
        shoulder = applied(self.trunk, sign * SHOULDER_OUT * self.slim, -raised)
        base = body["roll"] + body["lean"]
        upper, fore = body[f"upper_{side}"], body[f"fore_{side}"]
        elbow = _reached(shoulder, base - sign * upper, UPPER)
        wrist = _reached(elbow, base - sign * fore, FORE)
        hand = _reached(wrist, base - sign * (fore + body[f"wrist_{side}"]), 0.06)
        which = "left" if side == "l" else "right"
        yield Limb(f"hand-{body.hands[0 if side == 'l' else 1]}", _along(wrist, hand, 0.06, sign), which)
        yield Limb("fore", _along(elbow, wrist, FORE, sign))
        yield Limb("upper", _along(shoulder, elbow, UPPER, sign))


def _reached(start: Spot, turn: float, length: float) -> Spot:
    """From `start`, `length` downwards turned clockwise by `turn` degrees."""
    return start[0] - length * sin(radians(turn)), start[1] + length * cos(radians(turn))


def _along(start: Spot, end: Spot, bone: float, sign: int) -> Matrix:
    """Lead a limb drawn downwards to lie from `start` to `end`; it is stretched if the bone is longer or shorter."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = max(hypot(dx, dy), 1e-4)
    return np.array([[sign * dy / length, dx / bone, start[0]], [-sign * dx / length, dy / bone, start[1]], [0, 0, 1]])


def _bent(hip: Spot, ankle: Spot, side: float) -> tuple[Spot, Spot]:
    """Knee and ankle: `side` is how far the knee shows to the right (1), to the left (-1), or to the viewer (0)."""
    dx, dy = ankle[0] - hip[0], ankle[1] - hip[1]
    wanted = max(hypot(dx, dy), 1e-4)
    length = min(wanted, THIGH + SHIN - 0.001)
    ux, uy = dx / wanted, dy / wanted
    ankle = (hip[0] + ux * length, hip[1] + uy * length)
    down = (length**2 + THIGH**2 - SHIN**2) / (2 * length)
    out = sqrt(max(THIGH**2 - down**2, 0.0)) * side
    down = min(max(down, 0.0), length)
    return (hip[0] + ux * down + uy * out, hip[1] + uy * down - ux * out), ankle
