from typing import Any

import cv2
import numpy as np
import pytest

from effects.render import Recipe, cast
from effects.render.film import Film
from effects.render.geometry import place, trimmed
from effects.render.pictures import Picture, mixed, paired, recoloured
from effects.render.sprites import sprite
from tests.render.cast import small

SIZE = (180, 320)
SCENE = {"kind": "scene", "scene": "studio"}
PUSH = {"kind": "move", "move": "push"}
BEHIND = {"kind": "wear", "sprite": "angel-wing-left", "on": "back", "layer": "behind", "at": 0.99}
LIGHTS = [
    {"kind": "particles", "sprites": ["petal"], "spin": 1.0, "flutter": True},
    {"kind": "light", "light": "embers"},
    {"kind": "light", "light": "rays", "layer": "behind"},
    {"kind": "grade", "look": "neon", "until": 0.5},
    {"kind": "finish", "bloom": 0.5, "leak": 0.5, "grain": 0.3},
]


def film(*parts: Any) -> Film:
    return Film(Recipe.read("a", {"parts": list(parts)}), [small("jun")], SIZE, seconds=5, seed=1)


def test_a_frame_hangs_on_its_moment_alone() -> None:
    moments = [0.1, 0.5, 0.9]
    forwards, backwards = film(SCENE, PUSH, *LIGHTS), film(SCENE, PUSH, *LIGHTS)
    first = [forwards.frame(u) for u in moments]
    again = [backwards.frame(u) for u in reversed(moments)]
    for one, other in zip(first, reversed(again), strict=True):
        assert np.array_equal(one, other)
    assert not np.array_equal(first[0], first[1])


def test_a_person_who_is_given_no_movement_breathes() -> None:
    still = film(SCENE, {"kind": "finish", "vignette": 0.0})
    apart = np.abs(still.frame(0.0).astype(int) - still.frame(0.17).astype(int)).max(axis=2)
    changed = np.argwhere(apart > 24)
    assert 20 < len(changed) < 0.2 * SIZE[0] * SIZE[1]
    lively = film(SCENE, {"kind": "move", "move": "hop", "target": "person", "at": 0.9})
    assert np.array_equal(lively.frame(0.0), lively.frame(0.17))


@pytest.mark.parametrize(("place", "is_darker"), [(SCENE, True), (BEHIND, False)])
def test_people_cast_a_shadow_on_a_painted_place_but_not_on_their_own_wall(
    monkeypatch: pytest.MonkeyPatch, place: dict[str, Any], is_darker: bool
) -> None:
    with_shadow = film(place).frame(0.0).astype(int)
    monkeypatch.setattr(cast, "SHADE", 0.0)
    less = film(place).frame(0.0).astype(int) - with_shadow
    assert less.min() >= -2
    assert ((less.max(axis=2) > 24).mean() > 0.01) == is_darker
    assert (less.max() > 0) == is_darker


def test_clear_margins_are_cut_off_without_a_trace() -> None:
    layer = sprite("star", 60)
    picture, inset = trimmed(cv2.copyMakeBorder(layer, 9, 3, 5, 7, cv2.BORDER_CONSTANT))
    assert picture.shape[0] < 72 and picture.shape[1] < 72
    turned = np.array([[0.9, -0.3, 30], [0.3, 0.9, 20], [0, 0, 1]])
    whole, cut = np.full((120, 120, 3), 90, np.uint8), np.full((120, 120, 3), 90, np.uint8)
    place(whole, cv2.copyMakeBorder(layer, 9, 3, 5, 7, cv2.BORDER_CONSTANT), turned)
    place(cut, picture, turned @ inset)
    assert np.abs(whole.astype(int) - cut.astype(int)).max() <= 2
    assert whole.std() > 5


def test_two_bytes_at_a_time_are_recoloured_as_one_would_be() -> None:
    dice = np.random.default_rng(1)
    picture, table = dice.integers(0, 256, (6, 8, 3), np.uint8), dice.integers(0, 256, (256, 3), np.uint8)
    plain: Picture = cv2.LUT(picture, table[None])
    recoloured(picture, paired(table))
    assert np.array_equal(picture, plain)


def test_a_cross_between_two_pictures_follows_the_mask() -> None:
    one, other = np.full((2, 3, 4), 200, np.uint8), np.full((2, 3, 4), 100, np.uint8)
    mask = np.array([[0, 128, 255]] * 2, np.uint8)
    assert np.abs(mixed(one, other, mask)[0, :, 0].astype(int) - [200, 150, 100]).max() <= 1
