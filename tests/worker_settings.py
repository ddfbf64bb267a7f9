"""Settings of a worker process that a test starts: the test's own folder, database and queue.

TEST_DIE_AT names a point at which the worker and all its processes are killed, as by a power cut.
"""

import os
import signal
from functools import cache
from pathlib import Path
from typing import Any

from huey.api import Task

os.environ["STUDIO_DATA_DIR"] = os.environ["TEST_FOLDER"]

from kling_studio.queue import StudioHuey
from kling_studio.settings import *  # noqa: F403
from kling_studio.settings import DATABASES, HUEY, PROVIDERS

DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
HUEY["huey_class"] = "tests.worker_settings.MortalHuey"
PROVIDERS["local"] = "tests.worker_settings.mortal_local"


def die_at(point: str) -> None:
    if os.environ.get("TEST_DIE_AT") == point:
        die()


def die() -> None:
    os.killpg(0, signal.SIGKILL)


@cache
def let_die_on_the_way() -> None:
    from tests import deaths

    if (point := os.environ.get("TEST_DIE_AT")) in deaths.POINTS:
        deaths.at(point, die)


class MortalHuey(StudioHuey):
    def execute(self, task: Task, timestamp: object = None) -> object:
        if task.name == "advance_job":
            die_at("task taken")
        let_die_on_the_way()
        return super().execute(task, timestamp)


def mortal_local() -> object:
    from effects.providers.base import OnFrame, Order, Report, StillWanted
    from effects.providers.local import PREVIEW, LocalProvider, from_settings

    class MortalLocal(LocalProvider):
        """Renders small: where it dies is what counts here, not what it draws."""

        def _render(self, order: Order, result: Path, **how: Any) -> None:
            super()._render(order, result, **{"short_side": PREVIEW, **how})

        def submit(self, order: Order) -> str:
            die_at("before sending")
            task_id = super().submit(order)
            die_at("sent, not noted")
            return task_id

        def look(self, order: Order, task_id: str, on_frame: OnFrame) -> Report:
            die_at("before rendering")

            def watched(done: int, total: int) -> None:
                on_frame(done, total)
                if done:
                    die_at("while rendering")

            report = super().look(order, task_id, watched)
            die_at("rendered, not noted")
            return report

        def fetch(self, result_url: str, target: Path, still_wanted: StillWanted) -> None:
            die_at("before fetching")
            super().fetch(result_url, target, still_wanted)
            die_at("fetched, not stored")

    provider = from_settings()
    return MortalLocal(provider.folder, provider.slots)
