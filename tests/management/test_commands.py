"""The studio's commands in a terminal."""

from collections.abc import Iterator
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from effects.media import sheets
from effects.media.videos import probe
from effects.models import Account, Closed, Effect, Job, Status, Tier
from effects.providers import Unconfirmed
from effects.services import first_run, line, samples
from effects.services.pace import FIRST_LOOK
from effects.services.samples import Kind
from tests.photos import photo_bytes
from tests.stand_in import PaidProvider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "me.jpg"
    path.write_bytes(photo_bytes())
    return path


def make_video(*words: object) -> str:
    out = StringIO()
    call_command("make_video", *map(str, words), stdout=out)
    return out.getvalue()


def test_one_command_makes_a_video(effect: Effect, photo: Path, tmp_path: Path, owner_of_studio: Account) -> None:
    target = tmp_path / "out.mp4"
    said = make_video(effect.name, photo, "-o", target)
    assert (probe(target).width, probe(target).height) == (720, 1280)
    assert str(target) in said
    job = Job.objects.get()
    assert (job.status, job.owner) == (Status.COMPLETED, owner_of_studio)


def test_two_photos_make_a_video_for_two_in_the_name_of_a_member(
    dual_effect: Effect, photo: Path, tmp_path: Path, ada: Account
) -> None:
    other = tmp_path / "you.jpg"
    other.write_bytes(photo_bytes(seed=2))
    make_video(dual_effect.name, photo, other, "-o", tmp_path / "out.mp4", "--as", "ada")
    job = Job.objects.get()
    assert (job.owner, job.status) == (ada, Status.COMPLETED)
    assert job.portrait != job.partner


def test_before_there_is_an_administrator_the_command_works_too(effect: Effect, photo: Path, tmp_path: Path) -> None:
    make_video(effect.name, photo, "-o", tmp_path / "out.mp4")
    assert Job.objects.get().owner.is_guest


def test_a_misspelt_effect_names_its_neighbours(effect: Effect, photo: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Did you mean balloon_parade"):
        make_video("baloon_parade", photo, "-o", tmp_path / "out.mp4")


@pytest.mark.parametrize(
    ("content", "sentence"), [(None, "cannot be read"), (b"no photo", "not a photo"), (b"", "empty")]
)
def test_a_photo_that_will_not_do_is_refused_in_a_sentence(
    effect: Effect, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    photo = tmp_path / "bad.jpg"
    if content is not None:
        photo.write_bytes(content)
    with pytest.raises(CommandError, match=sentence):
        make_video(effect.name, photo, "-o", tmp_path / "out.mp4")
    assert not Job.objects.exists()


def test_one_photo_too_few_is_refused_in_a_sentence(dual_effect: Effect, photo: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="needs two photos"):
        make_video(dual_effect.name, photo, "-o", tmp_path / "out.mp4")


def test_a_folder_that_does_not_exist_is_named_before_anything_is_made(
    effect: Effect, photo: Path, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="There is no folder"):
        make_video(effect.name, photo, "-o", tmp_path / "nowhere" / "out.mp4")
    assert not Job.objects.exists()


class Terminal(StringIO):
    """Somebody sits at it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def for_money(
    paid: PaidProvider, clip: Path, owner_of_studio: Account, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[float]]:
    """Kling makes the videos, and time flies: the naps that the command took, in seconds."""
    paid.result = clip.read_bytes()
    naps: list[float] = []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        assert len(naps) < 20, "it goes round in circles"
        Job.objects.all().call()

    monkeypatch.setattr("effects.management.commands.make_video.time", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr("sys.stdin", StringIO())
    yield naps


@pytest.mark.parametrize("answer", ["y\n", "Yes\n"])
def test_a_video_that_costs_money_is_made_when_somebody_agrees_to_its_price(
    answer: str, for_money: list[float], paid: PaidProvider, effect: Effect, photo: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    said = make_video(effect.name, photo, "-o", tmp_path / "out.mp4")
    assert said.startswith("Balloon Parade costs $0.0214 at Kling.\nMake it? [y/N] ")
    assert probe(tmp_path / "out.mp4")
    assert len(paid.orders) == 1
    assert Job.objects.get().price == effect.price


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "yellow\n"])
def test_any_other_answer_orders_nothing(
    answer: str, for_money: list[float], effect: Effect, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    with pytest.raises(CommandError, match="Nothing was ordered"):
        make_video(effect.name, photo, "-o", tmp_path / "out.mp4")
    assert not Job.objects.exists()


def test_without_a_terminal_somebody_has_to_agree_beforehand(
    for_money: list[float], paid: PaidProvider, effect: Effect, photo: Path, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="say --yes"):
        make_video(effect.name, photo, "-o", tmp_path / "out.mp4")
    assert not Job.objects.exists()

    said = make_video(effect.name, photo, "-o", tmp_path / "out.mp4", "--yes")
    assert "costs $0.0214" in said
    assert "[y/N]" not in said
    assert len(paid.orders) == 1


def test_a_price_that_changes_after_the_question_is_not_paid(
    for_money: list[float], paid: PaidProvider, effect: Effect, photo: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    class Slow(Terminal):
        def readline(self, *args: object) -> str:
            Tier.objects.update(price=1)
            return "y\n"

    monkeypatch.setattr("sys.stdin", Slow())
    with pytest.raises(CommandError, match="price has changed"):
        make_video(effect.name, photo, "-o", tmp_path / "out.mp4")
    assert paid.orders == []


def test_it_says_what_is_uncertain_before_it_asks(
    for_money: list[float], effect: Effect, photo: Path, tmp_path: Path
) -> None:
    Effect.objects.update(upstream_status="retired", tier_source="assumed")
    said = make_video(effect.name, photo, "-o", tmp_path / "out.mp4", "--yes")
    assert "$0.0214 (estimated) at Kling" in said
    assert "no longer lists this effect" in said
    assert "Orders wait" not in said


def test_it_sleeps_until_the_next_turn(
    for_money: list[float], paid: PaidProvider, effect: Effect, photo: Path, tmp_path: Path
) -> None:
    make_video(effect.name, photo, "-o", tmp_path / "out.mp4", "--yes")
    assert 0 < len(for_money) < 6
    assert max(for_money) == pytest.approx(FIRST_LOOK.total_seconds(), abs=1)


def test_while_orders_are_held_back_it_sleeps_and_says_so(
    for_money: list[float], paid: PaidProvider, effect: Effect, photo: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    line.close(Closed.OWNER)
    command = import_module("effects.management.commands.make_video")
    sleep = command.time.sleep
    opens = iter([None, None])

    def opened_later(seconds: float) -> None:
        sleep(seconds)
        if next(opens, "open"):
            line.reopen(Closed.OWNER)

    monkeypatch.setattr(command, "time", SimpleNamespace(sleep=opened_later))
    said = make_video(effect.name, photo, "-o", tmp_path / "out.mp4", "--yes")
    assert "Orders wait at the moment: You have paused it." in said
    assert for_money[:3] == [command.LONGEST_PAUSE] * 3
    assert len(paid.orders) == 1


def test_an_order_without_an_answer_ends_in_a_sentence(
    for_money: list[float], paid: PaidProvider, effect: Effect, photo: Path, tmp_path: Path
) -> None:
    def no_answer() -> None:
        raise Unconfirmed("The order left.")

    paid.on_submit = no_answer
    with pytest.raises(CommandError, match="It is not sent twice"):
        make_video(effect.name, photo, "-o", tmp_path / "out.mp4", "--yes")
    assert not (tmp_path / "out.mp4").exists()


def test_a_video_made_here_is_not_asked_about(
    effect: Effect, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    said = make_video(effect.name, photo, "-o", tmp_path / "out.mp4")
    assert "costs" not in said
    assert (tmp_path / "out.mp4").exists()


def test_the_first_run_prints_a_link_until_there_is_an_administrator(db: None) -> None:
    def first_run_says() -> str:
        out = StringIO()
        call_command("first_run", "http://127.0.0.1:8000", stdout=out)
        return out.getvalue()

    link = next(line.strip() for line in first_run_says().splitlines() if "/welcome/" in line)
    token = link.rstrip("/").rsplit("/", 1)[1]
    assert first_run.check(token)
    assert not first_run.check(token[:-2] + "xx")
    first_run.make_administrator("mei", "a long enough secret")
    assert "/welcome/" not in first_run_says()
    assert not first_run.check(token)
    with pytest.raises(PermissionError):
        first_run.make_administrator("eve", "a long enough secret")


@pytest.fixture
def sample_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder for samples, which are small."""
    folder = tmp_path / "samples"
    folder.mkdir()
    monkeypatch.setattr(samples, "folder", lambda: folder)
    monkeypatch.setattr(samples, "LOOP", (72, 96))
    monkeypatch.setattr(samples, "LARGE", (144, 192))
    return folder


def make_samples(*words: object) -> str:
    out = StringIO()
    call_command("make_samples", *map(str, words), stdout=out)
    return out.getvalue()


def test_named_samples_are_made_afresh_and_others_not_at_all(
    effect: Effect, dual_effect: Effect, sample_folder: Path
) -> None:
    old = samples.path_of(effect, Kind.CARD)
    old.write_bytes(b"old")

    make_samples(effect.name)

    assert old.read_bytes() != b"old"
    assert samples.loop_of(effect)
    assert not samples.path_of(dual_effect, Kind.CARD).exists()


def test_without_names_what_is_missing_is_made_and_drawn_into_one_sheet(
    effect: Effect, dual_effect: Effect, sample_folder: Path, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.png"
    samples.path_of(effect, Kind.CARD).write_bytes(samples.poster_of(effect, Kind.CARD)[0].read_bytes())

    said = make_samples("--posters-only", "--sheet", sheet)

    assert "1 of 1: poster of hug_pro" in said
    picture = Image.open(sheet)
    wide, high = sheets.PICTURE
    assert picture.size == (2 * (wide + sheets.GAP) + sheets.GAP, high + sheets.LABEL + 2 * sheets.GAP + sheets.HEADING)
    for place, each in enumerate((effect, dual_effect)):
        poster = Image.open(samples.path_of(each, Kind.CARD)).convert("RGB")
        assert _cell(picture, place).tobytes() == poster.resize(sheets.PICTURE, Image.Resampling.LANCZOS).tobytes()


def _cell(sheet: Image.Image, place: int) -> Image.Image:
    left, top = sheets.GAP + place * (sheets.PICTURE[0] + sheets.GAP), sheets.GAP + sheets.HEADING
    return sheet.crop((left, top, left + sheets.PICTURE[0], top + sheets.PICTURE[1]))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["baloon_parade"], "Did you mean balloon_parade"),
        (["--sheet", "nowhere/sheet.png"], "cannot be written"),
        (["--sheet", "sheet.txt"], "cannot be written"),
    ],
)
def test_samples_that_cannot_be_made_are_refused_in_a_sentence(
    words: list[str], sentence: str, effect: Effect, sample_folder: Path
) -> None:
    with pytest.raises(CommandError, match=sentence):
        make_samples(*words)
    assert list(sample_folder.iterdir()) == []
