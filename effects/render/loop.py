"""A sample of a recipe for a shop window: upright, small, and without an end."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from effects.render.clip import FPS
from effects.render.encode import SMALL, Encoder
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
    on_frame: Callable[[int, int], None] | None = None,
) -> None:
    """Write a silent MP4 of about three seconds that may be played round and round; it appears only when whole.

    `on_frame` is that of `render_clip`.
    """
    cv2.setNumThreads(1)
    film = _film(recipe, subjects, size, seed)
    partial = target.with_name(f".{target.name}.part")
    try:
        with Encoder(partial, size, fps=FPS, threads=1, quality=SMALL) as encoder:
            for done, frame in enumerate(_round(film, size), 1):
                encoder.write(frame)
                if on_frame is not None:
                    on_frame(done, FRAMES - OVERLAP)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


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
    canvas = max(width, _even(height * ratio)), max(height, _even(width / ratio))
    return Film(recipe, subjects, canvas, seconds=SECONDS, seed=seed)


def _cropped(frame: Picture, size: tuple[int, int]) -> Picture:
    left, top = (frame.shape[1] - size[0]) // 2, round((frame.shape[0] - size[1]) * UPPER)
    return np.ascontiguousarray(frame[top : top + size[1], left : left + size[0]])


def _even(number: float) -> int:
    return round(number / 2) * 2
