"""The colours of the one in a picture, so that what is drawn for them looks as if it were theirs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from effects.render.faces import Point
from effects.render.pictures import Picture
from effects.render.reading import Recolouring
from effects.render.subject import Subject

LIGHT, DARK, BELLY = (255, 240, 220), (58, 22, 50), (255, 246, 230)
Rgb = tuple[int, int, int]


class Tones(NamedTuple):
    """Skin, clothes, and the fur or hair on top of the head."""

    skin: Rgb
    cloth: Rgb
    fur: Rgb

    @property
    def colours(self) -> Recolouring:
        """Three shades of skin and clothes for the classes of a drawing: s1 to s3 and c1 to c3."""
        return (*_shades("s", self.skin), *_shades("c", self.cloth))

    @property
    def body(self) -> dict[str, str]:
        """What a figure shows of itself."""
        return {"skin": _hex(self.skin), "fur": _hex(self.fur), "belly": _hex(self.fur, BELLY, 0.72)}


def tones_of(subject: Subject) -> Tones:
    """Skin from the cheeks, clothes from the shoulders, fur from the top of the head."""
    face, picture, middle = subject.anchor, subject.picture, subject.anchor.centre.x
    width, height = face.box[2:]
    cheek = (face.nose.y + face.eyes.y) / 2 + 0.05 * width
    cheeks = [Point(middle - 0.22 * width, cheek), Point(middle + 0.22 * width, cheek)]
    top = Point(middle, face.box[1] + 0.12 * height)
    return Tones(_median(picture, cheeks, 0.07 * width), _cloth(subject), _median(picture, [top], 0.2 * width))


def _cloth(subject: Subject) -> Rgb:
    """The colour of middle brightness on the shoulders: of stripes one of them, never a mixture."""
    face, (height, wide) = subject.anchor, subject.picture.shape[:2]
    width = face.box[2]
    top = int(np.clip(face.chin.y + 0.75 * width, 0, 0.9 * height))
    rows, columns = np.arange(top, min(top + int(0.6 * width) + 1, height)), np.arange(wide)
    aside = np.abs(columns - face.centre.x) / width
    columns = columns[(aside > 0.35) & (aside < 1)]
    shoulders = subject.picture[np.ix_(rows, columns)].reshape(-1, 3)
    worn = shoulders[subject.mask[np.ix_(rows, columns)].ravel() > 127]
    cloth = worn if len(worn) else shoulders
    red, green, blue = cloth[np.argsort(cloth.sum(axis=1), kind="stable")[len(cloth) // 2]]
    return int(red), int(green), int(blue)


def _median(picture: Picture, spots: Sequence[Point], reach: float) -> Rgb:
    """The middle of the colours around some points, `reach` pixels each way."""
    far = max(int(reach), 1)
    height, wide = picture.shape[:2]
    patches = []
    for spot in spots:
        x, y = int(np.clip(spot.x, far, wide - far - 1)), int(np.clip(spot.y, far, height - far - 1))
        patches.append(picture[y - far : y + far + 1, x - far : x + far + 1].reshape(-1, 3))
    red, green, blue = np.median(np.vstack(patches), axis=0)
    return int(red), int(green), int(blue)


def _shades(letter: str, colour: Rgb) -> Recolouring:
    steps = ((1, LIGHT, 0.25), (2, colour, 0.0), (3, DARK, 0.35))
    return tuple((f"{letter}{step}", _hex(colour, other, share)) for step, other, share in steps)


def _hex(colour: Rgb, other: Rgb = DARK, share: float = 0.0) -> str:
    """A colour as it is, or part of the way to another."""
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in zip(colour, other, strict=True))
