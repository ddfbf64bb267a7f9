"""Things a picture can be seen in: a polaroid, a phone, a broadcast, a snow globe."""

from dataclasses import dataclass
from typing import Annotated

import cv2

from effects.render.captions import lettered
from effects.render.frame_designs import FRAMES, FULL
from effects.render.pictures import Picture, blit
from effects.render.reading import Colour, OneOf, Recolouring
from effects.render.sprites import drawn, style_sheet
from effects.render.stage import Moment, Stage
from effects.render.timeline import Span


@dataclass(frozen=True, kw_only=True)
class Frame(Span):
    """The whole picture seen in something; `text` is set where the design leaves room for it."""

    frame: Annotated[str, OneOf(FRAMES)]
    text: str = ""
    text_y: float = 0.88
    text_colour: Colour = "#3A2232"
    text_size: float = 0.085
    colours: Recolouring = ()


class FrameDrawer:
    """Puts each picture in its frame."""

    def __init__(self, part: Frame, stage: Stage) -> None:
        self.part = part
        width, height = stage.size
        design = FRAMES[part.frame]
        box = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{design.paint(width, height)}</svg>'
        self.layer = drawn(svg, stage.size, style_sheet(part.colours))
        self.words = lettered(part.text, *self._type(stage)) if part.text else None
        window = design.window
        self.box = (
            round(window.left * width),
            round(window.top * height),
            round(window.right * width),
            round(window.bottom * height),
        )
        self.full = window == FULL

    def _type(self, stage: Stage) -> tuple[int, str, str, int]:
        part = self.part
        return max(int(part.text_size * stage.unit), 8), part.text_colour, "", int(stage.size[0] * 0.8)

    def draw(self, frame: Picture, moment: Moment) -> None:
        if moment.u < self.part.at:
            return
        if not self.full:
            self._shrink(frame)
        blit(frame, self.layer, 0, 0)
        if self.words is not None:
            height, width = self.words.shape[:2]
            blit(frame, self.words, (frame.shape[1] - width) // 2, int(self.part.text_y * frame.shape[0]) - height // 2)

    def _shrink(self, frame: Picture) -> None:
        left, top, right, bottom = self.box
        height, width = frame.shape[:2]
        scale = max((right - left) / width, (bottom - top) / height)
        small = cv2.resize(frame, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_LINEAR)
        x, y = (small.shape[1] - (right - left)) // 2, (small.shape[0] - (bottom - top)) // 2
        frame[top:bottom, left:right] = small[y : y + bottom - top, x : x + right - left]
