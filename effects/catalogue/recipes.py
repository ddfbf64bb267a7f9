"""The recipe of every effect, by its name."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from effects.render import Recipe

FILE = Path(__file__).parent / "recipes.json"


@cache
def recipe_for(name: str) -> Recipe:
    """The recipe of an effect; raise KeyError if there is no such effect, ValueError if its recipe is wrong."""
    book = _book()
    return Recipe.read(name, book["effects"][name], book["shared"])


def recipe_names() -> list[str]:
    """Every effect that has a recipe."""
    return list(_book()["effects"])


@cache
def _book() -> dict[str, Any]:
    book: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return book
