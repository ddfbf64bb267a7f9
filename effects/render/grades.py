"""Colour over the whole frame: curves as tables, saturation as a matrix."""

from dataclasses import dataclass
from typing import Annotated, NamedTuple

import cv2
import numpy as np

from effects.render.pictures import Picture, paired, recoloured, rgb
from effects.render.reading import Between, OneOf
from effects.render.timeline import Span


class Look(NamedTuple):
    """Where black, middle grey and white go, and how much colour is left."""

    black: str
    middle: str
    white: str
    colour: float


NEUTRAL = Look("#000000", "#808080", "#FFFFFF", 1.0)
LOOKS: dict[str, Look] = {
    "warm": Look("#12060A", "#90806C", "#FFF8E8", 1.06),
    "golden": Look("#1E0A04", "#9C8258", "#FFF3CC", 1.08),
    "cold": Look("#060A1E", "#748498", "#F2F8FF", 0.92),
    "frost": Look("#14264A", "#8098B4", "#F8FFFF", 0.72),
    "night": Look("#050618", "#4A5080", "#D8DCF4", 0.8),
    "moonlit": Look("#04081E", "#566A94", "#E8F0FF", 0.62),
    "noir": Look("#08060C", "#787478", "#FFF8EE", 0.08),
    "vintage": Look("#2A1A20", "#94805F", "#F6E6C4", 0.72),
    "faded": Look("#352832", "#8C8480", "#F4ECDE", 0.78),
    "pastel": Look("#34283A", "#A094A0", "#FFF8F4", 0.86),
    "rosy": Look("#1C0616", "#967880", "#FFF0F0", 1.04),
    "vivid": Look("#05030A", "#827E80", "#FFFEFA", 1.24),
    "neon": Look("#0A0420", "#70608C", "#FFE8FF", 1.3),
    "teal": Look("#061620", "#768480", "#FFF2DE", 1.0),
    "green": Look("#04140C", "#728668", "#F4FFE4", 0.9),
    "blood": Look("#1A0206", "#84625E", "#FFE0D0", 0.86),
    "ember": Look("#160404", "#927050", "#FFE8C4", 1.1),
    "sunset": Look("#1E0620", "#A07858", "#FFEEC8", 1.12),
    "sea": Look("#04162A", "#6C8A92", "#F0FFFA", 1.02),
    "forest": Look("#08140C", "#767E60", "#FBFCDC", 0.96),
    "violet": Look("#10041E", "#7C6E94", "#FCF0FF", 1.02),
    "flash": Look("#2A2026", "#A8A0A0", "#FFFFFF", 1.0),
}


def toned(grey: Picture, dark: str, light: str) -> Picture:
    """An (H, W) brightness as RGB between two colours."""
    ends = np.array([rgb(dark), rgb(light)], np.float32)
    table = np.stack([np.interp(np.arange(256), [0, 255], ends[:, band]) for band in range(3)], -1)
    return cv2.LUT(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), table.astype(np.uint8)[None])


@dataclass(frozen=True, kw_only=True)
class Grade(Span):
    """A look that comes up over its span and stays; `start` is where it comes from."""

    look: Annotated[str, OneOf(LOOKS)]
    start: Annotated[str, OneOf([*LOOKS, "neutral"])] = "neutral"
    amount: Annotated[float, Between(0, 1.5)] = 1.0


class GradeDrawer:
    """Applies the sum of all grades with one table a frame, and what it does to saturation."""

    def __init__(self, grades: list[Grade]) -> None:
        self.grades = [(grade, *_curves(grade.look), *_curves(grade.start)) for grade in grades]
        is_still = all(grade.at <= 0 and grade.until >= 1 for grade in grades)
        self.settled = self._at(1.0) if is_still else None

    def draw(self, frame: Picture, u: float) -> None:
        tables, colour = self.settled or self._at(u)
        recoloured(frame, tables)
        if abs(colour - 1) > 0.02:
            _saturate(frame, colour)

    def _at(self, u: float) -> tuple[Picture, float]:
        table, colour = np.repeat(np.arange(256, dtype=np.float32)[:, None], 3, 1), 1.0
        for grade, curves, saturation, before, was in self.grades:
            share = grade.amount * (grade.progress(u) if grade.at > 0 or grade.until < 1 else 1.0)
            table += (before - _STRAIGHT) * (1 - share) + (curves - _STRAIGHT) * share
            colour *= was * (1 - share) + saturation * share
        return paired(np.clip(table, 0, 255).astype(np.uint8)), colour


_STRAIGHT = np.repeat(np.arange(256, dtype=np.float32)[:, None], 3, 1)


def _curves(name: str) -> tuple[Picture, float]:
    """A look as a (256, 3) table through its three colours, and its saturation."""
    look = LOOKS.get(name, NEUTRAL)
    stops = np.array([rgb(look.black), rgb(look.middle), rgb(look.white)], np.float32)
    x = np.arange(256) / 255
    basis = np.stack([(1 - x) * (1 - 2 * x), 4 * x * (1 - x), x * (2 * x - 1)])
    return (basis.T @ stops).astype(np.float32), look.colour


def _saturate(frame: Picture, amount: float) -> None:
    grey = cv2.cvtColor(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    cv2.addWeighted(frame, amount, grey, 1 - amount, 0, dst=frame)
