"""The studio examined in a terminal."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from effects.models import Closed, Effect, Worker
from effects.providers import Unavailable
from effects.services import line
from tests.stand_in import PaidProvider

KEY = "sk-nobody-may-read-this"


def examine() -> tuple[list[str], str]:
    """Return the lines that the command prints, and how it fails, if it does."""
    out = StringIO()
    try:
        call_command("doctor", stdout=out)
    except CommandError as error:
        assert error.returncode == 1
        return out.getvalue().splitlines(), str(error)
    return out.getvalue().splitlines(), ""


def line_of(lines: list[str], what: str) -> str:
    return next(line for line in lines if line[2:].startswith(what))


@pytest.fixture
def healthy(effect: Effect, owner_of_studio) -> None:
    """A studio in which nothing fails."""
    Worker.beat("a worker")


def test_a_healthy_studio_passes(healthy: None) -> None:
    lines, failure = examine()

    assert failure == ""
    assert line_of(lines, "Videos").startswith("✓ ")
    assert not any(line.startswith("✗") for line in lines)


def test_sentences_stand_in_one_column(healthy: None, paid: PaidProvider) -> None:
    lines, _ = examine()

    width = 2 + len("Administrator") + 2
    assert len(lines) > 10
    assert all(line[width - 2 : width] == "  " and line[width] != " " for line in lines)


def test_what_fails_says_what_to_do_and_ends_in_an_error(healthy: None, paid: PaidProvider) -> None:
    line.close(Closed.KEY)

    lines, failure = examine()

    said = line_of(lines, "Orders")
    assert said.startswith("✗ ")
    assert said.endswith("Check KLING_API_KEY in the file .env, and start the studio again.")
    assert failure == f"1 of {len(lines)} checks failed."


def test_what_wants_attention_is_no_error(healthy: None, paid: PaidProvider) -> None:
    line.close(Closed.OWNER)

    lines, failure = examine()

    assert line_of(lines, "Orders").startswith("! ")
    assert failure == ""


def test_what_a_machine_said_is_in_brackets(
    healthy: None, paid: PaidProvider, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise Unavailable("The video service did not answer: ConnectTimeout.")

    settings.KLING_API_KEY = KEY
    monkeypatch.setattr(paid, "check", away)

    lines, _ = examine()

    assert "(The video service did not answer: ConnectTimeout)" in line_of(lines, "Key")
    assert KEY not in "".join(lines)


def test_the_terminal_speaks_english(healthy: None) -> None:
    with translation.override("zh-hans"):
        lines, _ = examine()

    assert line_of(lines, "Videos").endswith("Made on this machine, for nothing.")
