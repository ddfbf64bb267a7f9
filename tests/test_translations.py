"""The Chinese catalogue: whole, in step with the sources, and all that a Chinese reader meets."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings as studio_settings
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from effects.models import Effect, Job, Video
from effects.services import videos
from tests.stand_in import PaidProvider

BASE: Path = studio_settings.BASE_DIR
MESSAGES = BASE / "effects/locale/zh_Hans/LC_MESSAGES"
SOURCES = [(folder, suffix) for folder in ("effects", "kling_studio", "templates") for suffix in ("py", "html")]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|</?\w+[^>]*>")
LATIN_WORD = re.compile(r"[A-Za-z]{4,}")
ALLOWED = {"Kling", "Studio", "JPEG", "WebP", "HEIC"}
SPOKEN = ("alt", "aria-label", "placeholder", "title")
PAGES = (
    "/",
    "/?q=zzz",
    "/?people=2&theme=christmas",
    "/effects/balloon_parade/",
    "/effects/hug_pro/",
    "/jobs/",
    "/gallery/",
    "/gallery/trash/",
    "/account/",
    "/account/sign-in/",
    "/account/sign-up/",
)


class Main(HTMLParser):
    """What stands in <main>, and what a screen reader says there."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("main", "script", "style"):
            self.open.append(tag)
        if "main" in self.open:
            self.said += [words or "" for name, words in attrs if name in SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open == ["main"]:
            self.said.append(data)


def catalogue_file() -> polib.POFile:
    return polib.pofile(str(MESSAGES / "django.po"))


def translations_of(entry: polib.POEntry | polib.MOEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def names_of(po: polib.POFile) -> set[tuple[str | None, str, str]]:
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in po if not entry.obsolete}


def latin_words_in(html: str) -> set[str]:
    page = Main()
    page.feed(html)
    assert page.said, "the page has no <main>"
    with translation.override("zh-hans"):
        titles = {word for effect in Effect.objects.all() for word in LATIN_WORD.findall(effect.title)}
    return {word for text in page.said for word in LATIN_WORD.findall(text)} - ALLOWED - titles


def read_in_chinese(client: Client, address: str) -> str:
    response = client.get(address, headers={"accept-language": "zh-CN"})
    assert response.status_code in (200, 404)
    html = response.content.decode()
    assert '<html lang="zh-hans"' in html
    return html


def test_every_message_is_translated() -> None:
    untranslated = [entry.msgid for entry in catalogue_file() if not all(translations_of(entry)) or entry.fuzzy]

    assert untranslated == []


def test_translations_hold_the_placeholders_and_tags_of_their_messages() -> None:
    unlike = [
        said
        for entry in catalogue_file()
        for said in translations_of(entry)
        if sorted(PLACEHOLDER.findall(said)) != sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    ]

    assert unlike == []


def test_the_compiled_catalogue_holds_just_what_the_written_one_says() -> None:
    written, compiled = catalogue_file(), polib.mofile(str(MESSAGES / "django.mo"))

    assert {(entry.msgctxt, entry.msgid, entry.msgid_plural): translations_of(entry) for entry in compiled} == {
        (entry.msgctxt, entry.msgid, entry.msgid_plural): translations_of(entry) for entry in written
    }
    assert compiled.metadata["Plural-Forms"] == written.metadata["Plural-Forms"] == "nplurals=1; plural=0;"


@pytest.mark.skipif(not shutil.which("xgettext"), reason="GNU gettext, which reads messages from sources, is not here")
def test_the_catalogue_knows_every_message_of_the_sources(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, suffix in SOURCES:
        for source in (BASE / folder).rglob(f"*.{suffix}"):
            copy = tmp_path / source.relative_to(BASE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
    (tmp_path / "locale").mkdir()
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    monkeypatch.chdir(tmp_path)

    call_command("makemessages", locale=["zh_Hans"], verbosity=0)

    found = polib.pofile(str(tmp_path / "locale/zh_Hans/LC_MESSAGES/django.po"))
    assert len(found) > 400
    assert names_of(found) - names_of(catalogue_file()) == set()


@pytest.mark.parametrize("address", PAGES)
def test_a_guest_reads_no_english_on_a_page_in_chinese(catalogue: None, client: Client, address: str) -> None:
    assert latin_words_in(read_in_chinese(client, address)) == set()


@pytest.mark.parametrize("address", ["/", "/effects/balloon_parade/", "/effects/hug_pro/", "/account/"])
def test_a_guest_reads_no_english_where_videos_cost_money(
    catalogue: None, paid: PaidProvider, client: Client, address: str
) -> None:
    assert latin_words_in(read_in_chinese(client, address)) == set()


def test_a_page_that_is_not_there_says_so_in_chinese(catalogue: None, client: Client) -> None:
    assert latin_words_in(read_in_chinese(client, "/no-such-page/")) == set()


def test_a_member_reads_no_english_about_jobs_and_videos(video: Video, job: Job, ada_client: Client) -> None:
    pages = ("/account/", "/jobs/", f"/jobs/{job.key}/", "/gallery/", f"/videos/{video.key}/")

    for address in pages:
        assert (address, latin_words_in(read_in_chinese(ada_client, address))) == (address, set())
    videos.trash(video)
    assert latin_words_in(read_in_chinese(ada_client, "/gallery/trash/")) == set()
