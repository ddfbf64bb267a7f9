"""What a figure holds, stands on, or has beside it."""

from typing import Any

import numpy as np
import pytest

from effects.render import Recipe
from effects.render.figure import FigureActor
from effects.render.film import Film
from effects.render.geometry import applied
from effects.render.pictures import Picture
from effects.render.puppet import Skeleton
from tests.render.cast import small

TALL, WIDE = (90, 160), (160, 120)
BALL = {"kind": "prop", "sprite": "football", "bob": 0.0}


def film(*parts: dict[str, Any], size: tuple[int, int] = TALL, **figure: Any) -> Film:
    body = {"kind": "figure", "dance": "skate", "size": 0.6, "shadow": 0.0, **figure}
    scene = {"kind": "scene", "scene": "studio"}
    return Film(Recipe.read("park", {"parts": [scene, body, *parts]}), [small("jun")], size, seconds=5, seed=1)


def figure_in(film: Film) -> FigureActor:
    [actor] = film.actors
    assert isinstance(actor, FigureActor)
    return actor


def difference(one: Picture, other: Picture) -> tuple[float, float]:
    """The middle of what is different, in pixels."""
    rows, columns = np.nonzero(np.abs(one.astype(int) - other).max(axis=2) > 20)
    return float(columns.mean()), float(rows.mean())


def test_a_board_under_the_feet_jumps_with_them() -> None:
    bare, riding = film(), film(hold=[["feet", "skateboard", 0.42, 0.5, 0.46, 0]])
    standing = difference(bare.frame(0.1), riding.frame(0.1))
    jumping = difference(bare.frame(0.45), riding.frame(0.45))
    assert standing[1] - jumping[1] > 0.15 * figure_in(riding).height


def test_a_board_slopes_from_foot_to_foot_and_turns_over_with_the_body() -> None:
    dance = figure_in(film()).dance
    level, manual = (Skeleton(dance.at(beat)).stance for beat in (2.6, 8.0))
    assert level[1, 0] == pytest.approx(0, abs=0.02)
    assert manual[1, 0] < -0.2
    flip = figure_in(film(dance="snowboard")).dance
    assert Skeleton(flip.at(4.8)).stance[0, 0] < -0.9


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_a_ball_beside_the_figure_is_beside_it_on_every_canvas(size: tuple[int, int]) -> None:
    ball = {**BALL, "by": "ground", "keys": [[0, 0.3, -0.1, 0.2, 0]]}
    bare, playing = film(size=size), film(ball, size=size)
    actor = figure_in(playing)
    x, y = difference(bare.frame(0), playing.frame(0))
    assert (x - actor.foot[0]) / actor.height == pytest.approx(0.3, abs=0.04)
    assert (y - actor.foot[1]) / actor.height == pytest.approx(-0.1, abs=0.04)


@pytest.mark.parametrize(("by", "way"), [("figure", 0.33), ("ground", 0.0)])
def test_a_dribbled_ball_goes_along_and_a_goal_stays(by: str, way: float) -> None:
    run = {"kind": "move", "move": "enter_left", "target": "person", "amount": 0.3, "ease": "linear"}
    thing = {**BALL, "by": by, "keys": [[0, 0.3, -0.9, 0.2, 0]]}
    bare, playing = film(run), film(run, thing)
    first, last = (difference(bare.frame(u), playing.frame(u))[0] for u in (0.0, 1.0))
    assert (last - first) / TALL[0] == pytest.approx(way, abs=0.05)
    moved = applied(playing._moment(1.0).bodies[0], 0, 0)[0] - applied(playing._moment(0.0).bodies[0], 0, 0)[0]
    assert moved / TALL[0] == pytest.approx(0.33, abs=0.02)
