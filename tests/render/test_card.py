import numpy as np

from effects.render import Recipe, Subject
from effects.render.film import Film
from effects.render.frame_designs import FRAMES
from effects.render.pictures import Picture
from effects.render.sprites import drawn

SIZE = (144, 256)


def on_card() -> Subject:
    noise = np.random.default_rng(2).integers(90, 160, (240, 180, 3), np.uint8)
    return Subject(noise)


def shown(*parts: dict[str, object]) -> Film:
    scene = {"kind": "scene", "scene": "studio"}
    recipe = Recipe.read("card", {"parts": [scene, {"kind": "placing", "scale": 0.8}, *parts]})
    return Film(recipe, [on_card()], SIZE, seconds=5, seed=1)


def changed(one: Picture, other: Picture) -> Picture:
    return np.abs(one.astype(int) - other).max(axis=2) > 24


def worn(sprite: str, on: str) -> tuple[int, int, int, int]:
    """First and last changed row, and first and last row of the card."""
    thing = {"kind": "wear", "sprite": sprite, "on": on, "enter": "none", "lively": 0.0}
    plain = shown()
    rows = np.flatnonzero(changed(plain.frame(0.5), shown(thing).frame(0.5)).any(axis=1))
    card = np.flatnonzero((plain.actors[0].looks.at(0.5)[..., 3] > 128).any(axis=1)) + plain.actors[0].home[1, 2]
    return int(rows.min()), int(rows.max()), int(card.min()), int(card.max())


def test_a_hat_sits_on_the_upper_rim_of_a_card() -> None:
    first, last, top, bottom = worn("chef-hat", "head")
    assert first < top - 10
    assert last < top + 0.2 * (bottom - top)


def test_a_cloak_hangs_from_the_lower_part_of_a_card() -> None:
    first, _, top, bottom = worn("red-cloak", "neck")
    assert first > top + 0.6 * (bottom - top)


def test_the_globe_is_clear_inside_and_stands_on_a_foot() -> None:
    width, height = SIZE
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    alpha = drawn(f"{head}{FRAMES['globe'].paint(width, height)}</svg>", SIZE)[..., 3]
    assert alpha[int(0.46 * height), width // 2] < 40
    assert alpha[int(0.66 * height), width // 2] > 240
    assert alpha[4, 4] > 240
