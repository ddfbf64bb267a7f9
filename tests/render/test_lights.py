import numpy as np
import pytest

from effects.render.light_painters import PAINTERS, Canvas
from effects.render.pictures import Picture

COLOURS = [(255, 220, 150), (255, 120, 110), (140, 210, 255)]
ORIGIN, REACH = (0.5, 0.4), 0.4


def painted(light: str, seconds: float, u: float, reach: float = REACH, count: int = 60) -> Picture:
    """Which pixels of a tall canvas are lit."""
    picture = np.zeros((160, 90, 3), np.uint8)
    dice = np.random.default_rng(4).random((200, 4))
    PAINTERS[light](Canvas(picture, count, 1.0, 1.0, ORIGIN, reach, dice, COLOURS, 90.0), seconds, u)
    return picture.max(axis=2) > 40


@pytest.mark.parametrize("light", sorted(PAINTERS))
def test_every_light_is_seen_during_a_clip(light: str) -> None:
    assert any(painted(light, 5 * u, u).any() for u in (0.2, 0.4, 0.6, 0.8))


def test_the_year_bursts_open_digit_by_digit() -> None:
    def digits(u: float) -> int:
        columns = painted("year", 5 * u, u, 0.7)[:100].any(axis=0)
        gaps = np.diff(np.flatnonzero(columns))
        return int((gaps > 3).sum()) + 1

    assert digits(0.25) == 1
    assert digits(0.95) == 4


def test_a_heart_is_written_stroke_by_stroke_and_then_stays() -> None:
    half, whole, later = (painted("heart_trace", 2.0, u) for u in (0.3, 0.6, 0.9))
    assert half[:, :44].sum() < 0.2 * half.sum()
    assert abs(int(whole[:, :45].sum()) - int(whole[:, 45:].sum())) < 0.2 * whole.sum()
    assert (whole == later).all()


def test_a_tree_of_lights_grows_from_its_foot() -> None:
    young, grown = (np.flatnonzero(painted("tree", 2.0, u).any(axis=1)) for u in (0.3, 0.6))
    assert abs(young.max() - grown.max()) <= 3
    assert young.min() > grown.min() + 20


def test_flakes_stay_inside_the_globe() -> None:
    down, across = np.nonzero(painted("flurry", 3.0, 0.6, 0.2))
    away = np.hypot(across - ORIGIN[0] * 90, down - ORIGIN[1] * 160)
    assert 0.6 * 32 < away.max() < 1.08 * 32


def test_a_heart_shell_has_two_lobes_and_a_notch() -> None:
    lit = painted("heart_burst", 1.4, 0.28, count=20)[:110]
    columns = np.flatnonzero(lit.any(axis=0))
    middle, quarter = int(columns.mean()), (columns.max() - columns.min()) // 4
    first = lit.argmax(axis=0)
    assert first[middle] > first[middle - quarter] + 2
    assert first[middle] > first[middle + quarter] + 2


def test_one_shell_fills_the_sky() -> None:
    assert painted("peony", 1.6, 0.32)[:110].any(axis=0).mean() > 0.7
