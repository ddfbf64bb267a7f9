"""What every maker of videos offers, and how it says no."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol


class Verdict(Enum):
    """What a provider's no is about."""

    POLICY = "policy"
    NO_FACE = "no_face"
    UNKNOWN_EFFECT = "unknown_effect"
    OTHER = "other"


class ProviderError(Exception):
    """A provider did not do what it was asked. Its class says what may be done next."""


class Refused(ProviderError):
    """It said no: nothing was made and nothing is owed."""

    def __init__(self, reason: str = "", verdict: Verdict = Verdict.OTHER) -> None:
        super().__init__(reason)
        self.verdict = verdict


class KeyRefused(Refused):
    """It does not know the key; it will refuse every other order too."""


class Unavailable(ProviderError):
    """Nothing was sent or nothing came back that counts: ask again later."""


class OutOfFunds(Unavailable):
    """The studio's credit there does not cover the order; nor the next one, until it is topped up."""


class NoSuchTask(Unavailable):
    """It does not know the task."""


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
    """What a provider has to know to make one video. Pictures are upright JPEGs, the left one first.

    `options` are the few settings that some effects take; `callback_url` is where the provider may say that it is done.
    """

    key: str
    effect: str
    pictures: tuple[Path, ...]
    seconds: int = 5
    options: Mapping[str, str] = field(default_factory=dict)
    callback_url: str = ""


@dataclass(frozen=True)
class Report:
    """How a task stands: its state, and where its result is or why there is none; seconds it took, if it says so."""

    state: State
    result_url: str = ""
    reason: str = ""
    verdict: Verdict = Verdict.OTHER
    made_in: float | None = None


# Called with frames done and frames in all; it raises Stopped when the work is no longer wanted.
OnFrame = Callable[[int, int], None]
# Called now and then while a result comes in; it raises Stopped when the result is no longer wanted.
StillWanted = Callable[[], None]


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

    def fetch(self, result_url: str, target: Path, still_wanted: StillWanted) -> None:
        """Bring the result to `target`."""

    def check(self) -> None:
        """Return if it would take an order, without sending one: KeyRefused or Unavailable if it would not."""
