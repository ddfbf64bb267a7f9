"""What a video must be."""

from pathlib import Path

import pytest

from effects.media.videos import BadVideo, TooLong, probe
from tests.clips import make_clip


def test_a_video_tells_its_size_length_and_poster(clip: Path) -> None:
    found = probe(clip)
    assert (found.width, found.height, found.seconds) == (72, 128, pytest.approx(1, abs=0.05))
    assert found.poster.size == (72, 128)
    assert found.size == clip.stat().st_size
    assert len(found.digest) == 64


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_a_video_cut_short_is_found_out_though_its_header_promises_all(clip: Path, tmp_path: Path, keep: float) -> None:
    cut = tmp_path / "cut.mp4"
    content = clip.read_bytes()
    cut.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(BadVideo):
        probe(cut)


@pytest.mark.parametrize("content", [b"", b"<html>Gone</html>", b"\x00" * 5000])
def test_what_is_no_video_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "page.mp4"
    file.write_bytes(content)
    with pytest.raises(BadVideo):
        probe(file)


def test_a_flash_of_a_few_frames_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(BadVideo):
        probe(make_clip(tmp_path / "flash.mp4", frames=5))


def test_no_more_is_decoded_than_a_video_may_last(clip: Path) -> None:
    with pytest.raises(TooLong):
        probe(clip, longest=0.5)


def test_enormous_pictures_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    huge = make_clip(tmp_path / "huge.mp4", width=6000, height=2000, frames=1)
    with pytest.raises(BadVideo, match="6000 x 2000 pixels"):
        probe(huge)


def test_a_playlist_that_names_another_file_is_no_video(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "other.mp4").write_bytes(clip.read_bytes())
    playlist = tmp_path / "list.mp4"
    playlist.write_text("ffconcat version 1.0\nfile other.mp4\n")
    with pytest.raises(BadVideo):
        probe(playlist)
