"""Where a worker can die on the way of a hosted order, and how a test lets it die there."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.utils.module_loading import import_string

from effects.models import Status


@dataclass(frozen=True)
class Point:
    """Before or after a function is called; of `Job.move_to`, the move to one state."""

    function: str
    is_after: bool = False
    to: Status | None = None


MOVE, PROVIDER = "effects.models.Job.move_to", "effects.providers.apimodels.ApiModels"
POINTS = {
    "turn taken": Point("effects.services.production.turns.Order"),
    "submitting noted": Point(MOVE, True, Status.SUBMITTING),
    "before the order leaves": Point(f"{PROVIDER}.submit"),
    "answered, not noted": Point(f"{PROVIDER}.submit", True),
    "task noted": Point(MOVE, True, Status.PENDING),
    "before asking": Point(f"{PROVIDER}.look"),
    "told, not noted": Point(f"{PROVIDER}.look", True),
    "made, noted": Point(MOVE, True, Status.COLLECTING),
    "before fetching": Point(f"{PROVIDER}.fetch"),
    "fetched, not checked": Point(f"{PROVIDER}.fetch", True),
    "files stored, no row": Point("effects.models.Video.save"),
    "row written, not committed": Point("effects.models.Video.save", True),
    "completed, not committed": Point(MOVE, True, Status.COMPLETED),
    "turn over, not handed back": Point("effects.models.Job.book"),
}


def at(name: str, kill: Callable[[], None]) -> None:
    """Let this process die when it comes to the point of that name."""
    point = POINTS[name]
    owner_name, function_name = point.function.rsplit(".", 1)
    owner = import_module_or_class(owner_name)
    inner = getattr(owner, function_name)

    @wraps(inner)
    def mortal(*args: Any, **options: Any) -> Any:
        is_here = point.to is None or args[1] == point.to
        if is_here and not point.is_after:
            kill()
        result = inner(*args, **options)
        if is_here and point.is_after:
            kill()
        return result

    setattr(owner, function_name, mortal)


def import_module_or_class(name: str) -> Any:
    try:
        return import_string(name)
    except ImportError:
        return __import__(name, fromlist=["_"])


def kill_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
