"""The recipe of every effect, by its name."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from effects import render
from effects.render import Recipe
from effects.render.dances import dance_data

FILE = Path(__file__).parent / "recipes.json"


@cache
def recipe_for(name: str) -> Recipe:
    """The recipe of an effect; raise KeyError if there is no such effect, ValueError if its recipe is wrong."""
    book = _book()
    return Recipe.read(name, book["effects"][name], book["shared"])


def recipe_names() -> list[str]:
    """Every effect that has a recipe."""
    return list(_book()["effects"])


def fingerprint(name: str) -> str:
    """What changes with an effect's recipe and with the drawings and the dance it names; empty if it has none."""
    if name not in _book()["effects"]:
        return ""
    recipe = recipe_for(name)
    digest = hashlib.sha256(repr(recipe).encode())
    for word in sorted(set(_words(asdict(recipe)))):
        digest.update(json.dumps(dance_data(word)).encode())
        for drawing in _drawings().get(word, ()):
            digest.update(drawing.read_bytes())
    return digest.hexdigest()


def _words(part: Any) -> Iterator[str]:
    """Every string in the fields of a recipe."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, (list, tuple, dict)):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _words(inner)


@cache
def _drawings() -> dict[str, list[Path]]:
    """The renderer's drawings by their names."""
    drawings: dict[str, list[Path]] = {}
    for path in sorted(Path(render.__file__).parent.glob("*/*.svg")):
        drawings.setdefault(path.stem, []).append(path)
    return drawings


@cache
def _book() -> dict[str, Any]:
    book: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return book
