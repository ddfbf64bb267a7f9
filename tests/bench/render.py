"""How long a clip takes against encoding alone, for every recipe: `script/bench render [name ...]`.

The whole is what the studio does: read the photo, take the person found in it before, prepare, draw, encode and mux,
in one thread that draws and one that encodes. Beside it stands the time to encode the same frames with the same
settings and nothing to draw.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple, TypeVar
from unittest.mock import patch

import av
import cv2
import numpy as np
from av.filter import Graph

from effects.catalogue.recipes import recipe_for, recipe_names
from effects.catalogue.sitters import sitters_for
from effects.render import Recipe, Subject, frame_size, render_clip
from effects.render.cast import Pair
from effects.render.clip import FPS
from effects.render.encode import Encoder
from effects.render.pictures import Picture

MEDIAN, WORST, MEMORY = 1.4, 2.2, 600  # times pure encoding, times pure encoding, MB
PIXELS = 720 * 1280  # of a frame in every shape: 960 * 960 is as many
MODELS = Path(__file__).resolve().parents[2] / "data" / "models"
HEAVY = ("zoom_out", "zombie_transform", "pumpkin_head_transform", "subject_3_dance", "color_mixing", "fight_pro")
TWO_AT_ONCE = ("santa_gift", "angel_wing", "firework", "dollar_rain")


T = TypeVar("T")


class Clip(NamedTuple):
    """Seconds of one recipe: looking for the person, the whole clip, encoding alone; processor seconds of the two."""

    name: str
    finding: float
    whole: float
    encoding: float
    work: float
    encoding_work: float

    @property
    def ratio(self) -> float:
        return self.whole / self.encoding


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        if options.alone:
            return alone(options.alone, Path(folder), options.seconds)
        names = options.names or recipe_names()[:: options.every]
        # Room for the frames of one clip, touched beforehand: memory that is new costs time of its own.
        shelf = np.full((round(options.seconds * FPS), PIXELS, 3), 1, np.uint8)
        clips = [_told(measured(name, Path(folder), options.seconds, shelf)) for name in names]
        zoom = zoompan(Path(folder), options.seconds)
    rate = clips_per_minute(TWO_AT_ONCE, options.seconds)
    slowest = [clip.name for clip in sorted(clips, key=lambda clip: clip.ratio)[-2:]]
    memory = {name: peak(name, options.seconds) for name in dict.fromkeys([*HEAVY, *slowest])}
    sys.exit(0 if report(clips, zoom, rate, memory) else 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="recipes to measure; all if none is named")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="measure each Nth recipe")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--alone", nargs="*", metavar="NAME", help=argparse.SUPPRESS)
    return parser.parse_args()


def measured(name: str, folder: Path, seconds: float, shelf: Picture) -> Clip:
    recipe, photos = recipe_for(name), portraits(name, folder)
    finding, _, _ = timed(lambda: opened(photos))
    whole, work, size = timed(lambda: _rendered(recipe, photos, folder / "clip.mp4", seconds, shelf))
    encoding, encoding_work, _ = timed(lambda: _encoded(shelf, size, folder / "plain.mp4"))
    return Clip(name, finding, whole, encoding, work, encoding_work)


def timed(work: Callable[[], T]) -> tuple[float, float, T]:
    """Seconds by the clock and of all processors, and what came out."""
    clock, processor = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - clock, time.process_time() - processor, result


def portraits(name: str, folder: Path) -> list[Path]:
    """An effect's sitters as the photos somebody might have uploaded."""
    count = 2 if recipe_for(name).all(Pair) else 1
    photos = [folder / f"{name}-{index}.jpg" for index in range(count)]
    for photo, sitter in zip(photos, sitters_for(name, count=count, kind="person"), strict=True):
        cv2.imwrite(str(photo), cv2.cvtColor(sitter.picture, cv2.COLOR_RGB2BGR))
    return photos


def opened(photos: Sequence[Path]) -> list[Subject]:
    return [Subject.open(photo, MODELS, keep=True) for photo in photos]


def _rendered(recipe: Recipe, photos: Sequence[Path], target: Path, seconds: float, shelf: Picture) -> tuple[int, int]:
    """Make the clip as the studio does, and copy its frames onto the shelf."""
    places = iter(shelf)

    class Keeping(Encoder):
        def write(self, frame: Picture) -> None:
            next(places)[:] = frame.reshape(-1, 3)
            super().write(frame)

    subjects = opened(photos)
    with patch("effects.render.encode.Encoder", Keeping):
        render_clip(recipe, subjects, target, seed=1, seconds=seconds)
    return frame_size(subjects)


def _encoded(shelf: Picture, size: tuple[int, int], target: Path) -> None:
    with Encoder(target, size, fps=FPS) as encoder:
        for frame in shelf:
            encoder.write(frame.reshape(size[1], size[0], 3))


def zoompan(folder: Path, seconds: float) -> float:
    """Seconds for a slow zoom through ffmpeg's zoompan, enlarged four times first as is usual against its jerks."""
    photo = portraits("santa_gift", folder)[0]
    cv2.setNumThreads(1)
    clock = time.perf_counter()
    picture = opened([photo])[0].picture
    total, (height, width) = round(seconds * FPS), picture.shape[:2]
    graph = Graph()
    chain = [
        graph.add_buffer(width=width, height=height, format="rgb24", time_base=Fraction(1, FPS)),
        graph.add("scale", "w=iw*4:h=ih*4"),
        graph.add("zoompan", f"z=1+0.22*on/{total}:x=iw/2-iw/zoom/2:y=ih/2-ih/zoom/2:d={total}:s=720x1280:fps={FPS}"),
        graph.add("format", "yuv420p"),
        graph.add("buffersink"),
    ]
    graph.link_nodes(*chain).configure()
    with av.open(str(folder / "zoom.mp4"), "w", options={"movflags": "+faststart"}) as container:
        stream = Encoder(folder, (720, 1280), fps=FPS)._stream(container)
        graph.push(av.VideoFrame.from_ndarray(picture, format="rgb24"))
        for index in range(total):
            frame = graph.pull()
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return time.perf_counter() - clock


def alone(names: Sequence[str], folder: Path, seconds: float) -> None:
    """Make clips in this process only; print how long they took together and its peak memory."""
    photos = {name: portraits(name, folder) for name in names}
    clock = time.perf_counter()
    for name in names:
        render_clip(recipe_for(name), opened(photos[name]), folder / "clip.mp4", seed=1, seconds=seconds)
    took = time.perf_counter() - clock
    print(json.dumps({"seconds": took, "megabytes": _peak()}))


def _peak() -> float:
    """The most memory this program ever held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count what the parent held when it started us
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _started(names: Sequence[str], seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bench.render", "--seconds", str(seconds), "--alone", *names]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _answer(process: subprocess.Popen[str]) -> dict[str, float]:
    output, _ = process.communicate()
    return dict(json.loads(output))


def peak(name: str, seconds: float) -> float:
    """Peak memory in MB of a fresh process that makes one clip."""
    return _answer(_started([name], seconds))["megabytes"]


def clips_per_minute(names: Sequence[str], seconds: float) -> float:
    """What two processes make at once, each from its own photos."""
    answers = [_answer(process) for process in [_started(names, seconds) for _ in range(2)]]
    return 60 * 2 * len(names) / max(answer["seconds"] for answer in answers)


def _told(clip: Clip) -> Clip:
    print(
        f"{clip.name:32} {clip.whole:5.2f} s   encoding {clip.encoding:5.2f} s   ratio {clip.ratio:4.2f}"
        f"   of processor time {clip.work / clip.encoding_work:4.2f}",
        flush=True,
    )
    return clip


def report(clips: Sequence[Clip], zoom: float, rate: float, memory: dict[str, float]) -> bool:
    """Print all figures with their limits; tell whether all limits hold."""
    ratios = sorted(clip.ratio for clip in clips)
    middle, worst = statistics.median(ratios), max(clips, key=lambda clip: clip.ratio)
    heaviest = max(memory, key=memory.__getitem__)
    checks = [
        (f"median ratio {middle:.2f}", f"{MEDIAN}", middle <= MEDIAN),
        (f"worst ratio {worst.ratio:.2f} ({worst.name})", f"{WORST}", worst.ratio <= WORST),
        (f"peak memory {memory[heaviest]:.0f} MB ({heaviest})", f"{MEMORY} MB", memory[heaviest] <= MEMORY),
    ]
    print(f"render: {len(clips)} recipes against encoding the same frames alone (veryfast, CRF 23, one thread)")
    for figure, limit, holds in checks:
        print(f"  {figure}, limit {limit}  ({'holds' if holds else 'FAILS'})")
    work = statistics.median(clip.work / clip.encoding_work for clip in clips)
    print(f"  median of processor time {work:.2f}, best ratio {ratios[0]:.2f}")
    print(
        f"  looking for the person the first time {statistics.median(clip.finding for clip in clips):.2f} s, not in it"
    )
    print(f"  {rate:.0f} clips a minute from two processes at once")
    print("  the same portrait, 720 x 1280, same settings:")
    print(f"    ffmpeg's zoompan from a picture four times as large   {zoom:5.2f} s")
    print(
        f"    a clip of this studio, median                         {statistics.median(c.whole for c in clips):5.2f} s"
    )
    return all(holds for _, _, holds in checks)


if __name__ == "__main__":
    main()
