"""Write frames as H.264 in a thread of its own, so that drawing and encoding overlap."""

import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import cv2
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from effects.render.pictures import Picture

WAITING = 4
FAST = {"preset": "veryfast", "crf": "23"}
SMALL = {"preset": "medium", "tune": "animation", "crf": "28"}
AVX512_SKX = 256  # OpenCV's CV_CPU_AVX512_SKX, which its Python module does not name


OnFrame = Callable[[int, int], None]


def write_clip(
    frames: Iterable[Picture],
    total: int,
    target: Path,
    size: tuple[int, int],
    *,
    fps: int,
    quality: Mapping[str, str] = FAST,
    on_frame: OnFrame | None = None,
) -> None:
    """Encode frames to an MP4 that appears at `target` only when whole.

    `on_frame(done, total)` is called after each frame; what it raises stops the clip, removes what was written,
    and goes on up.
    """
    partial = target.with_name(f".{target.name}.part")
    try:
        with Encoder(partial, size, fps=fps, quality=quality) as encoder:
            for done, frame in enumerate(frames, 1):
                encoder.write(frame)
                if on_frame is not None:
                    on_frame(done, total)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def even(length: float) -> int:
    """The nearest length that H.264 can have."""
    return max(round(length / 2) * 2, 2)


class Encoder:
    """A context: `write` frames in it; leaving it closes the file, whatever happened."""

    def __init__(self, path: Path, size: tuple[int, int], *, fps: int, quality: Mapping[str, str] = FAST) -> None:
        self.path, self.size, self.fps, self.quality = path, size, fps, quality
        self.frames: queue.Queue[Picture | None] = queue.Queue(WAITING)
        self.failure: BaseException | None = None
        self.thread = threading.Thread(target=self._run, name="encoder", daemon=True)

    def __enter__(self) -> "Encoder":
        self.thread.start()
        return self

    def write(self, frame: Picture) -> None:
        """Hand over one (H, W, 3) RGB frame; it must not be changed afterwards. Raise what the encoder raised."""
        while True:
            if self.failure is not None:
                raise self.failure
            try:
                return self.frames.put(frame, timeout=0.2)
            except queue.Full:
                continue

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self.thread.is_alive():
            try:
                self.frames.put(None, timeout=0.2)
                break
            except queue.Full:
                continue
        self.thread.join()
        if error is None and self.failure is not None:
            raise self.failure

    def _run(self) -> None:
        try:
            with av.open(str(self.path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
                stream, converter = self._stream(container), VideoReformatter()
                while (frame := self.frames.get()) is not None:
                    container.mux(stream.encode(_as_yuv(frame, converter)))
                container.mux(stream.encode())
        except BaseException as error:
            self.failure = error

    def _stream(self, container: av.container.OutputContainer) -> av.VideoStream:
        stream = container.add_stream("libx264", rate=Fraction(self.fps), options=_options(self.quality))
        stream.width, stream.height = self.size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        stream.codec_context.colorspace = Colorspace.ITU709
        stream.codec_context.color_primaries = stream.codec_context.color_trc = 1
        stream.codec_context.color_range = ColorRange.MPEG
        return stream


def _options(quality: Mapping[str, str]) -> dict[str, str]:
    options = {**quality, "profile": "high"}
    if cv2.checkHardwareSupport(AVX512_SKX):
        # x264's AVX-512 code for macroblock trees reads memory it never wrote: the same frames gave other bytes.
        options["x264-params"] = "asm=avx2"
    return options


def _as_yuv(frame: Picture, converter: VideoReformatter) -> av.VideoFrame:
    return converter.reformat(
        av.VideoFrame.from_numpy_buffer(frame, format="rgb24"),  # not copied
        format="yuv420p",
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
    )
