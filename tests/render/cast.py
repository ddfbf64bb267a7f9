"""Small people for quick tests: the drawn sitters, shrunk."""

from functools import cache

import cv2

from effects.catalogue.sitters import sitter
from effects.render import Subject


@cache
def small(name: str, width: int = 180) -> Subject:
    """A sitter `width` pixels wide, with face and cut-out."""
    subject = sitter(name)
    assert subject.face is not None and subject.cutout is not None
    scale = width / subject.picture.shape[1]
    size = (width, round(subject.picture.shape[0] * scale))
    picture = cv2.resize(subject.picture, size, interpolation=cv2.INTER_AREA)
    cutout = cv2.resize(subject.cutout, size, interpolation=cv2.INTER_AREA)
    return Subject(picture, subject.face.scaled(scale), cutout)


def cropped(name: str, height: int) -> Subject:
    """The upper part of a small sitter, without face or cut-out: a wider picture."""
    return Subject(small(name).picture[:height])
