"""Small real videos for tests."""

from pathlib import Path

import av
import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile


def make_clip(path: Path, *, width: int = 72, height: int = 128, frames: int = 24, codec: str = "libx264") -> Path:
    """Encode `frames` frames of a moving gradient at 24 fps."""
    ramp = np.linspace(0, 200, width * height, dtype=np.uint8).reshape(height, width)
    options = {"movflags": "faststart"} if path.suffix == ".mp4" else {}
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=24)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            shifted = np.roll(ramp, number * 3, axis=0)
            frame = av.VideoFrame.from_ndarray(np.stack([shifted] * 3, axis=-1), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def upload(path: Path) -> SimpleUploadedFile:
    return SimpleUploadedFile(path.name, path.read_bytes(), f"video/{path.suffix[1:]}")
