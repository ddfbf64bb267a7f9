"""From a recipe and portraits to a clip on disk, or to one still."""

from collections.abc import Sequence
from pathlib import Path

from effects.render.encode import OnFrame, even, write_clip
from effects.render.film import Film
from effects.render.pictures import Picture
from effects.render.recipe import Recipe
from effects.render.subject import Subject, frame_size

FPS = 24
SHORT_SIDE = 720  # pixels; of a square clip it is 960, so that all clips have about as many


def render_clip(
    recipe: Recipe,
    subjects: Sequence[Subject],
    target: Path,
    *,
    seed: int,
    seconds: float = 5.0,
    fps: int = FPS,
    short_side: int = SHORT_SIDE,
    on_frame: OnFrame | None = None,
) -> None:
    """Write an MP4 to `target`, as `write_clip` does. Its sides are those of a portrait's clip, scaled."""
    size, total = _scaled(frame_size(subjects), short_side), max(round(seconds * fps), 1)
    film = Film(recipe, subjects, size, seconds=seconds, seed=seed)
    frames = (film.frame(index / max(total - 1, 1), index) for index in range(total))
    write_clip(frames, total, target, size, fps=fps, on_frame=on_frame)


def render_still(
    recipe: Recipe, subjects: Sequence[Subject], *, seed: int, at: float | None = None, short_side: int = SHORT_SIDE
) -> Picture:
    """One (H, W, 3) RGB frame at `at` (0..1), or at the recipe's most telling moment."""
    film = Film(recipe, subjects, _scaled(frame_size(subjects), short_side), seconds=5.0, seed=seed)
    return film.frame(recipe.still if at is None else at)


def _scaled(full: tuple[int, int], short_side: int) -> tuple[int, int]:
    factor = short_side / SHORT_SIDE
    return even(full[0] * factor), even(full[1] * factor)
