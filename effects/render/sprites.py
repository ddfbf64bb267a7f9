"""Small drawings: read from SVG once, kept at the sizes and turns in use."""

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import cv2
import numpy as np
import resvg_py

from effects.render.pictures import Picture, premultiplied

FOLDER = Path(__file__).parent / "sprites"
BOX = 256
TURN_STEP = 6.0


@cache
def sprite_names() -> frozenset[str]:
    """Every drawing there is."""
    return frozenset(path.stem for path in FOLDER.glob("*.svg"))


def drawn(svg: str, size: tuple[int, int], style: str = "") -> Picture:
    """SVG markup as premultiplied RGBA of (width, height)."""
    png = resvg_py.svg_to_bytes(
        svg_string=svg, width=size[0], height=size[1], skip_system_fonts=True, style_sheet=style or None
    )
    decoded = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    return premultiplied(cv2.cvtColor(decoded, cv2.COLOR_BGRA2RGB), cv2.extractChannel(decoded, 3))


def style_sheet(colours: Mapping[str, str] | tuple[tuple[str, str], ...]) -> str:
    """Recolour the classes of a drawing."""
    return "".join(f".{name}{{fill:{colour};stop-color:{colour}}}" for name, colour in dict(colours).items())


@lru_cache(maxsize=96)
def sprite(name: str, size: int, colours: tuple[tuple[str, str], ...] = ()) -> Picture:
    """A drawing as premultiplied RGBA, `size` pixels on each side."""
    text = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    return drawn(text, (size, size), style_sheet(colours))


def turned(name: str, size: int, turn: int, narrow: int, colours: tuple[tuple[str, str], ...]) -> Picture:
    """A drawing turned by `turn` steps of 6 degrees and squeezed to narrow/16 of its width."""
    picture = sprite(name, size, colours)
    side = int(size * 1.42) + 2 if turn % 15 else size
    angle = np.radians(turn * TURN_STEP)
    cos, sin = np.cos(angle), np.sin(angle)
    wide = max(narrow, 2) / 16
    matrix = np.array([[cos * wide, -sin, 0], [sin * wide, cos, 0]])
    matrix[:, 2] = side / 2 - matrix[:, :2] @ (size / 2, size / 2)
    return cv2.warpAffine(picture, matrix, (side, side), flags=cv2.INTER_LINEAR)
