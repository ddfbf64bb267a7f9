from typing import Any

import pytest

from effects.render import Recipe


def push(**fields: Any) -> dict[str, Any]:
    return {"kind": "move", "move": "push", **fields}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"parts": [push(amuont=2)]}, r"sparkle\.parts\[0\]\.amuont: there is no such field"),
        ({"parts": [push(amount=99)]}, r"sparkle\.parts\[0\]\.amount: 99\.0 is not between -4 and 4"),
        ({"parts": [push(amount="much")]}, r"sparkle\.parts\[0\]\.amount: 'much' is not a float"),
        ({"parts": [push(target="dog")]}, r"sparkle\.parts\[0\]\.target: unknown name 'dog'"),
        (
            {"parts": [push(), {"kind": "wear", "sprite": "tiara", "on": "head"}]},
            r"parts\[1\]\.sprite: unknown name 'tiara'",
        ),
        ({"parts": [{"kind": "particles"}]}, r"sparkle\.parts\[0\]\.sprites: is missing"),
        ({"parts": [{"kind": "prop", "sprite": "star", "keys": [[0, 1]]}]}, r"keys\[0\]: 2 values where 5 belong"),
        ({"parts": [{"kind": "flash", "colour": "red"}]}, r"parts\[0\]\.colour: 'red' is no colour like '#FFE2A0'"),
        ({"parts": [{"kind": "light", "light": "rain", "colours": []}]}, r"parts\[0\]\.colours: there is none"),
        ({"parts": [{"kind": "dream"}]}, r"sparkle\.parts\[0\]\.kind: unknown kind 'dream'"),
        ({"parts": ["snow"]}, r"sparkle\.use: there are no shared parts 'snow'"),
        (
            {"parts": [{"kind": "prop", "sprite": "star", "keys": [[0, 1, 1, 1, 0]], "by": "ground"}]},
            r"sparkle\.parts: a prop goes by the figure, but there is none",
        ),
        ({"parts": []}, r"sparkle\.parts: is empty"),
        ({"parts": [push()], "still": 3}, r"sparkle\.still: 3 is not between 0 and 1"),
        ({"part": [push()]}, r"sparkle\.part: there is no such field"),
    ],
)
def test_a_bad_recipe_names_the_effect_and_the_field(data: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Recipe.read("sparkle", data)


def test_shared_parts_are_used_by_name_and_changed_by_field() -> None:
    shared = {"drift": [{"kind": "move", "move": "float", "beats": 2}]}
    plain = Recipe.read("a", {"parts": ["drift"]}, shared)
    changed = Recipe.read("b", {"parts": [{"use": "drift", "beats": 3}]}, shared)
    assert plain.parts == Recipe.read("a", {"parts": shared["drift"]}).parts
    assert changed.parts == Recipe.read("b", {"parts": [{"kind": "move", "move": "float", "beats": 3}]}).parts
