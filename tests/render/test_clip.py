import os
import subprocess
import sys
from pathlib import Path

import av
import pytest

from effects.render import Recipe, Subject, render_clip, render_still
from tests.render.cast import cropped, small

SNOW = Recipe.read(
    "snow",
    {
        "parts": [
            {"kind": "move", "move": "push"},
            {"kind": "particles", "sprites": ["snowflake"], "layer": "behind"},
            {"kind": "wear", "sprite": "santa-hat", "on": "head"},
        ]
    },
)


def made(folder: Path, subject: Subject, seed: int = 1) -> Path:
    target = folder / f"clip-{seed}.mp4"
    render_clip(SNOW, [subject], target, seed=seed, seconds=0.5)
    return target


@pytest.mark.parametrize(
    ("subject", "size"),
    [(small("lucia"), (720, 1280)), (cropped("lucia", 180), (960, 960)), (cropped("lucia", 110), (1280, 720))],
)
def test_a_clip_stands_as_its_portrait_does(tmp_path: Path, subject: Subject, size: tuple[int, int]) -> None:
    with av.open(str(made(tmp_path, subject))) as clip:
        stream = clip.streams.video[0]
        assert (stream.width, stream.height) == size
        assert stream.codec_context.name == "h264" and stream.codec_context.profile == "High"
        assert stream.pix_fmt == "yuv420p" and stream.average_rate == 24
        assert len(list(clip.decode(stream))) == 12


def test_a_clip_is_tagged_with_the_colours_it_has(tmp_path: Path) -> None:
    with av.open(str(made(tmp_path, small("jun")))) as clip:
        context = clip.streams.video[0].codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)
        decoded = next(clip.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    drawn = render_still(SNOW, [small("jun")], seed=1, at=0.0).astype(int)
    assert abs(decoded - drawn).mean(axis=(0, 1)).max() < 6


def test_a_clip_can_start_before_it_is_wholly_loaded(tmp_path: Path) -> None:
    data = made(tmp_path, small("jun")).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    first = made(tmp_path, small("milo"), 1).read_bytes()
    assert made(tmp_path / "again", small("milo"), 1).read_bytes() == first
    assert made(tmp_path, small("milo"), 2).read_bytes() != first


TWELVE_FRAMES = """
import hashlib, sys
from pathlib import Path
import cv2, numpy as np
from effects.render.encode import Encoder
blots = np.random.default_rng(1).integers(0, 255, (20, 12, 3), np.uint8)
picture, target = cv2.resize(blots, (720, 1280), interpolation=cv2.INTER_CUBIC), Path(sys.argv[1])
with Encoder(target, (720, 1280), fps=24) as encoder:
    for step in range(12):
        encoder.write(np.roll(picture, 5 * step, 1))
print(hashlib.sha256(target.read_bytes()).hexdigest())
"""


def test_the_bytes_do_not_hang_on_what_was_in_memory_before(tmp_path: Path) -> None:
    def encoded(litter: int) -> str:
        environment = os.environ | {"MALLOC_PERTURB_": str(litter)}
        command = [sys.executable, "-c", TWELVE_FRAMES, str(tmp_path / f"{litter}.mp4")]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert encoded(17) == encoded(90) == encoded(255)


def test_progress_counts_every_frame(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []

    def note(done: int, total: int) -> None:
        seen.append((done, total))

    render_clip(SNOW, [small("milo")], tmp_path / "clip.mp4", seed=1, seconds=0.25, on_frame=note)
    assert seen == [(done, 6) for done in range(1, 7)]


def test_stopping_leaves_no_file_behind(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        render_clip(SNOW, [small("milo")], tmp_path / "clip.mp4", seed=1, seconds=1, on_frame=stop)
    assert list(tmp_path.iterdir()) == []


def test_an_encoder_that_cannot_write_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        render_clip(SNOW, [small("milo")], tmp_path / "nowhere" / "clip.mp4", seed=1, seconds=0.25)
