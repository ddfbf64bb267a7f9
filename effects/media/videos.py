"""Check that a file is a playable video, and take its poster. No Django inside."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image

SHORTEST, LONGEST = 0.5, 120.0  # seconds
MOST_PIXELS = 4096 * 2304
POSTER_AT = 0.6
# What browsers play: the names that FFmpeg gives to the containers, and codecs with pixels that they know in them.
MP4, WEBM = "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm"
PLAYABLE = {
    MP4: {("h264", "yuv420p"), ("h264", "yuvj420p"), ("av1", "yuv420p"), ("vp9", "yuv420p")},
    WEBM: {("vp8", "yuv420p"), ("vp9", "yuv420p"), ("av1", "yuv420p")},
}
# An edit list may hide a frame or two that the header counts.
MISSING_FRAMES = 2


class BadVideo(Exception):
    """The file is no playable video."""


@dataclass(frozen=True)
class Probe:
    """What a video turned out to be: pixels, seconds, bytes, SHA-256, a picture for its poster, and its coding."""

    width: int
    height: int
    seconds: float
    size: int
    digest: str
    poster: Image.Image
    container: str
    coding: tuple[str, str]

    @property
    def plays_in_browsers(self) -> bool:
        return self.coding in PLAYABLE.get(self.container, ())

    @property
    def suffix(self) -> str:
        return ".webm" if self.container == WEBM else ".mp4"


class TooLong(BadVideo):
    """The video lasts longer than was allowed."""


def probe(path: Path, longest: float = LONGEST) -> Probe:
    """Decode a video to its end; BadVideo if it breaks off, holds no pictures or lasts under half a second.

    TooLong if it lasts over `longest` seconds; no more than that is decoded. Nothing less finds a truncated file: its
    header goes on promising the full duration.
    """
    try:
        with av.open(str(path), options={"format_whitelist": f"{MP4},{WEBM}"}) as container:
            width, height, seconds, poster = _decode(container, longest)
            stream = container.streams.video[0]
            coding = stream.codec_context.codec.canonical_name, str(stream.pix_fmt)
            form = container.format.name
    except (av.FFmpegError, IndexError, ValueError, OSError) as error:
        raise BadVideo(str(error)) from error
    if seconds < SHORTEST:
        raise BadVideo(f"It lasts {seconds:.2f} s")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Probe(width, height, seconds, path.stat().st_size, digest, poster, form, coding)


def _decode(container: av.container.InputContainer, longest: float) -> tuple[int, int, float, Image.Image]:
    stream = container.streams.video[0]
    if stream.width * stream.height > MOST_PIXELS:
        raise BadVideo(f"Its pictures have {stream.width} x {stream.height} pixels")
    stream.thread_type = "AUTO"
    rate = float(stream.average_rate or 24)
    # A WebM does not say how many frames it has.
    poster_at = POSTER_AT * (stream.frames or rate * (container.duration or 0) / av.time_base)
    count, last, poster = 0, 0.0, None
    for frame in container.decode(stream):
        if poster is None or count <= poster_at:
            poster = frame
        count, last = count + 1, frame.time or 0.0
        if last > longest:
            raise TooLong(f"It lasts longer than {longest:.0f} s")
    if poster is None:
        raise BadVideo("It holds no pictures")
    if count + MISSING_FRAMES < stream.frames:
        raise BadVideo(f"It breaks off after {count} of {stream.frames} frames")
    return stream.width, stream.height, round(last + 1 / rate, 3), poster.to_image()
