"""The studio's commands in a terminal."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from effects.media.videos import probe
from effects.models import Account, Effect, Job, Status
from effects.services import first_run
from tests.photos import photo_bytes

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
