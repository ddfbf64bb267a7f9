"""The drawn people and pets that stand in for a portrait on posters."""

import json
import zlib
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import resvg_py

from effects.catalogue.order import DIVIDED_ABOVE, THEMES
from effects.render import Subject
from effects.render.faces import Face, Point
from effects.render.pictures import Picture

FOLDER = Path(__file__).parent / "sitters"
CASTING = json.loads((FOLDER / "casting.json").read_text(encoding="utf-8"))
PEOPLE, PETS = tuple(CASTING["people"]), tuple(CASTING["pets"])
CATALOGUE = Path(__file__).with_name("effects.json")
APART = 5  # cards: a row of four, and the card below


def sitters_for(name: str, *, count: int, kind: str) -> list[Subject]:
    """`count` sitters for an effect, always the same ones; `kind` is person, pet or any."""
    return [sitter(chosen) for chosen in names_for(name, count=count, kind=kind)]


def small_picture(name: str, kind: str) -> Path:
    """The first of an effect's sitters as a WebP of 480 x 640, drawn beforehand so that it costs nothing to show."""
    return FOLDER / f"{names_for(name, count=1, kind=kind)[0]}.webp"


def names_for(name: str, *, count: int, kind: str) -> list[str]:
    """The names of an effect's sitters: other ones than its neighbours in the catalogue have."""
    cast = _casts()[kind]
    seated = _seats().get(name, [])
    if len(seated) == count and set(seated) <= {*cast, *_for_some(kind)}:
        return seated
    first = zlib.crc32(name.encode()) % len(cast)
    return [cast[(first + index) % len(cast)] for index in range(count)]


def _casts() -> dict[str, tuple[str, ...]]:
    return {"person": PEOPLE, "pet": PETS, "any": (*PEOPLE, *PETS)}


def _for_some(kind: str) -> list[str]:
    """The baby, the couple and the whole figures: only in effects chosen for them."""
    return [] if kind == "pet" else CASTING["for_some"]


@cache
def _seats() -> dict[str, list[str]]:
    """Choose sitters for every shipped effect in the catalogue's order, among those whom no neighbour has."""
    effects = _in_shipped_order()
    seats = {effect["name"]: list(CASTING["chosen"].get(effect["name"], ())) for effect in effects}
    places: dict[str, list[int]] = defaultdict(list)
    for place, chosen in enumerate(seats.values()):
        for sitter in chosen:
            places[sitter].append(place)
    for place, effect in enumerate(effects):
        chosen, missing = seats[effect["name"]], 2 if effect["subjects"] == "dual" else 1
        while len(chosen) < missing:
            distance = {
                sitter: min((abs(place - other) for other in places[sitter]), default=APART)
                for sitter in _suited(effect)
                if sitter not in chosen
            }
            farthest = min(max(distance.values()), APART)
            rested = [sitter for sitter in distance if distance[sitter] >= farthest]
            chosen.append(rested[zlib.crc32(effect["name"].encode()) % len(rested)])
            places[chosen[-1]].append(place)
    return seats


def _suited(effect: dict[str, str]) -> list[str]:
    unsuited = CASTING["children"] if effect["name"] in CASTING["for_grown_ups"] else []
    return [sitter for sitter in _casts()[effect["subject_kind"]] if sitter not in unsuited]


def _in_shipped_order() -> list[dict[str, str]]:
    """The effects as the catalogue shows them at first: by price, large tiers by theme, current ones before retired."""
    shipped = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    tiers = [tier["name"] for tier in shipped["tiers"]]
    sizes = Counter(effect["tier"] for effect in shipped["effects"])

    def place(effect: dict[str, str]) -> tuple[int, int, str, str]:
        theme = THEMES.index(effect["theme"]) if sizes[effect["tier"]] > DIVIDED_ABOVE else 0
        return tiers.index(effect["tier"]), theme, effect["upstream_status"], effect["name"]

    return sorted(shipped["effects"], key=place)


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
