"""Samples that move when they are looked at, and only then."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e.conftest import Studio

pytestmark = pytest.mark.xdist_group("browser")

PLAYS = """video => new Promise(done => {
    video.addEventListener("timeupdate", () => video.currentTime > 0.1 && done(true));
})"""


@pytest.fixture
def loaded(page: Page) -> list[str]:
    """The addresses of moving samples that the page has asked for."""
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url) if "/loop/" in request.url else None)
    return addresses


@pytest.fixture
def calm(browser: Browser, studio: Studio) -> Iterator[BrowserContext]:
    """Somebody who has asked his device for less motion."""
    context = browser.new_context(base_url=studio.address, locale="en-US", reduced_motion="reduce", has_touch=True)
    yield context
    context.close()


def card(page: Page, number: int) -> Locator:
    return page.locator("article.card").nth(number)


def test_a_card_that_is_pointed_at_plays_silently_and_only_one_at_a_time(page: Page, loaded: list[str]) -> None:
    page.goto("/?tier=medium&theme=love")
    expect(page.locator("sample-clip video")).to_have_count(0)
    assert loaded == []

    for number in (0, 1):
        card(page, number).hover()
        video = card(page, number).locator("video")
        assert video.evaluate(PLAYS)
        assert video.evaluate("video => [video.muted, video.loop]") == [True, True]
        assert video.evaluate("video => getComputedStyle(video).opacity") == "1"
        expect(page.locator("sample-clip video")).to_have_count(1)

    page.get_by_role("searchbox").hover()
    expect(page.locator("sample-clip video")).to_have_count(0)
    assert len({*loaded}) == 2


def test_a_card_that_has_the_keyboard_plays(page: Page) -> None:
    page.goto("/?tier=medium&theme=love")
    page.locator(".chip").last.focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        if card(page, 0).locator("a:focus").count():
            break

    assert card(page, 0).locator("video").evaluate(PLAYS)
    page.keyboard.press("Tab")
    assert card(page, 1).locator("video").evaluate(PLAYS)
    expect(page.locator("sample-clip video")).to_have_count(1)


def test_who_wants_less_motion_gets_it_only_by_holding_a_card(calm: BrowserContext, studio: Studio) -> None:
    page = calm.new_page()
    page.goto("/?tier=medium&theme=love")
    card(page, 0).hover()
    card(page, 0).get_by_role("link").focus()
    page.wait_for_timeout(400)
    expect(page.locator("sample-clip video")).to_have_count(0)

    page.mouse.down()
    assert card(page, 0).locator("video").evaluate(PLAYS)
    page.mouse.up()
    page.wait_for_url("**/effects/**")  # a mouse that was pressed long has clicked all the same


def test_the_page_of_an_effect_plays_its_sample_until_it_is_paused(page: Page, loaded: list[str]) -> None:
    page.goto("/effects/balloon_parade/")
    video = page.get_by_label("A sample of Balloon Parade")
    assert video.evaluate(PLAYS)
    assert video.evaluate("video => [video.muted, video.controls]") == [True, False]

    page.get_by_role("button", name="Pause the sample").click()
    assert video.evaluate("video => video.paused")
    page.get_by_role("button", name="Play the sample").click()
    assert not video.evaluate("video => video.paused")
    expect(page.get_by_text("own renderer")).to_be_visible()


def test_for_less_motion_the_page_of_an_effect_waits_for_the_button(calm: BrowserContext) -> None:
    page = calm.new_page()
    page.goto("/effects/balloon_parade/")
    video = page.get_by_label("A sample of Balloon Parade")
    button = page.get_by_role("button", name="Play the sample")
    expect(button).to_be_visible()
    assert video.evaluate("video => [video.paused, video.readyState]") == [True, 0]

    button.click()
    assert video.evaluate(PLAYS)
