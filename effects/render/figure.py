"""A whole figure: a paper puppet that dances and wears the person's own head."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

import cv2
import numpy as np

from effects.render.cast import Actor, Looks
from effects.render.dances import Bearing, dance, dance_names
from effects.render.faces import Face, Point
from effects.render.geometry import applied, around, moved, place
from effects.render.pictures import Picture
from effects.render.puppet import CHIN, Limb, Skeleton, outfit_names, parts_of
from effects.render.reading import Between, OneOf, Recolouring
from effects.render.sprites import sprite, sprite_names
from effects.render.stage import Matrix
from effects.render.styles import Style
from effects.render.subject import Subject
from effects.render.timeline import EASES, Span
from effects.render.tones import tones_of
from effects.render.warps import Warp, bend_around

Who = Literal["all", "left", "right"]
Hold = tuple[Literal["left", "right", "feet"], Annotated[str, OneOf(sprite_names())], float, float, float, float]
FACE, HEAD, BROAD = 0.25, 0.36, 0.4  # parts of the figure's height: a face, a head with hair, its width
SLENDER = 1.6  # a figure is drawn as for a canvas no taller than this many widths
ARRIVAL = 0.11  # of the clip: from portrait to figure
SHADOW = 96
ROUND = 2.2  # how a head is cut below: 2 is an ellipse, more is squarer


@dataclass(frozen=True, kw_only=True)
class Figure(Span):
    """A person (or one of a pair) as a dancing puppet from `at` on; before, the portrait is seen.

    `beats` are counted over the span. `hold` puts drawings into hands or under the feet: where, drawing, size in
    heights of the figure, the point that is gripped (parts of the drawing), and a turn in degrees.
    """

    outfit: Annotated[str, OneOf(outfit_names())] = "casual"
    dance: Annotated[str, OneOf(dance_names())]
    beats: Annotated[float, Between(0, 40)] = 10.0
    phase: Annotated[float, Between(-16, 16)] = 0.0
    size: Annotated[float, Between(0.1, 2)] = 0.84
    x: float = 0.5
    y: float = 0.93
    who: Who = "all"
    mirrored: bool = False
    shadow: Annotated[float, Between(0, 1)] = 1.0
    colours: Recolouring = ()
    hold: tuple[Hold, ...] = ()


class Head(NamedTuple):
    """A head cut from a portrait, with its face in the cut's own pixels."""

    picture: Picture
    alpha: Picture
    face: Face
    chin: Point


def head_of(subject: Subject) -> Head:
    """Head and hair down to just below the chin; the whole card if that is all there is."""
    alpha = (
        subject.mask
        if subject.is_on_card
        else _alone(subject, cv2.min(_without_collar(subject), _above_the_chin(subject)))
    )
    x, y, width, height = cv2.boundingRect((alpha > 8).astype(np.uint8))
    face = subject.head.scaled(1, -x, -y)
    chin = Point(width / 2, height * 0.98) if subject.is_on_card else face.chin
    cut = (slice(y, y + height), slice(x, x + width))
    return Head(np.ascontiguousarray(subject.figure[cut]), np.ascontiguousarray(alpha[cut]), face, chin)


def _alone(subject: Subject, alpha: Picture) -> Picture:
    """The mask without pieces of whoever else is in the photo: only what hangs together with the face."""
    pieces = cv2.connectedComponents((alpha > 127).astype(np.uint8))[1]
    centre = subject.anchor.centre
    height, width = pieces.shape
    mine = pieces[min(max(round(centre.y), 0), height - 1), min(max(round(centre.x), 0), width - 1)]
    kept = cv2.dilate((pieces == mine).astype(np.uint8), np.ones((5, 5), np.uint8))
    return alpha * kept if mine else alpha


def _without_collar(subject: Subject) -> Picture:
    """The mask, but below the mouth only what hangs from above: hair stays, a collar beside the neck goes."""
    mask = subject.mask.copy()
    below = mask[max(round(subject.anchor.mouth.y), 0) :]
    np.minimum.accumulate(below, axis=0, out=below)
    return mask


def _above_the_chin(subject: Subject) -> Picture:
    """An (H, W) mask: round below, from the neck to the ends of the hair, and open above."""
    height, width = subject.picture.shape[:2]
    face = subject.anchor
    across, down = face.box[2], face.box[3]
    middle, neck = face.centre.y, face.chin.y + 0.05 * down
    x = np.abs(np.arange(width, dtype=np.float32) - face.chin.x) / (1.3 * across)
    lowest = middle + (neck - middle) * np.maximum(1 - x**ROUND, 0) ** (1 / ROUND)
    rows = np.arange(height, dtype=np.float32)[:, None]
    inside = np.clip((lowest[None] - rows) / (0.03 * down) + 0.5, 0, 1) * (x < 1)
    return (inside * 255).astype(np.uint8)


class FigureActor(Actor):
    """One person as a figure on the canvas."""

    breathes = False

    def __init__(
        self, part: Figure, bust: Actor, aside: float, subject: Subject, size: tuple[int, int], styles: Sequence[Style]
    ) -> None:
        self.part, self.dance = part, dance(part.dance)
        self.bust = bust if part.at > 0 else None
        self.height = part.size * min(size[1], SLENDER * size[0])
        self.foot = ((part.x + aside) * size[0], part.y * size[1])
        colours: Recolouring = tuple({**tones_of(subject).body, **dict(part.colours)}.items())
        self.parts = parts_of(part.outfit, round(self.height), colours)
        self.held = [(hold[0], *_grip(hold, self.height)) for hold in part.hold]
        self.shadow = _shadow()
        self._fit_head(subject, styles)

    def _fit_head(self, subject: Subject, styles: Sequence[Style]) -> None:
        head = head_of(subject)
        tall, wide = head.alpha.shape
        shown = tall if subject.is_on_card else head.chin.y
        face = tall / HEAD * FACE if subject.is_on_card else head.face.box[3]
        factor = self.height * min(FACE / face, HEAD / shown, BROAD / wide)
        size = (max(round(wide * factor), 2), max(round(tall * factor), 2))
        picture = cv2.resize(head.picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)
        alpha = cv2.resize(head.alpha, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
        self.head_looks = Looks(picture, [style for style in styles if style.on != "wall"], alpha)
        self.inner_face = head.face.scaled(factor)
        self.neck = (self.foot[0], self.foot[1] - CHIN * self.height)
        chin = Point(head.chin.x * factor, head.chin.y * factor)
        self.home = moved(self.neck[0] - chin.x, self.neck[1] - chin.y)
        self.face = self.inner_face.scaled(1, self.home[0, 2], self.home[1, 2])

    def _beat(self, u: float) -> float:
        part = self.part
        return (u - part.at) / max(part.until - part.at, 1e-6) * part.beats + part.phase

    def _bearing(self, beat: float) -> Bearing:
        bearing = self.dance.at(max(beat, self.part.phase))
        return bearing.mirrored() if self.part.mirrored else bearing

    def _skeleton(self, u: float) -> Skeleton:
        """The body now; the head and what hangs loose come a little later."""
        beat = self._beat(u)
        now, before = self._bearing(beat), self._bearing(beat - 0.22)
        drag = 0.03 * (now["hip_x"] - before["hip_x"]) + 0.012 * (now["tilt"] - before["tilt"])
        nod = 0.3 * before["lean"] - 0.5 * (now["head"] - before["head"])
        return Skeleton(now, min(max(drag, -0.25), 0.25), nod)

    def _come(self, u: float) -> float:
        """How much of the way from portrait to figure is gone."""
        return 1.0 if self.bust is None else min(max((u - self.part.at) / ARRIVAL, 0.0), 1.0)

    def _floor(self) -> Matrix:
        return moved(*self.foot) @ np.diag([self.height, self.height, 1.0])

    def _lifted(self, skeleton: Skeleton, u: float) -> Matrix:
        """From where the face is at rest to where the head is now, coming from the portrait at first."""
        neck = applied(self._floor() @ skeleton.head, 0, 0)
        turn = float(np.degrees(np.arctan2(skeleton.head[1, 0], skeleton.head[0, 0])))
        danced = moved(neck[0] - self.neck[0], neck[1] - self.neck[1]) @ around(self.neck, turn, 1, 1, 0)
        come = EASES["smooth"](self._come(u))
        if self.bust is None or come >= 1:
            return danced
        rest, large = self.face.centre, self.bust.face
        grown = (large.box[2] / self.face.box[2]) ** (1 - come)
        away = ((large.centre.x - rest.x) * (1 - come), (large.centre.y - rest.y) * (1 - come))
        return moved(*away) @ around(rest, 0, grown, grown, 0) @ (danced if come > 0 else np.eye(3))

    def _hanging(self, skeleton: Skeleton, lifted: Matrix, come: float) -> Matrix:
        """The body still small under the chin of a head that is on its way."""
        size = self.height * max(EASES["back"](come), 0.02)
        neck = applied(skeleton.head, 0, 0)
        return moved(*applied(lifted, *self.neck)) @ np.diag([size, size, 1.0]) @ moved(-neck[0], -neck[1])

    def head(self, u: float) -> Matrix:
        return self._lifted(self._skeleton(u), u)

    def draw(self, frame: Picture, body: Matrix, warps: list[Warp], u: float, opacity: float = 1.0) -> None:
        come = self._come(u)
        if self.bust is not None and come <= 0:
            self.bust.draw(frame, body, warps, u, opacity)
            return
        skeleton = self._skeleton(u)
        lifted = self._lifted(skeleton, u)
        if self.bust is not None and come < 1:
            self._draw_bust(frame, body @ lifted, warps, u, opacity * (1 - min(come * 3, 1.0)))
        floor = body @ (self._floor() if come >= 1 else self._hanging(skeleton, lifted, come))
        self._draw_shadow(frame, floor, skeleton, opacity)
        for limb in (Limb("", skeleton.stance, "feet"), *skeleton.limbs()):
            self._draw_limb(frame, floor, limb, opacity)
        bend = bend_around(self.inner_face, warps, u)
        place(frame, self.head_looks.at(u), body @ lifted @ self.home, bend, opacity, 0.08 if bend else 0.0)

    def _draw_bust(self, frame: Picture, matrix: Matrix, warps: list[Warp], u: float, opacity: float) -> None:
        assert self.bust is not None
        rest, large = self.face, self.bust.face
        small = rest.box[2] / large.box[2]
        onto = moved(*rest.centre) @ np.diag([small, small, 1.0]) @ moved(-large.centre.x, -large.centre.y)
        self.bust.draw(frame, matrix @ onto, warps, u, opacity)

    def _draw_limb(self, frame: Picture, floor: Matrix, limb: Limb, opacity: float) -> None:
        for hand, picture, home in self.held:
            if hand == limb.hand:
                place(frame, picture, floor @ limb.matrix @ home, opacity=opacity)
        part = self.parts.get(limb.part)
        if part is not None:
            place(frame, part.picture, floor @ limb.matrix @ part.home, opacity=opacity)

    def _draw_shadow(self, frame: Picture, floor: Matrix, skeleton: Skeleton, opacity: float) -> None:
        feet = [skeleton.ankles[side][0] for side in "lr"]
        middle, spread = sum(feet) / 2, abs(feet[0] - feet[1]) / 2 + 0.11
        lift = max(1 - 3 * max(-max(y for _, y in skeleton.ankles.values()) - 0.05, 0.0), 0.35)
        flat = np.diag([spread * 2 / SHADOW, 0.06 / SHADOW, 1.0])
        lies = moved(middle, -0.004) @ flat @ moved(-SHADOW / 2, -SHADOW / 2)
        place(frame, self.shadow, floor @ lies, opacity=opacity * self.part.shadow * lift)


def figured(
    figures: Sequence[Figure],
    actors: Sequence[Actor],
    subjects: Sequence[Subject],
    size: tuple[int, int],
    styles: Sequence[Style],
    apart: float,
) -> list[Actor]:
    """The actors, as figures where there is such a part; a pair stands `apart` of the middle, in canvas widths."""
    sides = {1: (("all", 0.0),), 2: (("left", -apart), ("right", apart))}[max(len(actors), 1)]
    cast: list[Actor] = []
    for (side, aside), actor, subject in zip(sides, actors, subjects, strict=False):
        part = next((figure for figure in figures if figure.who in ("all", side)), None)
        cast.append(FigureActor(part, actor, aside, subject, size, styles) if part else actor)
    return cast


def _grip(hold: Hold, height: float) -> tuple[Picture, Matrix]:
    """A drawing and the matrix from its pixels to the units of the hand that holds it."""
    _, name, scale, across, down, turn = hold
    picture = sprite(name, max(round(scale * height), 8))
    side = picture.shape[0]
    sized = np.diag([scale / side, scale / side, 1.0]) @ moved(-across * side, -down * side)
    return picture, moved(0, 0.03) @ around((0, 0), turn, 1, 1, 0) @ sized


def _shadow() -> Picture:
    """A soft plum disc as premultiplied RGBA; laid flat it is the shadow on the floor."""
    x, y = np.meshgrid(np.linspace(-1, 1, SHADOW), np.linspace(-1, 1, SHADOW))
    alpha = 0.5 * np.clip(1 - np.hypot(x, y), 0, 1) ** 0.8
    return np.rint(np.dstack([alpha * 42, alpha * 12, alpha * 40, alpha * 255])).astype(np.uint8)
