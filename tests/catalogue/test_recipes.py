"""Every effect's recipe, drawn small: it changes the portrait, it moves, and no other effect looks the same."""

from functools import cache

import cv2
import numpy as np
import pytest

from effects.catalogue.recipes import recipe_for, recipe_names
from effects.render import Subject, frame_size
from effects.render.cast import Pair
from effects.render.film import Film
from effects.render.pictures import Picture
from tests.render.cast import small

MOMENTS = (0.3, 0.55, 0.8)
SINGLES = [name for name in recipe_names() if not recipe_for(name).all(Pair)]
PAIRS = [name for name in recipe_names() if recipe_for(name).all(Pair)]


def cast_of(name: str) -> list[Subject]:
    return [small("lucia"), small("jun")] if recipe_for(name).all(Pair) else [small("lucia")]


@cache
def frames(name: str) -> tuple[Picture, ...]:
    subjects = cast_of(name)
    width, height = frame_size(subjects)
    scale = 96 / min(width, height)
    film = Film(recipe_for(name), subjects, (round(width * scale), round(height * scale)), seconds=5, seed=1)
    return tuple(film.frame(u) for u in MOMENTS)


def difference(one: Picture, other: Picture) -> float:
    return float(cv2.absdiff(one, other).mean())


def test_every_effect_has_a_recipe() -> None:
    assert len(SINGLES) == 318
    assert len(PAIRS) == 19
    with pytest.raises(KeyError):
        recipe_for("no_such_effect")


def test_every_recipe_changes_the_portrait_and_moves() -> None:
    picture = small("lucia").picture
    plain = cv2.resize(picture[:, 22:157], (96, 170), interpolation=cv2.INTER_AREA)
    for name in SINGLES:
        first, second, third = frames(name)
        assert min(first.std(), second.std(), third.std()) > 8, f"{name} is blank"
        assert difference(second[:170, :96], plain[: second.shape[0]]) > 5, f"{name} leaves the portrait as it was"
        assert difference(first, second) > 1 and difference(second, third) > 1, f"{name} stands still"


def test_no_two_effects_give_the_same_clip() -> None:
    names = SINGLES
    signatures = np.stack([_signature(name) for name in names])
    for index, name in enumerate(names[:-1]):
        nearest = np.abs(signatures[index + 1 :] - signatures[index]).mean(axis=1)
        closest = int(nearest.argmin())
        assert nearest[closest] > 3, f"{name} looks like {names[index + 1 + closest]}"


def test_both_people_are_seen_in_every_pair() -> None:
    for name in PAIRS:
        first, second, third = frames(name)
        assert difference(first, second) > 1 and difference(second, third) > 1, f"{name} stands still"
        assert _seen(name, left=True) > 0.4, f"the left person is hidden in {name}"
        assert _seen(name, left=False) > 0.4, f"the right person is hidden in {name}"


def _signature(name: str) -> Picture:
    tiny = [cv2.resize(frame, (12, 20), interpolation=cv2.INTER_AREA) for frame in frames(name)]
    return np.concatenate([picture.astype(np.int16).ravel() for picture in tiny])


def _seen(name: str, *, left: bool) -> float:
    """How much of one half changes when the person who stands there is another, at the best of the moments."""
    subjects = [small("anton"), small("jun")] if left else [small("lucia"), small("anton")]
    film = Film(recipe_for(name), subjects, (96, 96), seconds=5, seed=1)
    shares = []
    for u, before in zip(MOMENTS, frames(name), strict=True):
        changed = cv2.absdiff(film.frame(u), before).max(axis=2) > 12
        half = changed[40:, :48] if left else changed[40:, 48:]
        shares.append(float(half.mean()))
    return max(shares)
