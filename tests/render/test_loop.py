"""Samples for the shop window: a still and a film without an end."""

from pathlib import Path

import av
import numpy as np

from effects.render import Recipe, render_loop, render_poster
from effects.render.loop import FRAMES, OVERLAP
from tests.render.cast import small

SIZE = (72, 96)
MOVING = Recipe.read("moving", {"still": 0.5, "parts": [{"kind": "move", "move": "push", "amount": 2.0}]})


def frames_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray").astype(int) for frame in container.decode(video=0)]


def test_the_end_of_a_loop_leads_on_to_its_beginning(tmp_path: Path) -> None:
    render_loop(MOVING, [small("lucia")], tmp_path / "loop.mp4", SIZE, seed=7)

    frames = frames_of(tmp_path / "loop.mp4")
    steps = [np.abs(one - other).mean() for one, other in zip(frames, frames[1:] + frames[:1], strict=True)]
    whole_way = np.abs(frames[0] - frames[FRAMES - 2 * OVERLAP - 1]).mean()
    assert len(frames) == FRAMES - OVERLAP
    assert steps[-1] < whole_way / 3


def test_a_poster_is_exactly_as_large_as_asked_for_and_shows_the_telling_moment() -> None:
    for cast in ([small("lucia")], [small("lucia"), small("jun")]):
        poster = render_poster(MOVING, cast, SIZE, seed=7)
        assert poster.shape == (SIZE[1], SIZE[0], 3)
    later = Recipe("moving", MOVING.parts, still=1.0)
    moments = [render_poster(recipe, [small("lucia")], SIZE, seed=7).astype(int) for recipe in (MOVING, later)]
    assert np.abs(moments[0] - moments[1]).mean() > 1
