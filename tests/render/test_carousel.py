"""A ring of framed portraits: it hangs around the person, turns, and passes before them on one side only."""

from typing import Any

import cv2
import numpy as np

from effects.render import Recipe
from effects.render.film import Film
from effects.render.pictures import Picture
from tests.render.cast import small

SIZE = (108, 192)
RING = {"kind": "carousel", "styles": ["sketch", "ink", "clay", "mosaic"], "turns": 0.5, "ease": "linear"}
ROOM = {"kind": "scene", "scene": "gallery-hall"}


def frame(u: float, *parts: dict[str, Any]) -> Picture:
    film = Film(Recipe.read("ring", {"parts": [ROOM, *parts]}), [small("lucia")], SIZE, seconds=5, seed=1)
    return film.frame(u)


def changed(one: Picture, other: Picture) -> Picture:
    """Where two frames differ, (H, W) bool."""
    return np.asarray(cv2.absdiff(one, other).max(axis=2) > 12)


def test_the_far_half_hangs_above_and_the_near_half_below() -> None:
    bare = frame(0.05)
    far = changed(frame(0.05, {**RING, "layer": "behind"}), bare)
    near = changed(frame(0.05, {**RING, "layer": "front"}), bare)
    assert far.any() and near.any()
    assert np.argwhere(far)[:, 0].mean() < np.argwhere(near)[:, 0].mean() - 0.1 * SIZE[1]


def test_the_ring_turns() -> None:
    ring = {**RING, "layer": "front"}
    assert changed(frame(0.2, ring), frame(0.4, ring)).mean() > 0.03


def test_every_portrait_on_the_ring_has_its_own_style() -> None:
    plain = {**RING, "styles": ["silver"] * 4, "layer": "front"}
    assert changed(frame(0.3, plain), frame(0.3, {**RING, "layer": "front"})).mean() > 0.01
