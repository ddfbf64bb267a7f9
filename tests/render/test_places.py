import numpy as np
import pytest

from effects.render import Recipe
from effects.render.film import Film
from tests.render.cast import small

MOON = (255, 233, 184)


@pytest.mark.parametrize(("flow", "moons"), [(0.0, True), (3.0, False)])
def test_a_place_that_comes_round_again_leaves_its_moon_out(flow: float, moons: bool) -> None:
    parts = [{"kind": "scene", "scene": "city-night", "flow": flow}, {"kind": "finish", "vignette": 0.0, "grain": 0.0}]
    film = Film(Recipe.read("flash_ride", {"parts": parts}), [small("jun")], (240, 240), seconds=5, seed=1)
    sky = [film.frame(u)[:100] for u in (0.0, 0.3, 0.6)]
    near = [np.abs(frame.astype(int) - MOON).max(axis=2) < 50 for frame in sky]
    assert any(spot.sum() > 100 for spot in near) is moons
