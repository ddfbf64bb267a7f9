"""The studio's own renderer as a provider."""

import threading
from dataclasses import replace
from pathlib import Path

import av
import pytest

from effects.providers import OnFrame, Order, State, Stopped, Unavailable
from effects.providers.local import LocalProvider, seed_of
from effects.providers.polite import PoliteThread
from effects.providers.slots import take_slot
from tests.photos import photo_bytes


@pytest.fixture
def local(tmp_path: Path) -> LocalProvider:
    return LocalProvider(tmp_path / "renders", slots=1)


@pytest.fixture
def order(tmp_path: Path) -> Order:
    picture = tmp_path / "me.jpg"
    picture.write_bytes(photo_bytes(320, 320))
    return Order("some-order", "balloon_parade", (picture,))


def ignore(done: int, total: int) -> None:
    """Hear how many frames are done, and do nothing about it."""


def test_an_order_is_rendered_once_and_brought_home_once(local: LocalProvider, order: Order, tmp_path: Path) -> None:
    task = local.submit(order)
    report = local.look(order, task, ignore)
    assert report.state is State.COMPLETED
    first = (local.folder / f"{task}.mp4").stat().st_mtime_ns
    assert local.look(order, task, ignore) == report
    assert (local.folder / f"{task}.mp4").stat().st_mtime_ns == first
    target = tmp_path / "home.mp4"
    local.fetch(report.result_url, target, lambda: None)
    assert target.read_bytes()[4:8] == b"ftyp"


def test_length_and_frames_per_second_are_as_asked(tmp_path: Path, order: Order) -> None:
    local = LocalProvider(tmp_path / "renders", slots=1, fps=30)
    local.preview(replace(order, seconds=10), tmp_path / "clip.mp4")
    with av.open(str(tmp_path / "clip.mp4")) as clip:
        stream = clip.streams.video[0]
        assert (stream.average_rate, stream.frames) == (30, 300)


def test_a_render_that_is_gone_is_said_to_be_unavailable(local: LocalProvider, tmp_path: Path) -> None:
    local.folder.mkdir()
    with pytest.raises(Unavailable):
        local.fetch("local:never-made", tmp_path / "home.mp4", lambda: None)


def test_without_a_free_place_an_order_stays_in_line(local: LocalProvider, order: Order) -> None:
    with take_slot(local.folder, slots=1):
        assert local.look(order, local.submit(order), ignore).state is State.PENDING
    assert not list(local.folder.glob("*.mp4"))


def test_a_render_that_nobody_wants_any_more_stops_and_leaves_nothing(local: LocalProvider, order: Order) -> None:
    def unwanted(done: int, total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        local.look(order, local.submit(order), unwanted)
    assert [path.name for path in local.folder.iterdir() if path.suffix != ".lock"] == []


def test_there_are_as_many_places_as_were_set_up(tmp_path: Path) -> None:
    with take_slot(tmp_path, 2) as first, take_slot(tmp_path, 2) as second, take_slot(tmp_path, 2) as third:
        assert (first, second, third) == (True, True, False)
    with take_slot(tmp_path, 2) as again:
        assert again


def test_the_same_order_has_the_same_seed_and_another_has_another() -> None:
    assert seed_of("a") == seed_of("a") != seed_of("b")


def test_progress_is_told_from_the_thread_that_waits() -> None:
    tellers: set[int] = set()
    told = threading.Event()

    def note(done: int, total: int) -> None:
        tellers.add(threading.get_ident())
        told.set()

    def wait(on_frame: OnFrame) -> None:
        assert told.wait(5)

    PoliteThread(wait).finish(note)
    assert tellers == {threading.get_ident()}


def test_what_breaks_in_the_thread_breaks_for_the_one_who_waits() -> None:
    def break_down(on_frame: OnFrame) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        PoliteThread(break_down).finish(ignore)
