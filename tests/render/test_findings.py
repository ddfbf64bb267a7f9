"""What was found in a portrait lies beside it, and never outlives it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from effects.render import Subject, findings, networks
from effects.render.faces import face_in_box
from effects.render.findings import Findings, worth_showing
from effects.render.pictures import Picture

SEEN = Findings((4, 2, 94, 122), face_in_box(20, 30, 40.5, 50), np.arange(90 * 120, dtype=np.uint8).reshape(120, 90))


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "some-key.png"
    cv2.imwrite(str(path), np.random.default_rng(3).integers(0, 255, (130, 100, 3), np.uint8))
    return path


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """The pictures that were searched; in each, the same is found."""
    searched = []

    def find(picture: Picture, models: Path | None) -> Findings:
        searched.append(picture.shape)
        return SEEN

    monkeypatch.setattr(findings, "find", find)
    return searched


def same(subject: Subject) -> bool:
    return (
        subject.face == SEEN.face
        and subject.picture.shape == (120, 90, 3)
        and subject.cutout is not None
        and bool((subject.cutout == SEEN.cutout).all())
    )


def test_a_portrait_is_searched_once(portrait: Path, looks: list[tuple[int, ...]]) -> None:
    assert same(Subject.open(portrait, keep=True))
    assert same(Subject.open(portrait, keep=True))
    assert len(looks) == 1


def test_nothing_found_is_kept_too(portrait: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = Findings((0, 0, 100, 130))
    monkeypatch.setattr(findings, "find", lambda picture, models: nothing)
    Subject.open(portrait, keep=True)
    monkeypatch.setattr(findings, "find", lambda picture, models: SEEN)
    subject = Subject.open(portrait, keep=True)
    assert (subject.face, subject.cutout) == (None, None)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(file.read_bytes()[:-30]),
        lambda file: file.write_bytes(file.read_bytes().replace(b'"part": [4', b'"part": [5')),
    ],
    ids=["empty", "cut off", "changed"],
)
def test_a_damaged_file_is_made_anew(
    portrait: Path, looks: list[tuple[int, ...]], spoil: Callable[[Path], object]
) -> None:
    Subject.open(portrait, keep=True)
    spoil(portrait.with_suffix(".findings"))
    assert same(Subject.open(portrait, keep=True))
    assert same(Subject.open(portrait, keep=True))
    assert len(looks) == 2


def test_other_models_and_other_pictures_are_searched_anew(
    portrait: Path, looks: list[tuple[int, ...]], tmp_path: Path
) -> None:
    Subject.open(portrait, keep=True)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "face_landmark.tflite").write_bytes(b"a newer one")
    Subject.open(portrait, tmp_path / "models", keep=True)
    cv2.imwrite(str(portrait), np.full((140, 100, 3), 9, np.uint8))
    Subject.open(portrait, tmp_path / "models", keep=True)
    assert [shape[0] for shape in looks] == [130, 130, 140]


def test_of_a_portrait_that_is_deleted_meanwhile_nothing_stays(
    portrait: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def find(picture: Picture, models: Path | None) -> Findings:
        portrait.unlink()
        return SEEN

    monkeypatch.setattr(findings, "find", find)
    assert same(Subject.open(portrait, keep=True))
    assert not list(tmp_path.iterdir())


def test_unless_asked_nothing_is_kept(portrait: Path, looks: list[tuple[int, ...]], tmp_path: Path) -> None:
    Subject.open(portrait)
    assert list(tmp_path.iterdir()) == [portrait]


def test_a_strip_is_shown_no_longer_than_a_clip() -> None:
    left, top, right, bottom = worth_showing((2000, 400), [(100, 1500, 300, 1800)])
    assert (right - left) / (bottom - top) == pytest.approx(9 / 16, abs=0.01)
    assert top < 1500 and bottom > 1800


def test_of_a_group_wider_than_any_clip_the_nearest_is_shown() -> None:
    faces = [(60, 60, 440, 800), (1160, 80, 1540, 820)]
    left, _, right, _ = worth_showing((600, 1500), faces)
    assert left <= 250 <= right
    assert worth_showing((600, 1000), [(100, 60, 480, 600), (500, 80, 880, 600)]) == (0, 0, 1000, 600)


def test_a_small_figure_is_shown_closer_and_a_large_one_whole() -> None:
    left, top, right, bottom = worth_showing((1600, 1200), [(200, 300, 500, 900)])
    assert bottom - top == 600 and left < 200 and right > 500
    assert worth_showing((1600, 1200), [(200, 100, 900, 1500)]) == (0, 0, 1200, 1600)


def test_somebody_without_a_face_is_shown_closer_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def white(picture: Picture, models: Path, sure: float) -> Picture:
        return (picture[..., 0] > 200).astype(np.uint8) * 255

    (tmp_path / networks.OUTLINE).touch()
    monkeypatch.setattr(findings, "person_mask", white)
    picture = np.zeros((1000, 1500, 3), np.uint8)
    picture[500:900, 1100:1300] = 255
    found = findings.find(picture, tmp_path)
    left, top, right, bottom = found.part
    assert bottom - top < 700 and found.face is None and found.cutout is not None
    assert (found.cutout == white(picture[top:bottom, left:right], tmp_path, 0)).all()
    assert found.cutout.sum() == 400 * 200 * 255


def test_a_group_stays_together() -> None:
    left, _, right, _ = worth_showing((1000, 1500), [(100, 200, 300, 500), (1100, 200, 1300, 500)])
    assert left <= 100 and right >= 1300


def test_the_face_is_where_it_was_after_the_picture_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    face = face_in_box(1200, 300, 60, 80)
    monkeypatch.setattr(findings, "_faces", lambda picture, models: [face, replace(face, box=(0, 0, 30, 40))])
    found = findings.find(np.zeros((1000, 2000, 3), np.uint8), None)
    left, top, right, bottom = found.part
    assert bottom - top < 600 and found.face is not None
    assert (found.face.nose.x + left, found.face.nose.y + top) == pytest.approx(face.nose)
    assert 0 < found.face.nose.x < right - left
