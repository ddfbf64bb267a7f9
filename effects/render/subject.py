"""The one in the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2

from effects.render.cutout import blurred, card, estimated_cutout, on_card, wall_behind
from effects.render.faces import Face, find_face, guessed_face
from effects.render.pictures import Picture
from effects.render.segmentation import person_mask

LONGEST = 1600
FLAT = 0.25  # of the picture's upper edge: a pet's head cut off there looks better on a card
PORTRAIT, SQUARE, LANDSCAPE = (720, 1280), (960, 960), (1280, 720)


@dataclass(frozen=True)
class Subject:
    """A portrait: RGB picture (H, W, 3), the face if one was found, and a person mask (H, W) if one is known."""

    picture: Picture
    face: Face | None = None
    cutout: Picture | None = None

    @classmethod
    def open(cls, path: Path, model: Path | None = None) -> "Subject":
        """Read an upright JPEG or PNG, look for a face and, given a model, for the person's outline.

        Raise ValueError if it is no picture.
        """
        stored = cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        if stored is None:
            raise ValueError(f"{path.name} is not a picture.")
        scale = min(LONGEST / max(stored.shape[:2]), 1.0)
        if scale < 1:
            stored = cv2.resize(stored, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        picture = cv2.cvtColor(stored, cv2.COLOR_BGR2RGB)
        face = find_face(picture)
        cutout = person_mask(picture, model) if model is not None and model.is_file() else None
        if face is None and cutout is not None and cutout[0].mean() > FLAT * 255:
            cutout = None
        return cls(picture, face, cutout)

    @cached_property
    def anchor(self) -> Face:
        """The face, or where one would be."""
        return self.face or guessed_face(self.picture)

    @cached_property
    def mask(self) -> Picture:
        """The person mask; without one, head and shoulders around a face, or a card with the photo on it."""
        if self.cutout is not None:
            return self.cutout
        guess = card if self.is_on_card else estimated_cutout
        return guess(self.picture.shape[:2], self.anchor)

    @property
    def is_on_card(self) -> bool:
        """Neither outline nor face is known."""
        return self.cutout is None and self.face is None

    @cached_property
    def figure(self) -> Picture:
        """The picture that the mask cuts from: itself, or with the border of a card."""
        return on_card(self.picture, self.anchor) if self.is_on_card else self.picture

    @cached_property
    def wall(self) -> Picture:
        """The picture without the person and a little around; an estimated mask is given room for hair."""
        if self.is_on_card:
            return blurred(self.picture)
        room = 0.012 * min(self.picture.shape[:2]) if self.cutout is not None else 0.28 * self.anchor.box[2]
        return wall_behind(self.picture, self.mask, room)


def frame_size(subjects: Sequence[Subject]) -> tuple[int, int]:
    """Width and height of the clip: as the portrait stands; a pair gets a square unless a photo lies down."""
    shapes = [_orientation(subject) for subject in subjects]
    if len(shapes) > 1:
        return LANDSCAPE if LANDSCAPE in shapes else SQUARE
    return shapes[0]


def _orientation(subject: Subject) -> tuple[int, int]:
    height, width = subject.picture.shape[:2]
    if width / height > 1.2:
        return LANDSCAPE
    return SQUARE if width / height > 0.85 else PORTRAIT
