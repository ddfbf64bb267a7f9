"""Where the face is, and where on it things are worn."""

from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from effects.render.pictures import Picture

HEAD = 1.25  # how much taller than wide a head is
HAIR = 0.9  # how far above the forehead a head may end, in heights of its face


class Point(NamedTuple):
    """Pixels from the left and the top."""

    x: float
    y: float


@dataclass(frozen=True)
class Face:
    """A face in pixels: its box from forehead to chin, and points; left and right are the viewer's."""

    box: tuple[float, float, float, float]
    left_eye: Point
    right_eye: Point
    nose: Point
    mouth: Point
    chin: Point
    forehead: Point
    head_top: Point

    @property
    def centre(self) -> Point:
        left, top, width, height = self.box
        return Point(left + width / 2, top + height / 2)

    @property
    def eyes(self) -> Point:
        return Point((self.left_eye.x + self.right_eye.x) / 2, (self.left_eye.y + self.right_eye.y) / 2)

    @property
    def tilt(self) -> float:
        """Clockwise lean of the line through the eyes, in degrees."""
        across, down = self.right_eye.x - self.left_eye.x, self.right_eye.y - self.left_eye.y
        return float(np.degrees(np.arctan2(down, across)))

    def scaled(self, scale: float, dx: float = 0.0, dy: float = 0.0) -> "Face":
        """The same face after its picture was scaled, then shifted."""
        left, top, width, height = self.box
        box = (left * scale + dx, top * scale + dy, width * scale, height * scale)
        points = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "box"}
        return replace(
            self, box=box, **{name: Point(at.x * scale + dx, at.y * scale + dy) for name, at in points.items()}
        )


def face_in_box(left: float, top: float, width: float, height: float) -> Face:
    """A face of usual proportions filling a box from forehead to chin."""

    def at(across: float, down: float) -> Point:
        return Point(left + across * width, top + down * height)

    return Face(
        (left, top, width, height),
        at(0.29, 0.5),
        at(0.71, 0.5),
        at(0.5, 0.68),
        at(0.5, 0.81),
        at(0.5, 1.0),
        at(0.5, 0.08),
        at(0.5, -0.28),
    )


def find_face(picture: Picture) -> Face | None:
    """The largest face looking at the camera in an RGB picture, or None."""
    grey, scale = _small_grey(picture)
    found = _detector().detectMultiScale(grey, scaleFactor=1.1, minNeighbors=4, minSize=(36, 36))
    if len(found) == 0:
        return None
    x, y, width, height = (float(side) * scale for side in max(found, key=lambda box: box[2]))
    return face_in_box(x + 0.06 * width, y - 0.06 * height, 0.88 * width, 1.12 * height)


def with_hair(face: Face, mask: Picture) -> Face:
    """The same face, its head ending where the (H, W) person mask ends above the forehead, if that can be seen."""
    angle, width, height = np.radians(face.tilt), face.box[2], face.box[3]
    across, up = np.array([np.cos(angle), np.sin(angle)]), np.array([np.sin(angle), -np.cos(angle)])
    steps = np.arange(0, HAIR * height)
    heights = []
    for aside in (-0.2, -0.1, 0, 0.1, 0.2):
        x, y = (np.array(face.forehead) + aside * width * across + np.outer(steps, up)).round().astype(int).T
        inside = (x >= 0) & (x < mask.shape[1]) & (y >= 0) & (y < mask.shape[0])
        clear = np.flatnonzero(mask[y[inside], x[inside]] < 128)
        heights.append(steps[clear[0]] if len(clear) else np.nan)
    if np.isnan(heights).any():
        return face
    return replace(face, head_top=Point(*map(float, np.array(face.forehead) + float(np.median(heights)) * up)))


def guessed_face(picture: Picture) -> Face:
    """Where a face would be: upper middle. For pets and things, so that every part has an anchor."""
    height, width = picture.shape[:2]
    size = 0.4 * min(width, height * 0.8)
    return face_in_box(width / 2 - size / 2, height * 0.46 - size * 0.6, size, size * 1.2)


def face_in_mask(mask: Picture) -> Face:
    """Where a face would be on somebody of whom only the outline is known: mostly a pet, with its eyes high up."""
    body = mask > 127
    top = int(np.argmax(body.any(1)))
    widest = np.maximum.accumulate(body[top:].sum(1))
    tall = int(np.argmax(np.arange(len(widest)) >= HEAD * widest)) or len(widest)
    middle, width = float(np.median(np.nonzero(body[top : top + tall])[1])), tall / HEAD
    return face_in_box(middle - 0.38 * width, top + 0.1 * tall, 0.76 * width, 0.66 * tall)


def _small_grey(picture: Picture) -> tuple[Picture, float]:
    scale = max(max(picture.shape[:2]) / 640, 1.0)
    small = cv2.resize(picture, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), scale


@cache
def _detector() -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_alt2.xml"))
