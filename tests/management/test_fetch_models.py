"""The models that find people, fetched at set-up."""

import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command

from effects.management.commands import fetch_models

CONTENTS = {"selfie_segmentation": b"outlines", "face_detection": b"faces", "face_landmark": b"points"}


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the models go; the package is a small one with models of a few letters."""
    named = {
        module: (name, hashlib.sha256(CONTENTS[module]).hexdigest())
        for module, (name, _) in fetch_models.MODELS.items()
    }
    monkeypatch.setattr(fetch_models, "MODELS", named)
    monkeypatch.setattr("django.conf.settings.DATA_DIR", tmp_path)
    return tmp_path / "models"


@pytest.fixture
def downloads(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The downloads there have been."""
    made = []

    def download(place: Path) -> Path:
        wheel = place / "package.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for module, (name, _) in fetch_models.MODELS.items():
                archive.writestr(f"mediapipe/modules/{module}/{name}", CONTENTS[module])
        made.append(wheel)
        return wheel

    monkeypatch.setattr(fetch_models, "download", download)
    return made


def test_all_models_are_fetched_once(folder: Path, downloads: list[Path]) -> None:
    call_command("fetch_models")
    call_command("fetch_models")
    assert sorted(file.read_bytes() for file in folder.iterdir()) == sorted(CONTENTS.values())
    assert len(downloads) == 1


def test_a_studio_with_one_model_gets_the_others(folder: Path, downloads: list[Path]) -> None:
    folder.mkdir()
    (folder / "selfie_segmentation.tflite").write_bytes(CONTENTS["selfie_segmentation"])
    call_command("fetch_models")
    assert (folder / "face_landmark.tflite").read_bytes() == b"points"


def test_a_model_that_was_damaged_is_replaced(folder: Path, downloads: list[Path]) -> None:
    call_command("fetch_models")
    (folder / "face_landmark.tflite").write_bytes(b"poi")
    call_command("fetch_models")
    assert (folder / "face_landmark.tflite").read_bytes() == b"points"


def test_a_damaged_download_is_refused(
    folder: Path, downloads: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fetch_models, "unpacked", lambda wheel: dict.fromkeys(CONTENTS, b"half a model"))
    call_command("fetch_models")
    assert "could not all be fetched" in capsys.readouterr().out
    assert not folder.exists()


def test_a_machine_without_network_is_told_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(place: Path) -> Path:
        raise subprocess.CalledProcessError(1, "pip")

    monkeypatch.setattr(fetch_models, "download", fails)
    call_command("fetch_models")
    assert "script/setup tries again" in capsys.readouterr().out
