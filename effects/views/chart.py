"""Where the bars of the cockpit's chart stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from effects.services.cockpit import Day

LEFT, STEP, BAR = 24, 48, 30
FLOOR, TALLEST, GAP = 150, 120, 3
LEAST = 4  # one job on a busy fortnight is still seen


@dataclass(frozen=True)
class Bar:
    day: Day
    x: int
    made_y: int
    made_height: int
    failed_y: int
    failed_height: int

    @property
    def middle(self) -> int:
        return self.x + BAR // 2


class Chart:
    def __init__(self, days: Sequence[Day]) -> None:
        self.days = days
        self.made = sum(day.made for day in days)
        self.failed = sum(day.failed for day in days)
        self.most = max((day.made + day.failed for day in days), default=0)
        self.bars = [self._bar(day, LEFT + number * STEP) for number, day in enumerate(days)]

    def _bar(self, day: Day, x: int) -> Bar:
        made, failed = self._height(day.made), self._height(day.failed)
        top = FLOOR - made
        return Bar(day, x, top, made, top - failed - (GAP if made else 0), failed)

    def _height(self, count: int) -> int:
        return max(LEAST, round(TALLEST * count / self.most)) if count else 0
