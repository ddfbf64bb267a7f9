"""Cuts open a gap in a cut-out through which the place behind is seen; a whirl turns a body on the spot."""

import cv2
import numpy as np
import pytest

from effects.render import Recipe
from effects.render.film import Film
from effects.render.motion import MOVES, Pose
from effects.render.pictures import Picture
from tests.render.cast import small

SIZE = (216, 384)
WALL = {"kind": "scene", "scene": "studio"}
STEADY = {"kind": "warp", "shape": "steady", "amount": 1.6}


def frame(*parts: dict[str, object]) -> tuple[Film, Picture]:
    film = Film(Recipe.read("cut", {"parts": [WALL, *parts]}), [small("lucia", 240)], SIZE, seconds=5, seed=1)
    return film, film.frame(0.5)


@pytest.mark.parametrize(
    ("warp", "across", "down"), [("cut_left", -0.64, 0.3), ("cut_right", 0.64, 0.3), ("cut_neck", 0.0, 0.75)]
)
def test_a_cut_shows_the_place_behind(warp: str, across: float, down: float) -> None:
    film, cut = frame({**STEADY, "warp": warp})
    assert film.backdrop is not None
    whole, empty = frame()[1], film.backdrop.draw(np.eye(3), 0.5)
    face = film.stage.faces[0]
    x, y = (int(face.centre.x + across * face.box[2] * 1.1), int(face.centre.y + down * face.box[2] * 1.1))
    spot = (slice(y - 2, y + 3), slice(x - 2, x + 3))
    film.finish.draw(empty, 0.5, 0)
    assert cv2.absdiff(whole[spot], empty[spot]).mean() > 25, "somebody stands there"
    assert cv2.absdiff(cut[spot], empty[spot]).mean() < 25, "the gap is clear"


def test_a_whirl_turns_a_body_about_its_middle() -> None:
    matrix = MOVES["whirl"](0.25, 0.0, 1.0).matrix((100.0, 200.0), 100)
    assert matrix @ (100, 170, 1) == pytest.approx((100, 170, 1), abs=0.5)
    assert matrix @ (100, 140, 1) == pytest.approx((130, 170, 1), abs=0.5)
    assert MOVES["whirl"](1.0, 0.0, 2.0) == pytest.approx(Pose(turn=720))
