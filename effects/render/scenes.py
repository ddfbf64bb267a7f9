"""Painted places: a backdrop behind people, or a foreground before them."""

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Literal

import cv2

from effects.render.geometry import moved, place
from effects.render.pictures import Picture
from effects.render.reading import Between, OneOf, Recolouring
from effects.render.sprites import drawn, style_sheet
from effects.render.stage import Moment, Stage
from effects.render.timeline import Span, wave

FOLDER = Path(__file__).parent / "scenes"
FINENESS = 960  # pixels a place is drawn at; beyond that it is enlarged, which keeps it soft and quick
SPARE = 1.1
BOX = 1280  # the side of the square every place is drawn in
WHOLE = f'viewBox="0 0 {BOX} {BOX}" width="{BOX}" height="{BOX}"'


@cache
def scene_names() -> frozenset[str]:
    """Every painted place there is."""
    return frozenset(path.stem for path in FOLDER.glob("*.svg"))


@dataclass(frozen=True, kw_only=True)
class Scene(Span):
    """A place that replaces the wall behind people from `at` on; `flow` scrolls it sideways, in canvases per clip.

    A scrolling place comes round again, so that its sun or moon is left out.
    """

    scene: Annotated[str, OneOf(scene_names())]
    colours: Recolouring = ()
    flow: Annotated[float, Between(-6, 6)] = 0.0
    blur: Annotated[float, Between(0, 1)] = 0.0


@dataclass(frozen=True, kw_only=True)
class Foreground(Span):
    """A painted strip before everyone: waves, snow, grass. It rises at `at` and heaves a little."""

    scene: Annotated[str, OneOf(scene_names())]
    colours: Recolouring = ()
    lift: Annotated[float, Between(-1, 1)] = 0.0
    heave: Annotated[float, Between(0, 3)] = 1.0
    layer: Literal["front", "behind"] = "front"


@lru_cache(maxsize=12)
def painted(
    name: str, size: tuple[int, int], colours: tuple[tuple[str, str], ...], blur: float = 0.0, hidden: str = ""
) -> Picture:
    """A place as premultiplied RGBA covering (width, height), cut from a square drawing near its lower edge.

    What has the class `hidden` is left out.
    """
    side = max(size)
    width, height = (part * BOX / side for part in size)
    cut = f'viewBox="{(BOX - width) / 2} {(BOX - height) * 0.8} {width} {height}" width="{width}" height="{height}"'
    text = (FOLDER / f"{name}.svg").read_text(encoding="utf-8").replace(WHOLE, cut, 1)
    fine = min(FINENESS / side, 1.0)
    unseen = f".{hidden}{{display:none}}" if hidden else ""
    small = drawn(text, (round(size[0] * fine), round(size[1] * fine)), style_sheet(colours) + unseen)
    picture = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
    return cv2.GaussianBlur(picture, (0, 0), blur * min(size) / 40) if blur else picture


class ForegroundDrawer:
    """Draws a strip before people."""

    def __init__(self, part: Foreground, stage: Stage) -> None:
        self.part, self.stage = part, stage
        width, height = (int(side * SPARE) for side in stage.size)
        picture = painted(part.scene, (width, height), part.colours)
        used = cv2.boundingRect(cv2.extractChannel(picture, 3))
        self.top = used[1]
        self.picture = picture[used[1] :]
        self.corner = ((stage.size[0] - width) / 2, (stage.size[1] - height) * 0.6)

    def draw(self, frame: Picture, moment: Moment) -> None:
        part, unit = self.part, self.stage.unit
        arrived = min(max((moment.u - part.at) / 0.14, 0.0), 1.0) if part.at > 0 else 1.0
        dx = part.heave * 0.022 * unit * wave(moment.seconds * 0.31)
        dy = (
            part.heave * 0.012 * unit * wave(moment.seconds * 0.47) + (1 - arrived) ** 2 * unit * 0.7 - part.lift * unit
        )
        place(frame, self.picture, moment.camera @ moved(self.corner[0] + dx, self.corner[1] + self.top + dy))
