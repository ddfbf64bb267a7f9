from pathlib import Path

import cv2
import numpy as np
import pytest

from effects.catalogue.sitters import sitter
from effects.render import Subject, segmentation
from effects.render.segmentation import person_mask


@pytest.mark.parametrize("name", ["lucia", "anton", "odette"])
def test_a_person_is_cut_out_with_all_their_hair(models: Path, name: str) -> None:
    person = sitter(name)
    assert person.cutout is not None
    mask = person_mask(person.picture, models)
    assert mask is not None and mask.shape == person.cutout.shape and mask.dtype == np.uint8
    found, exact = mask > 127, person.cutout > 127
    assert (found & exact).sum() / (found | exact).sum() > 0.95


def test_where_nobody_is_there_is_no_mask(models: Path) -> None:
    gradient = np.tile(np.linspace(0, 255, 320).astype(np.uint8), (240, 1))
    assert person_mask(np.dstack([gradient] * 3), models) is None


def test_a_photo_opened_with_the_models_is_cut_out(models: Path, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "anton.png"), cv2.cvtColor(sitter("anton").picture, cv2.COLOR_RGB2BGR))
    assert Subject.open(tmp_path / "anton.png", models).cutout is not None


def test_without_the_models_a_thing_is_shown_on_a_card(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((300, 400, 3), 90, np.uint8))
    subject = Subject.open(tmp_path / "grey.png", tmp_path / "models")
    assert subject.cutout is None
    edges = np.abs(np.diff((subject.mask[150] > 5).astype(int) + (subject.mask[150] > 250)))
    assert subject.mask[150, 200] == 255 and subject.mask[0, 0] == 0
    assert edges.sum() == 4 and np.count_nonzero(edges) <= 4
    assert (subject.figure != subject.picture).any()


def test_the_wall_takes_its_colour_from_around_the_person() -> None:
    picture = np.full((400, 400, 3), 200, np.uint8)
    mask = np.zeros((400, 400), np.uint8)
    mask[40:, 60:340] = 255
    picture[mask > 0] = (255, 0, 0)
    assert np.abs(Subject(picture, cutout=mask).wall.astype(int) - 200).max() < 12


def test_a_doubtful_hole_in_a_person_is_filled_and_a_real_one_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = np.zeros((256, 256), np.float32)
    seen[60:, 50:200] = 1
    seen[120:140, 70:90], seen[120:140, 150:170] = 0.2, 0
    monkeypatch.setattr(segmentation, "_likelihood", lambda picture, network: seen)
    mask = person_mask(np.full((512, 512, 3), 128, np.uint8), Path())
    assert mask is not None
    assert mask[260, 160] > 250 and mask[260, 320] < 5
