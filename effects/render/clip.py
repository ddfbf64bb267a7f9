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
SHORT_SIDE = 720  # pixels; of a square clip it is 960, so that all clips have about as many


class RenderStopped(Exception):
    """Raise this from `on_frame` to stop a clip; it reaches the caller once nothing is left behind."""


def render_clip(
    recipe: Recipe,
    subjects: Sequence[Subject],
    target: Path,
    *,
    seed: int,
    seconds: float = 5.0,
    fps: int = FPS,
    short_side: int = SHORT_SIDE,
    threads: int = 1,
    on_frame: Callable[[int, int], None] | None = None,
) -> None:
    """Write an MP4 to `target`; it appears there only when whole. Its sides are those of a portrait's clip, scaled.

    `on_frame(done, total)` is called after each frame; what it raises stops the clip, removes what was written,
    and goes on up.
    """
    cv2.setNumThreads(threads)
    size, total = _scaled(frame_size(subjects), short_side), max(round(seconds * fps), 1)
    film = Film(recipe, subjects, size, seconds=seconds, seed=seed)
    partial = target.with_name(f".{target.name}.part")
    try:
        with Encoder(partial, size, fps=fps, threads=threads) as encoder:
            for index in range(total):
                encoder.write(film.frame(index / max(total - 1, 1), index))
                if on_frame is not None:
                    on_frame(index + 1, total)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def render_still(
    recipe: Recipe, subjects: Sequence[Subject], *, seed: int, at: float | None = None, short_side: int = SHORT_SIDE
) -> Picture:
    """One (H, W, 3) RGB frame at `at` (0..1), or at the recipe's most telling moment."""
    film = Film(recipe, subjects, _scaled(frame_size(subjects), short_side), seconds=5.0, seed=seed)
    return film.frame(recipe.still if at is None else at)


def _scaled(full: tuple[int, int], short_side: int) -> tuple[int, int]:
    factor = short_side / SHORT_SIDE
    return _even(full[0] * factor), _even(full[1] * factor)


def _even(number: float) -> int:
    return max(round(number / 2) * 2, 2)
