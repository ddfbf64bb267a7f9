"""Samples: made by one maker at a time, out of everybody's way."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from effects.catalogue import recipes, sitters
from effects.media.videos import probe
from effects.models import Effect, Job, Status, Worker
from effects.providers.slots import take_slot
from effects.services import samples
from effects.services.samples import Kind


@pytest.fixture(autouse=True)
def small_samples(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Samples of this test's own, real ones but small."""
    monkeypatch.setattr(samples, "LOOP", (72, 96))
    monkeypatch.setattr(samples, "LARGE", (144, 192))
    monkeypatch.setattr(samples, "CARD", (72, 96))
    monkeypatch.setattr(samples, "folder", lambda: tmp_path)
    samples._version.cache_clear()
    yield
    samples._version.cache_clear()


def kinds_of(effect: Effect) -> set[Kind]:
    return {kind for kind in Kind if samples.path_of(effect, kind).exists()}


def put(effect: Effect, kind: Kind, content: bytes = b"old", age: float = 0) -> Path:
    path = samples.path_of(effect, kind)
    path.write_bytes(content)
    os.utime(path, (time.time() - age, time.time() - age))
    return path


@pytest.fixture
def waiting(job: Job) -> Job:
    """A job that stands in line for a place at the renderer."""
    Worker.beat("a worker")
    assert job.move_to(Status.SUBMITTING)
    assert job.move_to(Status.PENDING, task_id="task")
    return job


def test_a_sample_is_a_poster_in_two_sizes_and_a_short_silent_loop(effect: Effect) -> None:
    assert samples.make_poster(effect)
    assert samples.make_loop(effect)

    assert kinds_of(effect) == set(Kind)
    assert Image.open(samples.path_of(effect, Kind.LARGE)).size == (144, 192)
    assert Image.open(samples.path_of(effect, Kind.CARD)).size == (72, 96)
    found = probe(samples.path_of(effect, Kind.LOOP))
    assert (found.width, found.height, found.plays_in_browsers) == (72, 96, True)
    assert found.seconds == pytest.approx(3, abs=0.1)


def test_the_worker_makes_every_poster_before_the_first_loop(effect: Effect, dual_effect: Effect) -> None:
    assert samples.make_some()
    assert [kinds_of(each) for each in (effect, dual_effect)] == [{Kind.CARD, Kind.LARGE}] * 2

    assert not samples.make_some()
    assert [kinds_of(each) for each in (effect, dual_effect)] == [set(Kind)] * 2
    assert list(samples.missing_samples()) == []


def test_two_workers_never_make_samples_at_once(effect: Effect) -> None:
    with samples.turn() as is_ours:
        assert is_ours
        assert not samples.make_some()

    assert kinds_of(effect) == set()


def test_one_place_at_the_renderer_is_left_to_people(effect: Effect) -> None:
    with take_slot(settings.DATA_DIR / "renders", settings.RENDER_SLOTS) as has_place:
        assert has_place
        assert not samples.make_some()

    assert kinds_of(effect) == set()


def test_nothing_is_begun_while_a_job_waits(waiting: Job) -> None:
    assert not samples.make_some()

    assert kinds_of(waiting.effect) == set()


def test_a_loop_that_is_being_made_gives_way_to_a_job_and_leaves_nothing_behind(
    effect: Effect, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(effect, Kind.CARD)
    Worker.beat("a worker")
    monkeypatch.setattr(samples, "LOOP", (720, 960))

    def note(done: int, total: int) -> None:
        if job.status == Status.QUEUED:
            job.move_to(Status.SUBMITTING)
            job.move_to(Status.PENDING, task_id="task")
        give_way(done, total)

    give_way = samples.give_way
    monkeypatch.setattr(samples, "give_way", note)

    assert not samples.make_some()
    assert sorted(path.suffix for path in samples.folder().iterdir()) == [".lock", ".webp"]


def test_what_cannot_be_made_is_left_for_an_hour_and_its_sitter_is_shown(tier: object, effect: Effect) -> None:
    Effect.objects.filter(pk=effect.pk).update(name="no_such_recipe")
    effect.refresh_from_db()

    assert not samples.make_some()

    picture, is_final = samples.poster_of(effect, Kind.CARD)
    assert (picture, is_final) == (sitters.small_picture("no_such_recipe", "person"), False)
    assert samples.loop_of(effect) is None
    assert list(samples.missing_samples()) == []
    for kind in (Kind.CARD, Kind.LOOP):
        put(effect, kind, b"", age=4000)
    samples.clear_old()
    assert len(list(samples.missing_samples())) == 2


def test_a_changed_recipe_remakes_its_own_samples_alone(
    effect: Effect, dual_effect: Effect, change_recipe: Callable[[str], None]
) -> None:
    old, kept = (put(each, Kind.CARD, age=4000) for each in (effect, dual_effect))

    change_recipe(effect.name)

    assert samples.path_of(effect, Kind.CARD) != old
    assert samples.path_of(dual_effect, Kind.CARD) == kept
    samples.clear_old()
    assert not old.exists()
    assert kept.exists()


def test_other_sitters_remake_a_sample(effect: Effect) -> None:
    before = samples.version(effect)
    effect.subject_kind = Effect.SubjectKind.PET

    assert samples.version(effect) != before


def test_what_a_killed_maker_left_goes_and_what_is_being_made_stays(effect: Effect) -> None:
    left, begun = samples.folder() / ".balloon_parade.1.mp4.part", samples.folder() / "balloon_parade.1.77.part"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    begun.write_bytes(b"half")

    samples.clear_old()

    assert not left.exists()
    assert begun.exists()


@pytest.fixture
def change_recipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    def change(name: str) -> None:
        book = recipes._book()
        changed = {**book["effects"], name: {**book["effects"][name], "still": 0.123}}
        monkeypatch.setattr(recipes, "_book", lambda: {**book, "effects": changed})
        recipes.recipe_for.cache_clear()
        samples._version.cache_clear()

    yield change
    recipes.recipe_for.cache_clear()
