import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from effects.catalogue.sitters import PEOPLE, PETS, sitter
from effects.render.faces import Face, face_in_box, face_in_mask, with_hair
from effects.render.landmarks import faces_in
from effects.render.pictures import Picture
from effects.render.sprites import sprite

POINTS = ("left_eye", "right_eye", "nose", "mouth", "chin")


def off(face: Face, exact: Face) -> float:
    """How far the worst point is from where it should be, in widths of the face."""
    distances = [math.dist(getattr(face, name), getattr(exact, name)) for name in POINTS]
    return max(distances) / exact.box[2]


@pytest.mark.parametrize("name", PEOPLE)
def test_every_point_of_a_face_is_found(models: Path, name: str) -> None:
    person = sitter(name)
    (face,) = faces_in(person.picture, models)
    assert person.face is not None
    assert off(face, person.face) < 0.08
    assert face.box[2] == pytest.approx(person.face.box[2], rel=0.12)
    assert face.box[3] == pytest.approx(person.face.box[3], rel=0.15)


@pytest.mark.parametrize("angle", [-35, 20, 40])
def test_a_head_that_leans_is_seen_to_lean(models: Path, angle: int) -> None:
    person = sitter("samira")
    assert person.face is not None
    turn = cv2.getRotationMatrix2D(tuple(person.face.centre), -angle, 1)
    height, width = person.picture.shape[:2]
    turned = cv2.warpAffine(person.picture, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    (face,) = faces_in(turned, models)
    assert face.tilt - person.face.tilt == pytest.approx(angle, abs=4)
    up = np.subtract(face.head_top, face.chin)
    assert math.degrees(math.atan2(up[0], -up[1])) == pytest.approx(face.tilt, abs=6)


def far_away(name: str, width: int = 1000, height: int = 640, tall: int = 130) -> Picture:
    """A sitter as a small figure on a grey wall, left of the middle."""
    person = sitter(name)
    assert person.cutout is not None
    scale = tall / person.picture.shape[0]
    small = cv2.resize(person.picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    alone = cv2.resize(person.cutout, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[..., None] / 255
    wall = np.full((height, width, 3), 150, np.uint8)
    spot = wall[400 : 400 + small.shape[0], 250 : 250 + small.shape[1]]
    spot[:] = spot * (1 - alone) + small * alone
    return wall


def test_a_small_face_in_a_wide_picture_is_found(models: Path) -> None:
    (face,) = faces_in(far_away("jun"), models)
    exact = sitter("jun").face
    assert exact is not None
    assert off(face, exact.scaled(130 / 960, 250, 400)) < 0.12


def test_two_people_are_two_faces_and_the_larger_is_first(models: Path) -> None:
    large, little = sitter("anton").picture, cv2.resize(sitter("milo").picture, None, fx=0.6, fy=0.6)
    height = large.shape[0]
    little = cv2.copyMakeBorder(little, height - little.shape[0], 0, 0, 0, cv2.BORDER_REPLICATE)
    first, second = faces_in(np.hstack([little, large]), models)
    assert first.centre.x > little.shape[1] > second.centre.x


@pytest.mark.parametrize("thing", ["gift-box", "wall", "noise"])
def test_a_thing_is_no_face(models: Path, thing: str) -> None:
    pictures = {
        "gift-box": cv2.cvtColor(sprite("gift-box", 320, ()), cv2.COLOR_RGBA2RGB),
        "wall": np.full((320, 320, 3), 120, np.uint8),
        "noise": np.random.default_rng(2).integers(0, 255, (320, 400, 3), np.uint8),
    }
    assert faces_in(pictures[thing], models) == []


def test_a_head_ends_where_the_hair_does() -> None:
    face = face_in_box(100, 200, 100, 140)
    mask = np.zeros((400, 300), np.uint8)
    mask[120:] = 255
    assert with_hair(face, mask).head_top == pytest.approx((150, 119), abs=2)
    assert with_hair(face, np.full_like(mask, 255)) == face


@pytest.mark.parametrize("name", PETS)
def test_on_a_pet_the_face_is_guessed_from_its_outline(name: str) -> None:
    pet = sitter(name)
    assert pet.face is not None and pet.cutout is not None
    aside = np.roll(pet.cutout, -100, axis=1)
    guess = face_in_mask(aside)
    assert guess.eyes == pytest.approx((pet.face.eyes.x - 100, pet.face.eyes.y), abs=0.25 * pet.face.box[2])
    assert guess.box[2] == pytest.approx(pet.face.box[2], rel=0.3)
