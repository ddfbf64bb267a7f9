"""Long work that makes room for everything else."""

import os
import sys
import threading
from collections.abc import Callable

from .base import OnFrame, Stopped

NICENESS = 10
PACE = 0.4  # seconds


class PoliteThread(threading.Thread):
    """Work in a thread of its own that yields the processor to everything else on the machine.

    Progress is reported from the thread that waits, so that the work needs no database connection of its own.
    """

    def __init__(self, work: Callable[[OnFrame], None]) -> None:
        super().__init__(name="polite", daemon=True)
        self.work = work
        self.frames = (0, 0)
        self.is_unwanted = False
        self.failure: BaseException | None = None

    def run(self) -> None:
        if sys.platform == "linux":  # elsewhere this would slow the whole process for good
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        try:
            self.work(self._note)
        except BaseException as error:
            self.failure = error

    def finish(self, on_frame: OnFrame) -> None:
        """Wait for the end, reporting about twice a second; what `on_frame` raises stops the work."""
        self.start()
        try:
            while self.is_alive():
                self.join(PACE)
                on_frame(*self.frames)
        finally:
            self.is_unwanted = True
            self.join()
        if self.failure:
            raise self.failure

    def _note(self, done: int, total: int) -> None:
        if self.is_unwanted:
            raise Stopped
        self.frames = (done, total)
