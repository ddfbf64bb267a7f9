"""From a recipe and portraits to a clip on disk, or to one still."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2

from effects.render.encode import Encoder
from effects.render.film import Film
from effects.render.pictures import Picture
from effects.render.recipe import Recipe
from effects.render.subject import Subject, frame_size

FPS = 24


class RenderStopped(Exception):
    """Raise this from `on_frame` to stop a clip; it reaches the caller once nothing is left behind."""


def render_clip(
    recipe: Recipe,
    subjects: Sequence[Subject],
    target: Path,
    *,
    seed: int,
    seconds: float = 5.0,
    threads: int = 1,
    on_frame: Callable[[int, int], None] | None = None,
) -> None:
    """Write an MP4 to `target`; it appears there only when whole.

    `on_frame(done, total)` is called after each frame; what it raises stops the clip, removes what was written,
    and goes on up.
    """
    cv2.setNumThreads(threads)
    size, total = frame_size(subjects), max(round(seconds * FPS), 1)
    film = Film(recipe, subjects, size, seconds=seconds, seed=seed)
    partial = target.with_name(f".{target.name}.part")
    try:
        with Encoder(partial, size, fps=FPS, threads=threads) as encoder:
            for index in range(total):
                encoder.write(film.frame(index / max(total - 1, 1), index))
                if on_frame is not None:
                    on_frame(index + 1, total)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def render_still(
    recipe: Recipe, subjects: Sequence[Subject], *, seed: int, at: float | None = None, short_side: int = 720
) -> Picture:
    """One (H, W, 3) RGB frame at `at` (0..1), or at the recipe's most telling moment."""
    full = frame_size(subjects)
    factor = short_side / min(full)
    size = (_even(full[0] * factor), _even(full[1] * factor))
    film = Film(recipe, subjects, size, seconds=5.0, seed=seed)
    return film.frame(recipe.still if at is None else at)


def _even(number: float) -> int:
    return max(round(number / 2) * 2, 2)
