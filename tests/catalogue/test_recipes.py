"""Every effect's recipe, drawn small: it moves, it is like no other, and whoever is in it is known again."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from effects.catalogue.recipes import recipe_for, recipe_names
from effects.render import Subject, frame_size
from effects.render.cast import Pair
from effects.render.film import Film
from effects.render.finish import Flash
from effects.render.pictures import Picture
from tests.render.cast import small

# Frames are drawn once for all tests here.
pytestmark = pytest.mark.xdist_group("recipes")
MOMENTS = (0.11, 0.37, 0.63, 0.87)
NAMES = recipe_names()
SINGLES = [name for name in NAMES if not recipe_for(name).all(Pair)]
PAIRS = [name for name in NAMES if recipe_for(name).all(Pair)]
JUST_NOTICEABLE = 2.3  # CIE76 difference of two colours that most people can tell apart


def cast_of(name: str) -> list[Subject]:
    return [small("lucia"), small("jun")] if recipe_for(name).all(Pair) else [small("lucia")]


def film(name: str) -> Film:
    return _drawn(name, 96)


@cache
def _drawn(name: str, short_side: int) -> Film:
    subjects = cast_of(name)
    width, height = frame_size(subjects)
    scale = short_side / min(width, height)
    return Film(recipe_for(name), subjects, (round(width * scale), round(height * scale)), seconds=5, seed=1)


@cache
def frames(name: str) -> tuple[Picture, ...]:
    return tuple(film(name).frame(u) for u in MOMENTS)


def difference(one: Picture, other: Picture) -> float:
    return float(cv2.absdiff(one, other).mean())


def test_every_effect_has_a_recipe() -> None:
    assert len(SINGLES) == 318
    assert len(PAIRS) == 19
    with pytest.raises(KeyError):
        recipe_for("no_such_effect")


def test_no_recipe_is_blank_washed_out_or_leaves_the_portrait_as_it_was() -> None:
    picture = small("lucia").picture
    plain = cv2.resize(picture[:, 22:157], (96, 171), interpolation=cv2.INTER_AREA)
    for name in NAMES:
        spoilt = [float(((frame > 251).all(2) | (frame < 4).all(2)).mean()) for frame in frames(name)]
        assert min(frame.std() for frame in frames(name)[1:3]) > 8, f"{name} is blank"
        assert max(spoilt) < 0.5, f"{name} is clipped"
        if name in SINGLES:
            changes = [difference(frame[:170], plain[:170]) for frame in frames(name)]
            assert max(changes) > 8, f"{name} leaves the portrait as it was"


def test_every_recipe_moves_from_each_moment_to_the_next() -> None:
    for name in NAMES:
        for before, after in zip(frames(name), frames(name)[1:], strict=False):
            assert difference(before, after) > 1, f"{name} stands still"


def test_no_poster_is_caught_in_a_flash() -> None:
    for name in NAMES:
        recipe = recipe_for(name)
        if recipe.all(Flash):
            dark = [replace(part, amount=0.0) if isinstance(part, Flash) else part for part in recipe.parts]
            calm = Film(replace(recipe, parts=tuple(dark)), cast_of(name), film(name).size, seconds=5, seed=1)
            lit = difference(film(name).frame(recipe.still), calm.frame(recipe.still))
            assert lit < 6, f"the poster of {name} is caught in a flash"


def test_any_two_effects_can_be_told_apart() -> None:
    signatures = np.stack([_signature(name) for name in NAMES])
    for index, name in enumerate(NAMES[:-1]):
        colours_apart = np.linalg.norm(signatures[index + 1 :] - signatures[index], axis=-1).mean(axis=1)
        closest = int(colours_apart.argmin())
        assert colours_apart[closest] > 2 * JUST_NOTICEABLE, f"{name} looks like {NAMES[index + 1 + closest]}"


def _signature(name: str) -> Picture:
    """Its moments as the eye weighs colours: tiny, in CIELAB."""
    tiny = [cv2.resize(frame, (14, 16), interpolation=cv2.INTER_AREA) for frame in frames(name)]
    return cv2.cvtColor(np.vstack(tiny).astype(np.float32) / 255, cv2.COLOR_RGB2Lab).reshape(-1, 3)


def test_whoever_is_in_it_is_known_again_by_the_face() -> None:
    for name in NAMES:
        for sitter in ("lucia", "jun") if name in PAIRS else ("lucia",):
            moments = (recipe_for(name).still, 0.08, 0.35, 0.63, 0.9)
            assert any(_is_known(_grey(name, u), sitter) for u in moments), f"where is {sitter} in {name}?"


@cache
def _grey(name: str, u: float) -> Picture:
    """A frame as faces are looked for in: pairs stand further away, and are drawn larger."""
    drawn = _drawn(name, 176) if name in PAIRS else film(name)
    return cv2.cvtColor(drawn.frame(u), cv2.COLOR_RGB2GRAY)


def _is_known(frame: Picture, sitter: str) -> bool:
    """Whether a face like the sitter's is in the frame, and nothing as much like somebody else's."""
    own, strange = _likeness(frame, sitter), _likeness(frame, "anton")
    return own > 0.65 and own > strange


def _likeness(frame: Picture, sitter: str) -> float:
    return max(float(cv2.matchTemplate(frame, face, cv2.TM_CCOEFF_NORMED).max()) for face in _faces(sitter))


@cache
def _faces(sitter: str) -> list[Picture]:
    """Eyes to chin in the sizes and tilts in which recipes show them."""
    left, top, width, height = small(sitter).anchor.box
    grey = cv2.cvtColor(small(sitter).picture, cv2.COLOR_RGB2GRAY)
    face = grey[int(top + 0.2 * height) : int(top + height), int(left + 0.05 * width) : int(left + 0.95 * width)]
    sizes = [cv2.resize(face, (round(12 * 1.18**step), round(13 * 1.18**step))) for step in range(10)]
    return [_tilted(size, degrees) for size in sizes for degrees in (0, -14, 14)]


def _tilted(picture: Picture, degrees: float) -> Picture:
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
