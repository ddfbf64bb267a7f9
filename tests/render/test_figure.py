"""Figures: a body that dances on its feet, under the head of whoever is in the portrait."""

from typing import Any

import cv2
import numpy as np
import pytest

from effects.render import Recipe, Subject
from effects.render.dances import dances
from effects.render.figure import FigureActor, head_of
from effects.render.film import Film
from effects.render.geometry import applied
from effects.render.pictures import Picture
from effects.render.puppet import Skeleton, outfit_names, parts_of
from tests.render.cast import small

SIZE = (144, 256)
LIMBS = {
    "torso",
    "hips",
    "upper",
    "fore",
    "thigh",
    "shin",
    "shoe",
    "hand-open",
    "hand-fist",
    "hand-point",
    "hand-heart",
}


def film(*parts: dict[str, Any], subjects: tuple[str, ...] = ("jun",), **figure: Any) -> Film:
    body = {"kind": "figure", "dance": "disco", **figure}
    scene = {"kind": "scene", "scene": "studio"}
    size = SIZE if len(subjects) == 1 else (256, 256)
    return Film(
        Recipe.read("ball", {"parts": [scene, body, *parts]}),
        [small(name) for name in subjects],
        size,
        seconds=5,
        seed=1,
    )


def changed(one: Picture, other: Picture) -> Picture:
    return cv2.absdiff(one, other).max(axis=2) > 12


def test_every_outfit_dresses_the_whole_body() -> None:
    for outfit in outfit_names():
        assert set(parts_of(outfit, 60, ())) >= LIMBS, outfit


@pytest.mark.parametrize("name", [name for name, _ in dances()])
def test_a_dance_stays_on_the_floor_and_never_jumps_from_pose_to_pose(name: str) -> None:
    dance = dict(dances())[name]
    step = 1 / 24
    sudden = 95 if dance.gait == "snap" else 45
    before = dance.at(0)
    for beat in np.arange(step, 2 * dance.beats, step):
        now = dance.at(beat)
        if dance.loops or beat < dance.times[-1]:
            assert np.abs(now.values - before.values).max() < sudden, f"a joint of {name} jumps at beat {beat:.2f}"
        skeleton = Skeleton(now)
        lowest = max(y for _, y in skeleton.ankles.values())
        assert lowest < 0.03 or now["up"] < 0 or now["roll"], f"{name} sinks into the floor at beat {beat:.2f}"
        before = now


def test_a_standing_foot_does_not_slide_while_the_hips_move() -> None:
    hips = film(dance="hip_sway", phase=0.05).actors[0]
    assert isinstance(hips, FigureActor)
    poses = [Skeleton(hips.dance.at(beat)) for beat in (0.1, 0.5, 0.9)]
    assert len({pose.ankles["r"][0] for pose in poses}) == 1
    assert len({round(pose.hip[0], 4) for pose in poses}) == 3


def test_a_looping_dance_ends_where_it_began() -> None:
    for name, dance in dances():
        if dance.loops:
            assert np.allclose(dance.at(0).values, dance.at(dance.beats).values), name


def test_the_mirror_of_a_mirrored_pose_is_the_pose() -> None:
    pose = dict(dances())["subject_3"].at(0.3)
    assert not np.allclose(pose.values, pose.mirrored().values)
    assert np.allclose(pose.values, pose.mirrored().mirrored().values)


def test_the_head_is_cut_below_the_chin() -> None:
    subject = small("jun")
    head = head_of(subject)
    below = round(head.chin.y + 0.12 * head.face.box[3])
    assert head.alpha[round(head.face.centre.y), round(head.face.centre.x)] > 250
    assert head.alpha.shape[0] <= below or head.alpha[below:].max() < 30
    assert subject.mask[round(subject.anchor.chin.y + 0.3 * subject.anchor.box[3])].max() > 250


def test_a_pet_on_a_card_wears_the_card() -> None:
    card = Subject(small("marmalade").picture)
    head = head_of(card)
    assert card.is_on_card
    assert (head.alpha > 250).mean() > 0.9


def test_the_figure_wears_the_face_from_the_portrait() -> None:
    one, other = film(), film(subjects=("lucia",))
    left, top, width, height = map(round, one.actors[0].face.box)
    faces = np.zeros((SIZE[1], SIZE[0]), bool)
    faces[top : top + height, left : left + width] = True
    assert changed(one.frame(0), other.frame(0))[faces].mean() > 0.4


def test_hats_follow_the_head_of_the_figure() -> None:
    hat = {"kind": "wear", "sprite": "top-hat", "on": "head", "lively": 0.0, "enter": "none"}
    bare, dressed = film(dance="groove"), film(hat, dance="groove")
    for u in (0.0, 0.1):
        x, y = applied(dressed.actors[0].head(u), *dressed.actors[0].face.head_top)
        rows, columns = np.nonzero(changed(bare.frame(u), dressed.frame(u)))
        assert abs(columns.mean() - x) < 6
        assert rows.min() < y
    assert abs(applied(bare.actors[0].head(0.0), 0, 0)[0] - applied(bare.actors[0].head(0.1), 0, 0)[0]) > 3


def test_the_portrait_is_seen_until_the_figure_comes() -> None:
    calm = {"kind": "move", "move": "sway", "target": "person", "amount": 0}
    plain = Recipe.read("ball", {"parts": [{"kind": "scene", "scene": "studio"}, calm]})
    portrait = Film(plain, [small("jun")], SIZE, seconds=5, seed=1)
    coming = film(at=0.5)
    assert changed(portrait.frame(0.4), coming.frame(0.4)).mean() < 0.01
    assert changed(portrait.frame(0.9), coming.frame(0.9)).mean() > 0.3


def test_a_dancing_figure_does_not_breathe_off_the_floor() -> None:
    dancer = film(dance="hip_sway")
    assert np.allclose(dancer._body(0, 0.2), np.eye(3))


def test_a_hand_holds_what_it_is_given() -> None:
    empty, full = film(), film(hold=[["right", "sword", 0.4, 0.5, 0.86, 110]])
    assert changed(empty.frame(0.3), full.frame(0.3)).sum() > 100


def test_two_people_dance_side_by_side() -> None:
    pair = film({"kind": "pair", "apart": 0.25}, subjects=("lucia", "jun"), size=0.7)
    left, right = (actor.face.centre.x for actor in pair.actors)
    assert left < 0.3 * 256 and right > 0.7 * 256
    assert all(isinstance(actor, FigureActor) for actor in pair.actors)


def test_backing_dancers_are_late() -> None:
    def beside(delay: float) -> Picture:
        clones = {"kind": "clones", "count": 2, "spread": 0.3, "scale": 0.6, "delay": delay}
        return film(clones, size=0.5).frame(0.5)

    assert changed(beside(0.0), beside(0.1)).sum() > 100
