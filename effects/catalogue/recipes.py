"""The recipe of every effect, by its name."""

import hashlib
import json
from collections.abc import Iterator
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
    """What changes with an effect's recipe, with the parts it shares, and with the drawings and the dance it names."""
    shared, known = _book()["shared"], {""}
    digest = hashlib.sha256()

    def take(part: Any) -> None:
        digest.update(json.dumps(part, sort_keys=True).encode())
        for word in _words(part):
            if word not in known:
                known.add(word)
                for drawing in _drawings().get(word, ()):
                    digest.update(drawing.read_bytes())
                take([shared.get(word), dance_data(word)])

    take(_book()["effects"].get(name))
    return digest.hexdigest()


def _words(part: Any) -> Iterator[str]:
    """Every string in a piece of JSON, keys aside."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, (list, dict)):
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
