from pathlib import Path

import cv2
import numpy as np
import pytest

from effects.catalogue.sitters import sitter
from effects.render import Recipe, Subject, frame_size, render_still
from tests.render.cast import cropped, small

WINGS = Recipe.read(
    "wings",
    {
        "parts": [
            {"kind": "wear", "sprite": "angel-wing-left", "on": "back", "layer": "behind"},
            {"kind": "move", "move": "float"},
        ]
    },
)


def test_a_picture_without_a_face_still_makes_a_frame(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 240, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "wall.png"), noise)
    subject = Subject.open(tmp_path / "wall.png")
    assert subject.face is None
    assert render_still(WINGS, [subject], seed=1, short_side=120).std() > 10


def test_a_picture_is_read_as_it_lies_and_in_rgb(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "red.png"), np.full((40, 60, 3), (0, 0, 255), np.uint8))
    subject = Subject.open(tmp_path / "red.png")
    assert subject.picture.shape == (40, 60, 3)
    assert tuple(subject.picture[0, 0]) == (255, 0, 0)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "words.png").write_text("no picture")
    with pytest.raises(ValueError, match=r"words\.png"):
        Subject.open(tmp_path / "words.png")


def test_a_huge_picture_is_kept_at_a_workable_size(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "huge.png"), np.zeros((3000, 2000, 3), np.uint8))
    assert max(Subject.open(tmp_path / "huge.png").picture.shape) == 1600


def test_the_estimated_person_has_no_hard_edge() -> None:
    mask = Subject(small("anton", 360).picture, small("anton", 360).face).mask.astype(int)
    assert mask.max() > 240
    assert np.abs(np.diff(mask, axis=1)).max() < 40


def test_a_pair_stands_in_a_square_unless_a_photo_lies_down() -> None:
    assert frame_size([small("jun"), small("milo")]) == (960, 960)
    assert frame_size([small("jun"), cropped("milo", 110)]) == (1280, 720)


def test_sitters_come_with_exact_faces_and_cutouts() -> None:
    subject = sitter("odette")
    assert subject.face is not None and subject.cutout is not None
    assert subject.cutout.shape == subject.picture.shape[:2]
    assert subject.cutout[int(subject.face.nose.y), int(subject.face.nose.x)] == 255
    assert subject.cutout[10, 10] == 0
