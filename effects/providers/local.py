"""The studio's own renderer as a provider: free, on this machine, honest about itself."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings

from effects.catalogue.recipes import recipe_for
from effects.render import Subject, render_clip

from .base import OnFrame, Order, Report, State, StillWanted, Unavailable
from .polite import PoliteThread
from .slots import take_slot

PREVIEW = 360  # pixels on the shorter side


def from_settings() -> "LocalProvider":
    folder = settings.DATA_DIR
    return LocalProvider(folder / "renders", settings.RENDER_SLOTS, folder / "models", settings.RENDER_FPS)


class LocalProvider:
    """Renders in the turn that looks after the task, in one of a few places, at low priority."""

    name = "local"
    is_paid = False
    may_send_again = True

    def __init__(self, folder: Path, slots: int, models: Path | None = None, fps: int = 24) -> None:
        self.folder = folder
        self.slots = slots
        self.models = models
        self.fps = fps

    def submit(self, order: Order) -> str:
        return order.key

    def look(self, order: Order, task_id: str, on_frame: OnFrame) -> Report:
        result = self.folder / f"{task_id}.mp4"
        with take_slot(self.folder, self.slots) as is_free:
            if not is_free:
                return Report(State.PENDING)
            if not result.exists():
                PoliteThread(lambda note: self._render(order, result, on_frame=note)).finish(on_frame)
        return Report(State.COMPLETED, result_url=f"local:{task_id}")

    def preview(self, order: Order, target: Path) -> None:
        """Render the same clip small, at once, whoever else is rendering."""
        self._render(order, target, short_side=PREVIEW)

    def fetch(self, result_url: str, target: Path, still_wanted: StillWanted) -> None:
        try:
            (self.folder / f"{result_url.removeprefix('local:')}.mp4").replace(target)
        except FileNotFoundError as error:
            raise Unavailable("The render is gone.") from error

    def check(self) -> None:
        """It is always ready."""

    def _render(self, order: Order, result: Path, **how: Any) -> None:
        subjects = [Subject.open(picture, self.models, keep=True) for picture in order.pictures]
        how |= {"seconds": order.seconds, "fps": self.fps}
        render_clip(recipe_for(order.effect), subjects, result, seed=seed_of(order.key), **how)


def seed_of(key: str) -> int:
    """Return the same number for the same order on every machine."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big")
