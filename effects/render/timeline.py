"""Time inside a clip: `u` runs from 0 at the first frame to 1 at the last."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from effects.render.reading import Between, OneOf

EASES: dict[str, Callable[[float], float]] = {
    "linear": lambda p: p,
    "smooth": lambda p: p * p * (3 - 2 * p),
    "in": lambda p: p**3,
    "out": lambda p: 1 - (1 - p) ** 3,
    "back": lambda p: 1 + 2.7 * (p - 1) ** 3 + 1.7 * (p - 1) ** 2,
    "elastic": lambda p: 1 - math.cos(p * 4.5 * math.pi) * 2 ** (-9 * p) * (1 - p),
    "drop": lambda p: _bounced(p),
}


_REBOUNDS = ((2.5 / 2.75, 2.625 / 2.75, 0.984375), (2 / 2.75, 2.25 / 2.75, 0.9375), (1 / 2.75, 1.5 / 2.75, 0.75))


def _bounced(p: float) -> float:
    for start, base, depth in _REBOUNDS:
        if p >= start:
            return 7.5625 * (p - base) ** 2 + depth
    return 7.5625 * p * p


Unit = Annotated[float, Between(0, 1)]


@dataclass(frozen=True, kw_only=True)
class Span:
    """When a part begins and ends, and how it gets there."""

    at: Unit = 0.0
    until: Unit = 1.0
    ease: Annotated[str, OneOf(EASES)] = "smooth"

    def progress(self, u: float) -> float:
        """0 before the span, 1 after it, eased between (some eases overshoot)."""
        if self.until <= self.at:
            return float(u >= self.at)
        return EASES[self.ease](min(max((u - self.at) / (self.until - self.at), 0.0), 1.0))

    def running(self, u: float) -> float:
        """The same without easing: for what goes round and round."""
        return min(max((u - self.at) / max(self.until - self.at, 1e-6), 0.0), 1.0)

    def presence(self, u: float, fade: float = 0.06) -> float:
        """1 inside the span, with soft ends; a span that touches the clip's end has a hard one there."""
        rising = 1.0 if self.at <= 0 else min(max((u - self.at) / fade, 0.0), 1.0)
        falling = 1.0 if self.until >= 1 else min(max((self.until - u) / fade, 0.0), 1.0)
        return EASES["smooth"](min(rising, falling))


def wave(turns: float) -> float:
    """A sine counted in turns."""
    return math.sin(2 * math.pi * turns)
