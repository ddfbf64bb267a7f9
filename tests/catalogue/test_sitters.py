"""The drawn sitters, and who sits for which effect."""

import json
from collections import Counter

import cv2
import numpy as np
import pytest

from effects.catalogue import search
from effects.catalogue.order import THEMES
from effects.catalogue.search import Filters
from effects.catalogue.sitters import APART, CASTING, CATALOGUE, FOLDER, PEOPLE, PETS, names_for, sitter, small_picture
from effects.catalogue.sitters import _in_shipped_order as in_shipped_order
from effects.models import Theme

EVERYBODY = (*PEOPLE, *PETS, *CASTING["for_some"])
EFFECTS = {effect["name"]: effect for effect in json.loads(CATALOGUE.read_text(encoding="utf-8"))["effects"]}


def sitters_of(effect: dict[str, str]) -> list[str]:
    count = 2 if effect["subjects"] == "dual" else 1
    return names_for(effect["name"], count=count, kind=effect["subject_kind"])


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_sitter_has_a_face_inside_the_outline_and_a_small_picture_like_the_drawing(name: str) -> None:
    subject = sitter(name)
    assert subject.face is not None and subject.cutout is not None
    face, (x, y, width, height) = subject.face, subject.face.box
    assert subject.picture.shape == (960, 720, 3)
    for point in (face.left_eye, face.right_eye, face.nose, face.mouth):
        assert x < point.x < x + width and y < point.y < y + height
        assert subject.cutout[int(point.y), int(point.x)] == 255
    assert face.left_eye.x < face.nose.x < face.right_eye.x
    assert face.head_top.y <= face.forehead.y < face.eyes.y < face.nose.y < face.mouth.y < face.chin.y
    assert subject.cutout[:40].max() == 0, "there is no room above"
    small = cv2.cvtColor(cv2.imread(str(FOLDER / f"{name}.webp")), cv2.COLOR_BGR2RGB)
    drawn = cv2.resize(subject.picture, (480, 640), interpolation=cv2.INTER_AREA)
    assert cv2.absdiff(small, drawn).mean() < 4


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_sitter_is_a_light_file(name: str) -> None:
    assert (FOLDER / f"{name}.svg").stat().st_size < 60_000
    assert (FOLDER / f"{name}.webp").stat().st_size < 25_000


def test_a_whole_figure_stands_clear_of_every_edge() -> None:
    for name in ("yuna", "mateo", "amara"):
        alpha = sitter(name).cutout
        assert alpha is not None
        rows, columns = np.nonzero(alpha.max(1))[0], np.nonzero(alpha.max(0))[0]
        assert rows[0] > 60 and 900 < rows[-1] < 955
        assert columns[0] > 60 and columns[-1] < 660


def test_sitters_are_cast_in_the_order_of_the_catalogue(catalogue: None) -> None:
    assert list(THEMES) == Theme.values
    shown = [group.shown for section in search.find(Filters()).sections for group in section.groups]
    first = [effect.name for effects in shown for effect in effects]
    ours = [effect["name"] for effect in in_shipped_order()]
    assert [name for name in ours if name in first] == first


def test_neighbours_in_the_catalogue_have_other_sitters() -> None:
    singles = [effect for effect in in_shipped_order() if effect["subject_kind"] != "pet"]
    cast = [sitters_of(effect) for effect in singles]
    same = [singles[i]["name"] for i in range(1, len(cast)) if set(cast[i]) & set(cast[i - 1])]
    assert same == []
    pets = [sitters_of(effect)[0] for effect in in_shipped_order() if effect["subject_kind"] == "pet"]
    assert set(pets) == set(PETS)


def test_everybody_gets_a_fair_share() -> None:
    seen = Counter(name for effect in EFFECTS.values() for name in sitters_of(effect))
    assert set(seen) == set(EVERYBODY)
    assert all(seen[name] > 2 * APART for name in PEOPLE)


def test_children_do_nothing_that_is_not_for_children() -> None:
    assert set(CASTING["for_grown_ups"]) <= set(EFFECTS)
    for name in CASTING["for_grown_ups"]:
        assert not set(sitters_of(EFFECTS[name])) & set(CASTING["children"])


def test_effects_that_ask_for_somebody_get_them() -> None:
    for name, chosen in CASTING["chosen"].items():
        assert sitters_of(EFFECTS[name]) == chosen
    assert small_picture("martial_meow", "pet").name == "marmalade.webp"


def test_the_couple_does_not_sit_for_what_has_become_a_pet_effect() -> None:
    assert set(names_for("celebration", count=1, kind="pet")) <= set(PETS)


def test_an_effect_unknown_to_the_catalogue_gets_as_many_sitters_as_it_needs() -> None:
    names = names_for("new in the admin", count=2, kind="person")
    assert len(set(names)) == 2 and set(names) <= set(PEOPLE)
