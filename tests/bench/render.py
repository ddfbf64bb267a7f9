"""How long a clip takes against encoding alone: `python -m tests.bench.render [--all] [name ...]`.

Each line renders and encodes one recipe, then encodes the same frames again with nothing to draw.
"""

import argparse
import tempfile
import time
from pathlib import Path

import cv2

from effects.catalogue.recipes import recipe_for, recipe_names
from effects.catalogue.sitters import sitters_for
from effects.render import frame_size, render_clip
from effects.render.cast import Pair
from effects.render.clip import FPS
from effects.render.encode import Encoder
from effects.render.film import Film

SAMPLE = (
    "squish",
    "expansion",
    "pet_lion",
    "angel_wing",
    "fight",
    "dollar_rain",
    "firework",
    "snowglobe",
    "perler_beads",
    "disco_paws",
    "hug_pro",
    "subject_3_dance",
    "santa_gift",
    "day_to_night",
)


def measure(name: str, seconds: float, threads: int) -> tuple[float, float]:
    """Seconds to render and encode, and to encode alone."""
    recipe = recipe_for(name)
    subjects = sitters_for(name, count=2 if recipe.all(Pair) else 1, kind="person")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "clip.mp4"
        start = time.perf_counter()
        render_clip(recipe, subjects, target, seed=1, seconds=seconds, threads=threads)
        whole = time.perf_counter() - start
        total = round(seconds * FPS)
        film = Film(recipe, subjects, frame_size(subjects), seconds=seconds, seed=1)
        frames = [film.frame(index / (total - 1), index) for index in range(total)]
        start = time.perf_counter()
        with Encoder(target, frame_size(subjects), fps=FPS, threads=threads) as encoder:
            for frame in frames:
                encoder.write(frame)
        return whole, time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="recipes to measure")
    parser.add_argument("--all", action="store_true", help="measure every recipe")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    cv2.setNumThreads(options.threads)
    ratios = []
    for name in recipe_names() if options.all else options.names or SAMPLE:
        whole, encode = measure(name, options.seconds, options.threads)
        ratios.append(whole / encode)
        print(f"{name:32} {whole:6.2f} s  encode {encode:5.2f} s  ratio {whole / encode:4.2f}", flush=True)
    ratios.sort()
    print(f"{len(ratios)} recipes: median ratio {ratios[len(ratios) // 2]:.2f}, worst {ratios[-1]:.2f}")


if __name__ == "__main__":
    main()
