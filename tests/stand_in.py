"""A paid provider for tests: it speaks the same protocol, keeps count, and does what its script says."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from effects.providers import OnFrame, Order, Report, State, StillWanted


class PaidProvider:
    name = "paid"
    is_paid = True
    may_send_again = False

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.on_submit: Callable[[], None] = lambda: None
        self.report = Report(State.COMPLETED, result_url="paid:result")
        self.result: bytes | None = None

    def submit(self, order: Order) -> str:
        self.orders.append(order)
        self.on_submit()
        return f"task-{len(self.orders)}"

    def look(self, order: Order, task_id: str, on_frame: OnFrame) -> Report:
        return self.report

    def fetch(self, result_url: str, target: Path, still_wanted: StillWanted) -> None:
        target.write_bytes(self.result or b"")

    def check(self) -> None:
        pass


@cache
def paid_provider() -> PaidProvider:
    return PaidProvider()
