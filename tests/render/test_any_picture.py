"""Whatever is in a photo, and whatever its form, it makes a clip in which it can be seen."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from effects.catalogue.sitters import sitter
from effects.render import Recipe, Subject, render_still
from effects.render.pictures import Picture
from effects.render.sprites import sprite

RECIPES: dict[str, list[dict[str, Any]]] = {
    "in a place": [{"kind": "scene", "scene": "hearth"}, {"kind": "wear", "sprite": "santa-hat", "on": "head"}],
    "warped": [{"kind": "warp", "warp": "swirl"}],
    "with wings": [{"kind": "wear", "sprite": "angel-wing-left", "on": "back", "layer": "behind"}],
}
PAIR: list[dict[str, Any]] = [{"kind": "scene", "scene": "sea"}, {"kind": "pair"}]


def person(width: int = 360) -> Image.Image:
    picture = Image.fromarray(sitter("jun").picture)
    return picture.resize((width, width * 4 // 3), Image.Resampling.BOX)


def around_person(width: int, height: int) -> Image.Image:
    wall = Image.new("RGB", (width, height), (120, 140, 150))
    small = person(260)
    wall.paste(small, ((width - small.width) // 2, (height - small.height) // 2))
    return wall


def thing() -> Image.Image:
    wall = Image.new("RGB", (400, 320), (170, 150, 120))
    gift = sprite("gift-box", 200, ())
    wall.paste(Image.fromarray(gift[..., :3]), (100, 60), Image.fromarray(gift[..., 3]))
    return wall


def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(4).integers(0, 255, (300, 340, 3), np.uint8))


def transparent() -> Image.Image:
    picture = person().convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    return picture


PICTURES: dict[str, Callable[[], Image.Image]] = {
    "person.jpg": person,
    "nobody.png": noise,
    "dog.jpg": lambda: Image.fromarray(sitter("biscuit").picture).resize((360, 480)),
    "thing.png": thing,
    "tiny.png": lambda: person(64),
    "tall.jpg": lambda: around_person(300, 1500),
    "wide.jpg": lambda: around_person(1500, 300),
    "grey.png": lambda: person().convert("L"),
    "transparent.png": transparent,
    "cmyk.jpg": lambda: person().convert("CMYK"),
}


def seen(subjects: list[Subject], parts: list[dict[str, Any]]) -> float:
    """The part of a frame in which the subjects show: what changes if their colours do."""
    recipe = Recipe.read("any", {"parts": parts})
    inverted = [replace(subject, picture=255 - subject.picture) for subject in subjects]
    frame, other = (render_still(recipe, cast, seed=1, at=0.5, short_side=120) for cast in (subjects, inverted))
    assert frame.std() > 10
    changed: Picture = np.abs(frame.astype(int) - other).max(2) > 25
    return float(changed.mean())


@pytest.mark.parametrize("name", PICTURES)
def test_it_shows_in_every_kind_of_clip(name: str, models: Path, tmp_path: Path) -> None:
    PICTURES[name]().save(tmp_path / name)
    for known in (models, None):
        subject = Subject.open(tmp_path / name, known)
        height, width = subject.picture.shape[:2]
        assert 0.56 <= width / height <= 1.78
        for kind, parts in RECIPES.items():
            assert seen([subject], parts) > 0.1, kind


def test_two_portraits_of_very_different_size_both_show(models: Path, tmp_path: Path) -> None:
    person(1500).save(tmp_path / "large.jpg")
    person(90).save(tmp_path / "small.png")
    large, small = (Subject.open(tmp_path / name, models) for name in ("large.jpg", "small.png"))
    for cast in ([large, small], [small, large]):
        assert seen(cast, PAIR) > 0.25
