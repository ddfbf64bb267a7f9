"""Check that a file is a playable video, and take its poster. No Django inside."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image

SHORTEST = 0.5
POSTER_AT = 0.6
# An edit list may hide a frame or two that the header counts.
MISSING_FRAMES = 2


class BadVideo(Exception):
    """The file is no playable video."""


@dataclass(frozen=True)
class Probe:
    """What a video turned out to be: pixels, seconds, bytes, SHA-256, and the picture for its poster."""

    width: int
    height: int
    seconds: float
    size: int
    digest: str
    poster: Image.Image


def probe(path: Path) -> Probe:
    """Decode a video to its end; BadVideo if it breaks off, holds no pictures or lasts under half a second.

    Nothing less finds a truncated file: its header goes on promising the full duration.
    """
    try:
        with av.open(str(path)) as container:
            width, height, seconds, poster = _decode(container)
    except (av.FFmpegError, IndexError, ValueError, OSError) as error:
        raise BadVideo(str(error)) from error
    if seconds < SHORTEST:
        raise BadVideo(f"It lasts {seconds:.2f} s")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Probe(width, height, seconds, path.stat().st_size, digest, poster)


def _decode(container: av.container.InputContainer) -> tuple[int, int, float, Image.Image]:
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    rate = float(stream.average_rate or 24)
    poster_at = stream.frames * POSTER_AT
    count, last, poster = 0, 0.0, None
    for frame in container.decode(stream):
        if poster is None or count <= poster_at:
            poster = frame
        count, last = count + 1, frame.time or 0.0
    if poster is None:
        raise BadVideo("It holds no pictures")
    if count + MISSING_FRAMES < stream.frames:
        raise BadVideo(f"It breaks off after {count} of {stream.frames} frames")
    return stream.width, stream.height, round(last + 1 / rate, 3), poster.to_image()
