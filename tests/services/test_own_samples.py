"""Videos of the owner's in place of rendered samples."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from effects.models import Effect
from effects.services import own_samples
from effects.services.refusals import SampleRefused
from tests.clips import make_clip, upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def show(effect: Effect, path: Path) -> list[str]:
    """Replace an effect's sample; return the names of the stored files."""
    own = upload(path)
    own_samples.replace(effect, own, own_samples.check(own))
    effect.refresh_from_db()
    return [effect.sample.name, effect.sample_poster.name]


def stored(names: list[str]) -> list[bool]:
    return [default_storage.exists(name) for name in names]


def test_a_video_is_stored_with_a_poster_of_its_own(effect: Effect, clip: Path) -> None:
    show(effect, clip)

    assert effect.sample.read() == clip.read_bytes()
    assert Image.open(effect.sample_poster.path).size == own_samples.LARGE
    assert effect.sample_type == "video/mp4"


@pytest.mark.parametrize("name", ["own.mp4", "own.webm"])
def test_the_poster_is_of_the_later_part(name: str, tmp_path: Path) -> None:
    """The gradient of the clip moves down by three rows a frame, so that dark rows tell how far it has come."""
    clip = make_clip(tmp_path / name, codec="libx264" if name.endswith("mp4") else "libvpx-vp9")

    probe = own_samples.check(upload(clip))

    column = [int(probe.poster.convert("L").getpixel((36, row))) for row in range(probe.height)]
    assert column.index(min(column)) == pytest.approx(3 * 24 * 0.6, abs=6)
    assert probe.suffix == Path(name).suffix


def test_another_video_and_none_at_all_take_the_old_files_along(effect: Effect, clip: Path) -> None:
    first = show(effect, clip)
    second = show(effect, clip)
    assert stored(first) == [False, False]
    assert stored(second) == [True, True]

    own_samples.restore(effect)

    effect.refresh_from_db()
    assert (effect.sample.name, effect.sample_poster.name) == ("", "")
    assert stored(second) == [False, False]


def test_a_row_that_cannot_be_written_leaves_no_files(
    effect: Effect, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = show(effect, clip)

    def broken(*args: object, **options: object) -> None:
        raise OSError("The disk is full")

    monkeypatch.setattr(effect, "save", broken)
    own = upload(clip)
    with pytest.raises(OSError, match="full"):
        own_samples.replace(effect, own, own_samples.check(own))

    assert stored([effect.sample.name, effect.sample_poster.name]) == [False, False]
    assert stored(before) == [True, True]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"no video", "not a video that we can read"), (b"", "not a video that we can read")],
)
def test_what_is_no_video_is_refused_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(SampleRefused, match=sentence):
        own_samples.check(SimpleUploadedFile("own.mp4", content))


def test_a_damaged_video_is_refused(clip: Path) -> None:
    whole = clip.read_bytes()
    with pytest.raises(SampleRefused, match="damaged"):
        own_samples.check(SimpleUploadedFile("own.mp4", whole[: len(whole) // 2]))


def test_a_video_that_browsers_do_not_play_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SampleRefused, match="Browsers do not play"):
        own_samples.check(upload(make_clip(tmp_path / "own.mp4", codec="mpeg4")))


def test_a_video_that_is_too_heavy_or_too_long_is_refused(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_samples, "LONGEST", 0.5)
    with pytest.raises(SampleRefused, match="longer than"):
        own_samples.check(upload(clip))
    monkeypatch.setattr(own_samples, "MOST_MEGABYTES", 0)
    with pytest.raises(SampleRefused, match="larger than"):
        own_samples.check(upload(clip))


def test_files_whose_row_was_never_written_go_after_a_day(effect: Effect, clip: Path) -> None:
    kept = show(effect, clip)
    lost, young = default_storage.path("samples/lost.mp4"), default_storage.path("samples/young.mp4")
    for path in (lost, young, *map(default_storage.path, kept)):
        with Path(path).open("ab"):
            os.utime(path, None if path == young else (0, 0))

    own_samples.clear_leftovers()

    assert [Path(path).exists() for path in (lost, young)] == [False, True]
    assert stored(kept) == [True, True]
