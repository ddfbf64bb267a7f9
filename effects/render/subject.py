"""The one in the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2

from effects.render.cutout import blurred, card, estimated_cutout, face_on_card, on_card, wall_behind
from effects.render.faces import Face, face_in_mask, guessed_face
from effects.render.findings import find, find_once
from effects.render.pictures import Picture

LONGEST = 1600
PORTRAIT, SQUARE, LANDSCAPE = (720, 1280), (960, 960), (1280, 720)


@dataclass(frozen=True)
class Subject:
    """A portrait: RGB picture (H, W, 3), the face if one was found, and a person mask (H, W) if one is known."""

    picture: Picture
    face: Face | None = None
    cutout: Picture | None = None

    @classmethod
    def open(cls, path: Path, models: Path | None = None, *, keep: bool = False) -> "Subject":
        """Read an upright JPEG or PNG and find the person in it, as well as the networks in a folder allow.

        `keep` leaves what was found in a file beside the picture, and takes it from there the next time.
        Raise ValueError if it is no picture.
        """
        stored = cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        if stored is None:
            raise ValueError(f"{path.name} is not a picture.")
        picture = cv2.cvtColor(stored, cv2.COLOR_BGR2RGB)
        findings = find_once(picture, path, models) if keep else find(picture, models)
        left, top, right, bottom = findings.part
        return cls(picture[top:bottom, left:right], findings.face, findings.cutout)._at_most(LONGEST)

    def _at_most(self, longest: int) -> "Subject":
        """The same subject in a picture of a workable size."""
        scale = longest / max(self.picture.shape[:2])
        if scale >= 1:
            return self

        def smaller(picture: Picture) -> Picture:
            return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)

        face = self.face.scaled(scale) if self.face else None
        return Subject(smaller(self.picture), face, None if self.cutout is None else smaller(self.cutout))

    @cached_property
    def anchor(self) -> Face:
        """The face, or where one would be."""
        if self.face is None and self.cutout is not None:
            return face_in_mask(self.cutout)
        return self.face or guessed_face(self.picture)

    @cached_property
    def head(self) -> Face:
        """What things are worn on: the face, or the rims of the card."""
        return face_on_card(self.picture.shape, self.anchor) if self.is_on_card else self.anchor

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
