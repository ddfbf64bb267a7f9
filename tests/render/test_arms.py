import cv2
import numpy as np
import pytest

from effects.render import Recipe
from effects.render.film import Film
from effects.render.pictures import Picture
from effects.render.subject import Subject
from effects.render.tones import tones_of
from tests.render.cast import small

PAIR = {"kind": "pair", "apart": 0.25, "scale": 0.9}
STILL = {"kind": "finish", "vignette": 0.0}


def film(
    *parts: dict[str, object], cast: tuple[str, ...] = ("lucia", "jun"), size: tuple[int, int] = (160, 160)
) -> Film:
    recipe = Recipe.read("hug", {"parts": [*parts, STILL]})
    return Film(recipe, [small(name) for name in cast], size, seconds=5, seed=1)


def changed(one: Picture, other: Picture) -> Picture:
    return cv2.absdiff(one, other).max(axis=2) > 12


def test_an_arm_reaches_out_over_its_span() -> None:
    plain, hug = film(PAIR), film(PAIR, {"kind": "arms", "at": 0.2, "until": 0.6})
    assert not changed(plain.frame(0.1), hug.frame(0.1)).any()
    assert changed(plain.frame(0.9), hug.frame(0.9)).mean() > 0.05


def test_the_arm_of_the_left_person_ends_on_the_right_one() -> None:
    plain, hug = film(PAIR), film(PAIR, {"kind": "arms", "who": "left"})
    across = changed(plain.frame(0.5), hug.frame(0.5)).any(axis=0).nonzero()[0]
    right = hug.stage.faces[1].centre.x
    assert across.min() < hug.stage.faces[0].centre.x and abs(across.max() - right) < hug.stage.faces[1].box[2]


def test_a_striking_arm_comes_back_and_goes_with_its_span() -> None:
    plain = film(PAIR)
    fight = film(PAIR, {"kind": "arms", "who": "left", "beats": 2, "at": 0.2, "until": 0.8})
    reach = [changed(plain.frame(u), fight.frame(u)).any(axis=0).nonzero()[0] for u in (0.275, 0.425, 0.9)]
    assert reach[0].max() > reach[1].max() + 8
    assert reach[2].size == 0


def test_sleeves_and_hands_have_the_colours_of_their_owner() -> None:
    picture = small("jun").picture.copy()
    face = small("jun").face
    assert face is not None
    picture[:] = (200, 150, 120)
    picture[int(face.chin.y + 0.3 * face.box[2]) :] = (20, 60, 200)
    dye = tones_of(Subject(picture, face))
    assert (dye.skin, dye.cloth) == ((200, 150, 120), (20, 60, 200))
    assert ("s2", "#C89678") in dye.colours and ("c2", "#143CC8") in dye.colours


def test_one_portrait_stands_there_twice_and_only_one_is_styled() -> None:
    twins = film({"kind": "twins"}, {"kind": "style", "style": "silver", "on": "left"}, cast=("lucia",))
    faces = twins.stage.faces
    assert len(faces) == 2 and faces[0].centre.x < 80 < faces[1].centre.x
    frame = twins.frame(0.5)
    grey = [float(np.ptp(frame[int(face.nose.y), int(face.nose.x)].astype(int))) for face in faces]
    assert grey[0] < 8 < grey[1]


@pytest.mark.parametrize("size", [(160, 160), (280, 160), (160, 280)])
def test_two_very_different_portraits_get_faces_of_nearly_one_size(size: tuple[int, int]) -> None:
    near, whole = small("lucia"), small("jun")
    assert whole.face is not None and whole.cutout is not None
    far = cv2.copyMakeBorder(whole.picture, 240, 0, 180, 180, cv2.BORDER_REPLICATE)
    mask = cv2.copyMakeBorder(whole.cutout, 240, 0, 180, 180, cv2.BORDER_CONSTANT)
    pair = [near, Subject(far, whole.face.scaled(1, 180, 240), mask)]
    left, right = Film(Recipe.read("hug", {"parts": [PAIR]}), pair, size, seconds=5, seed=1).stage.faces
    assert 0.6 < left.box[2] / right.box[2] < 1.7
    assert 0 < left.centre.x < size[0] / 2 < right.centre.x < size[0]
    assert min(left.box[1], right.box[1]) > 0


def test_of_a_striped_shirt_the_sleeve_gets_one_colour_never_the_mixture() -> None:
    picture = small("jun").picture.copy()
    picture[:] = (250, 250, 240)
    picture[::4] = picture[1::4] = picture[2::4] = (20, 120, 100)
    assert tones_of(Subject(picture, small("jun").face)).cloth == (20, 120, 100)


def test_a_hand_has_the_skin_of_the_one_it_belongs_to() -> None:
    hand = {"kind": "prop", "sprite": "hand", "keys": [[0, 0.5, 0.5, 0.9, 0]], "bob": 0.0}
    cast = [Subject(np.full((160, 120, 3), tone, np.uint8), small("jun").face) for tone in (60, 200)]
    shown = {
        owner: Film(
            Recipe.read("hug", {"parts": [PAIR, {**hand, "of": owner}, STILL]}), cast, (160, 160), seconds=5, seed=1
        )
        .frame(0.5)[60:100, 60:100]
        .mean()
        for owner in ("left", "right", "nobody")
    }
    assert shown["left"] < 90 < 150 < shown["right"]
    assert abs(shown["nobody"] - shown["left"]) > 50
