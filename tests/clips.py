"""Small real videos for tests."""

from pathlib import Path

import av
import numpy as np


def make_clip(path: Path, *, width: int = 72, height: int = 128, frames: int = 24) -> Path:
    """Encode `frames` frames of a moving gradient at 24 fps as H.264."""
    ramp = np.linspace(0, 200, width * height, dtype=np.uint8).reshape(height, width)
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            shifted = np.roll(ramp, number * 3, axis=0)
            frame = av.VideoFrame.from_ndarray(np.stack([shifted] * 3, axis=-1), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
