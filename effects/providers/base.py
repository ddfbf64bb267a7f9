"""What every maker of videos offers, and how it says no."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol


class ProviderError(Exception):
    """A provider did not do what it was asked. Its class says what may be done next."""


class Refused(ProviderError):
    """It said no: nothing was made and nothing is owed."""


class Unavailable(ProviderError):
    """Nothing was sent or nothing came back that counts: ask again later."""


class Unconfirmed(ProviderError):
    """The order may have been sent: never send it again."""


class Stopped(ProviderError):
    """The work was broken off because its job is no longer ours to do."""


class State(Enum):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True)
class Order:
    """What a provider has to know to make one video. Pictures are upright JPEGs, the left one first."""

    key: str
    effect: str
    pictures: tuple[Path, ...]
    seconds: int = 5


@dataclass(frozen=True)
class Report:
    """How a task stands: its state, and where its result is or why there is none."""

    state: State
    result_url: str = ""
    reason: str = ""


# Called with frames done and frames in all; it raises Stopped when the work is no longer wanted.
OnFrame = Callable[[int, int], None]


class Provider(Protocol):
    """A maker of videos. Any method may raise a ProviderError."""

    name: str
    is_paid: bool
    # Whether an order that was cut off while it was being sent may be sent once more.
    may_send_again: bool

    def submit(self, order: Order) -> str:
        """Send an order and return the id of its task."""

    def look(self, order: Order, task_id: str, on_frame: OnFrame) -> Report:
        """Report how a task stands. A provider that makes the video itself makes it now."""

    def fetch(self, result_url: str, target: Path) -> None:
        """Bring the result to `target`; a second call finds what the first one brought."""
