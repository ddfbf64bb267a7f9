"""The drawn people and pets that stand in for a portrait on posters."""

import json
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import resvg_py

from effects.render import Subject
from effects.render.faces import Face, Point
from effects.render.pictures import Picture

FOLDER = Path(__file__).parent / "sitters"
PEOPLE = ("lucia", "jun", "odette", "anton", "samira", "milo")
PETS = ("marmalade", "biscuit")


def sitters_for(name: str, *, count: int, kind: str) -> list[Subject]:
    """`count` sitters for an effect, always the same ones; `kind` is person, pet or any."""
    return [sitter(chosen) for chosen in _cast(name, count, kind)]


def small_picture(name: str, kind: str) -> Path:
    """The first of an effect's sitters as a WebP of 480 x 640, drawn beforehand so that it costs nothing to show."""
    return FOLDER / f"{_cast(name, 1, kind)[0]}.webp"


def _cast(name: str, count: int, kind: str) -> list[str]:
    casts = {"person": PEOPLE, "pet": PETS, "any": (*PEOPLE[:3], PETS[0], *PEOPLE[3:], PETS[1])}
    cast = casts[kind]
    first = zlib.crc32(name.encode()) // 7 % len(cast)
    step = 1 if len(cast) == 2 else 1 + zlib.crc32(name.encode()) % (len(cast) - 1)
    return [cast[(first + step * index) % len(cast)] for index in range(count)]


@cache
def sitter(name: str) -> Subject:
    """One sitter, drawn, with exact points and cut-out."""
    whole = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    alone = whole.replace('<g id="background">', '<g id="background" display="none">')
    facts = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    picture = cv2.cvtColor(_raster(whole), cv2.COLOR_BGRA2RGB)
    return Subject(picture, _face(facts), np.ascontiguousarray(_raster(alone)[..., 3]))


def _raster(svg: str) -> Picture:
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED))


def _face(facts: dict[str, Any]) -> Face:
    x, y, width, height = facts["face_box"]
    left, right = facts["mouth_left"], facts["mouth_right"]
    mouth = Point((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    return Face(
        (x, y, width, height),
        left_eye=Point(*facts["left_eye"]),
        right_eye=Point(*facts["right_eye"]),
        nose=Point(*facts["nose_tip"]),
        mouth=mouth,
        chin=Point(*facts["chin"]),
        forehead=Point(*facts["forehead_top"]),
        head_top=Point(*facts["head_top"]),
    )
