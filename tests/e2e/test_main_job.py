"""The main job, as somebody does it in a browser."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import Studio

pytestmark = pytest.mark.xdist_group("browser")

READY = 60_000  # milliseconds
UNTIL_PLAYED = """(video, seconds) => new Promise(done => {
    const isThere = () => video.readyState >= 2 && !video.seeking && video.currentTime >= seconds;
    const look = () => isThere() ? done(video.currentTime) : setTimeout(look, 50);
    look();
})"""


def choose_photo(page: Page, photo: Path, side: str = "Photo") -> None:
    slot = page.locator("portrait-slot").filter(has_text=side)
    slot.locator("input[type=file]").set_input_files(photo)
    expect(slot.get_by_text("Ready")).to_be_visible()


def wait_for_video(page: Page) -> None:
    expect(page.locator("article.job[data-status=completed]")).to_be_visible(timeout=READY)


def test_a_photo_becomes_a_video_that_plays_and_seeks_without_a_reload(page: Page, photo: Path) -> None:
    page.goto("/")
    page.get_by_role("searchbox", name="Search effects").fill("balloon parade")
    page.get_by_role("link", name="Balloon Parade", exact=True).click()
    page.evaluate("window.isSamePage = true")
    choose_photo(page, photo)
    page.get_by_role("button", name=re.compile("Make video.*free")).click()

    card = page.locator("article.job")
    expect(card).to_be_visible()
    expect(card.get_by_role("button", name=re.compile("Cancel"))).to_be_visible()
    wait_for_video(page)
    assert page.evaluate("window.isSamePage") is True
    expect(card.get_by_text("Local render")).to_be_visible()
    expect(page.locator("[data-hx-trigger*=every]")).to_have_count(0)

    video = page.locator(".player video")
    video.evaluate("video => video.play()")
    assert video.evaluate(UNTIL_PLAYED, 0.5) >= 0.5
    with page.expect_response(lambda response: response.url.endswith("video.mp4")) as answer:
        video.evaluate("video => { video.src = video.src + '#again'; video.load(); video.currentTime = 4 }")
    assert answer.value.status == 206
    assert video.evaluate(UNTIL_PLAYED, 4) >= 4
    assert video.evaluate("video => video.videoHeight") == 1280
    source = video.get_attribute("src") or ""
    part = page.request.get(source, headers={"Range": "bytes=1000-1999"})
    assert (part.status, len(part.body())) == (206, 1000)


def test_the_video_waits_in_the_gallery_and_can_be_thrown_away_and_brought_back(page: Page, photo: Path) -> None:
    page.goto("/effects/dizzydizzy/")
    choose_photo(page, photo)
    page.get_by_role("button", name=re.compile("Make video")).click()
    wait_for_video(page)

    page.get_by_role("link", name="Gallery").first.click()
    page.get_by_role("link", name="DizzyDizzy").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("DizzyDizzy")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.path().read_bytes()[4:8] == b"ftyp"
    assert download.value.suggested_filename == "dizzydizzy.mp4"

    page.get_by_role("button", name="Delete").click()
    page.goto("/gallery/")
    expect(page.get_by_role("link", name="DizzyDizzy")).to_have_count(0)
    page.goto("/gallery/trash/")
    page.get_by_role("button", name=re.compile("Restore|Bring back")).first.click()
    page.goto("/gallery/")
    expect(page.get_by_role("link", name="DizzyDizzy")).to_have_count(1)


def test_two_photos_meet_in_one_video(page: Page, photo: Path, other_photo: Path) -> None:
    page.goto("/effects/hug_pro/")
    choose_photo(page, photo, "Left")
    page.get_by_role("button", name=re.compile("Make video")).click()
    expect(page.locator("#slot-right-why")).to_have_text(re.compile(r"\w"))
    choose_photo(page, other_photo, "Right")
    page.get_by_role("button", name=re.compile("Make video")).click()
    wait_for_video(page)
    expect(page.locator(".job__faces img")).to_have_count(2)


def test_pressing_twice_makes_one_job(page: Page, photo: Path) -> None:
    page.goto("/effects/balloon_parade/")
    choose_photo(page, photo)
    page.get_by_role("button", name=re.compile("Make video")).dblclick()
    wait_for_video(page)
    page.goto("/jobs/")
    expect(page.locator("article.job")).to_have_count(1)


def test_a_file_that_is_no_photo_is_answered_in_a_sentence_beside_it(page: Page, tmp_path: Path) -> None:
    fake = tmp_path / "me.jpg"
    fake.write_text("<html>not a photo</html>")
    page.goto("/effects/balloon_parade/")
    page.locator("input[type=file]").set_input_files(fake)
    expect(page.get_by_role("alert").filter(has_text="not a photo that we can read")).to_be_visible()


def test_a_guest_keeps_his_video_when_he_signs_up(page: Page, photo: Path) -> None:
    page.goto("/effects/balloon_parade/")
    choose_photo(page, photo)
    page.get_by_role("button", name=re.compile("Make video")).click()
    wait_for_video(page)
    page.goto("/account/sign-up/")
    page.get_by_label("Username").fill("lin")
    page.get_by_label(re.compile("^Password$")).fill("a very long secret")
    page.get_by_label(re.compile("again|confirm", re.I)).fill("a very long secret")
    page.get_by_role("button", name=re.compile("Sign up")).click()
    page.goto("/gallery/")
    expect(page.get_by_role("link", name="Balloon Parade")).to_have_count(1)


def test_another_browser_sees_nothing_of_it(page: Page, photo: Path, browser: Browser, studio: Studio) -> None:
    page.goto("/effects/balloon_parade/")
    choose_photo(page, photo)
    page.get_by_role("button", name=re.compile("Make video")).click()
    wait_for_video(page)
    address = page.locator(".player video").get_attribute("src") or ""
    stranger = browser.new_context(base_url=studio.address)
    assert stranger.request.get(address).status == 404
    assert stranger.request.get(page.locator(".job__faces img").get_attribute("src") or "").status == 404
    stranger.close()


def test_without_script_the_whole_way_works_too(browser: Browser, studio: Studio, photo: Path) -> None:
    context = browser.new_context(base_url=studio.address, java_script_enabled=False, locale="en-US")
    page = context.new_page()
    page.goto("/?q=dizzy")
    page.get_by_role("link", name="DizzyDizzy").click()
    page.locator("input[type=file]").set_input_files(photo)
    page.get_by_role("button", name=re.compile("Make video")).click()
    expect(page).to_have_url(re.compile(r"/jobs/[\w-]{22}/$"))
    for _ in range(60):
        if page.locator("article.job[data-status=completed]").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    assert page.locator(".player video").count() == 1
    context.close()


def test_the_card_says_that_it_waits_for_the_worker_and_goes_on_with_it(
    page: Page, photo: Path, studio: Studio
) -> None:
    studio.stop_worker()
    try:
        studio.manage("shell", "-c", "from effects.models import Worker; Worker.objects.all().delete()")
        page.goto("/effects/balloon_parade/")
        choose_photo(page, photo)
        page.get_by_role("button", name=re.compile("Make video")).click()
        expect(page.locator(".job__state")).to_have_text(re.compile("render room is not answering"))
    finally:
        studio.start_worker()
    wait_for_video(page)


def test_in_chinese_everything_is_chinese(browser: Browser, studio: Studio, photo: Path) -> None:
    context = browser.new_context(base_url=studio.address, locale="zh-CN")
    page = context.new_page()
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    page.get_by_role("searchbox").fill("气球")
    page.locator("main").get_by_role("link", name=re.compile("气球")).first.click()
    words = page.locator("main").inner_text()
    assert re.findall(r"[a-z]{4,}", re.sub(r"JPEG|PNG|WebP|HEIC|Kling", "", words)) == []
    context.close()


def test_the_first_administrator_is_made_by_a_link_that_works_once(visitor: BrowserContext, studio: Studio) -> None:
    link = re.search(r"http\S+/welcome/\S+", studio.manage("first_run", studio.address))
    assert link
    page = visitor.new_page()
    page.goto(urlsplit(link[0]).path)
    page.get_by_label("Username").fill("mei")
    page.get_by_label(re.compile("^Password$")).fill("a very long secret")
    page.get_by_label(re.compile("again|confirm", re.I)).fill("a very long secret")
    page.get_by_role("button").filter(has_text="Open the studio").click()
    expect(page).to_have_url(re.compile("/admin/$"))
    page.goto(urlsplit(link[0]).path)
    expect(page.get_by_text("This link was used already")).to_be_visible()
    assert "welcome" not in studio.manage("first_run", studio.address)
