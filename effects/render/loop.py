"""A sample of a recipe for a shop window: upright, small, and without an end."""

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from effects.render.clip import FPS
from effects.render.encode import SMALL, OnFrame, even, write_clip
from effects.render.film import Film
from effects.render.pictures import Picture
from effects.render.recipe import Recipe
from effects.render.subject import Subject, frame_size

SECONDS = 5.0
FRAMES, OVERLAP = 80, 8  # the whole story in two thirds of its time; its end melts into its beginning
UPPER = 0.25  # of what is cut off above and below: words stand near the upper edge


def render_poster(recipe: Recipe, subjects: Sequence[Subject], size: tuple[int, int], *, seed: int) -> Picture:
    """The recipe's most telling moment as an (H, W, 3) RGB picture of exactly `size`."""
    return _cropped(_film(recipe, subjects, size, seed).frame(recipe.still), size)


def render_loop(
    recipe: Recipe,
    subjects: Sequence[Subject],
    target: Path,
    size: tuple[int, int],
    *,
    seed: int,
    on_frame: OnFrame | None = None,
) -> None:
    """Write a silent MP4 of about three seconds that may be played round and round, as `write_clip` does."""
    frames = _round(_film(recipe, subjects, size, seed), size)
    write_clip(frames, FRAMES - OVERLAP, target, size, fps=FPS, quality=SMALL, on_frame=on_frame)


def _round(film: Film, size: tuple[int, int]) -> Iterator[Picture]:
    """All frames but the first few, and those over the last few, so that the last leads on to the first again."""
    beginning: deque[Picture] = deque()
    for index in range(FRAMES):
        frame = _cropped(film.frame(index / (FRAMES - 1), index), size)
        if index < OVERLAP:
            beginning.append(frame.copy())
        elif index < FRAMES - OVERLAP:
            yield frame
        else:
            weight = (index - FRAMES + OVERLAP + 1) / (OVERLAP + 1)
            yield cv2.addWeighted(beginning.popleft(), weight, frame, 1 - weight, 0)


def _film(recipe: Recipe, subjects: Sequence[Subject], size: tuple[int, int], seed: int) -> Film:
    """Play on a canvas nearly as wide for its height as what is shown; recipes are made for another shape."""
    made_for, (width, height) = frame_size(subjects), size
    ratio = (made_for[0] / made_for[1] + 2 * width / height) / 3
    canvas = max(width, even(height * ratio)), max(height, even(width / ratio))
    return Film(recipe, subjects, canvas, seconds=SECONDS, seed=seed)


def _cropped(frame: Picture, size: tuple[int, int]) -> Picture:
    left, top = (frame.shape[1] - size[0]) // 2, round((frame.shape[0] - size[1]) * UPPER)
    return np.ascontiguousarray(frame[top : top + size[1], left : left + size[0]])
