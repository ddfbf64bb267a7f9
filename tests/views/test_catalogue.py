import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from effects.catalogue import search
from effects.catalogue.search import Filters
from effects.models import Account, CreditEntry, Effect, FailureReason, Job, Portrait, Status, Studio, Video
from effects.services import credits
from effects.templatetags.studio import dollars
from tests.stand_in import PaidProvider

HTMX = {"HX-Request": "true"}
QUERIES_OF_THE_FRONT_DOOR = 8
QUERIES_OF_A_SIGN_IN = 3


@pytest.fixture
def client(catalogue: None) -> Client:
    return Client()


def titles(page: str) -> list[str]:
    return [unescape(title) for title in re.findall(r'<a href="/effects/\w+/">([^<]+)</a>', page)]


def page(client: Client, address: str = "/", **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def effect_page(client: Client, effect: Effect, query: str = "") -> str:
    return page(client, reverse("effects:effect", args=[effect.name]) + query)


def test_the_front_door_counts_what_is_in_the_database(client: Client) -> None:
    Effect.objects.filter(name="hug_pro").update(is_enabled=False)
    shown = page(client)
    assert "336 short films" in shown
    assert "Hug Pro" not in titles(shown)


def test_the_front_door_asks_the_database_little(client: Client, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(QUERIES_OF_THE_FRONT_DOOR):
        page(client)


def test_a_member_costs_few_queries_more(
    catalogue: None, ada: Account, ada_client: Client, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(QUERIES_OF_THE_FRONT_DOOR + QUERIES_OF_A_SIGN_IN):
        page(ada_client)


def test_the_front_door_is_light(client: Client) -> None:
    assert len(client.get("/").content) < 100_000


def test_tiers_stand_cheapest_first(client: Client) -> None:
    sections = re.findall(r'<section class="tier" id="(\w+)"', page(client))
    assert sections == ["ultra_low", "low", "medium", "medium_high", "high", "ultra_high"]


def test_the_large_tier_is_divided_by_theme_a_dozen_of_each(client: Client) -> None:
    medium = next(section for section in search.find(Filters()).sections if section.tier.name == "medium")
    assert len(medium.groups) == 12
    assert all(len(group.shown) == min(group.count, 12) for group in medium.groups)
    assert sum(group.count for group in medium.groups) == len(medium.effects) == 320


def test_current_effects_stand_before_retired_ones(catalogue: None) -> None:
    for section in search.find(Filters()).sections:
        for group in section.groups:
            states = [effect.upstream_status for effect in group.shown if not effect.is_featured]
            assert states == sorted(states)


def test_the_rest_of_a_theme_is_a_tap_away(client: Client) -> None:
    shown = page(client, "/?tier=medium&theme=dance", **HTMX)
    assert 'id="medium-dance"' in shown
    assert len(titles(shown)) == Effect.objects.filter(tier__name="medium", theme="dance").count() == 46


@pytest.mark.parametrize("words", ["balloon parade", "Balloon", "balloon_parade", "气球"])
def test_search_finds_by_title_name_and_chinese(client: Client, words: str) -> None:
    assert "Balloon Parade" in titles(page(client, f"/?q={words}"))


def test_titles_are_chinese_for_a_chinese_reader(client: Client) -> None:
    shown = page(client, "/?q=hug_pro", **{"Accept-Language": "zh-hans"})
    assert Effect.objects.get(name="hug_pro").title_zh in titles(shown)


def test_people_narrow_the_search(client: Client) -> None:
    pairs = set(Effect.objects.filter(subjects="dual").values_list("title_en", flat=True))
    assert set(titles(page(client, "/?people=2"))) <= pairs
    assert not set(titles(page(client, "/?people=1"))) & pairs


def test_chips_count_what_they_would_show(client: Client) -> None:
    for chip in search.find(Filters(words="hug")).chips:
        theme = QueryDict(chip.address[1:])["theme"]
        assert chip.count == search.find(Filters(words="hug", theme=theme)).count > 0


def test_what_the_address_misspells_is_left_out(client: Client) -> None:
    assert Filters.from_query(QueryDict("people=7&theme=nonsense&q=+a++b+")) == Filters(words="a b")
    assert "Nothing here" not in page(client, "/?people=7&theme=nonsense")


def test_a_filter_survives_the_way_through_its_address() -> None:
    filters = Filters(words="气球 & more", people="2", theme="love", tier="medium")
    assert Filters.from_query(QueryDict(filters.address[1:])) == filters


def test_typing_gets_the_results_alone_and_a_clean_address(client: Client) -> None:
    response = client.get("/?q=hug&people=&theme=love", headers={**HTMX, "HX-Target": "results"})
    assert response["HX-Push-Url"] == "/?q=hug&theme=love"
    assert "HX-Request" in response["Vary"]
    assert b"<html" not in response.content


def test_going_back_gets_the_whole_page(client: Client) -> None:
    assert "<html" in page(client, "/?q=hug", **HTMX, **{"HX-History-Restore-Request": "true"})


@pytest.mark.parametrize(("words", "close"), [("santa train", "Santa"), ("baloon", "Balloon Parade"), ("拥包", "Hug")])
def test_a_search_without_a_hit_offers_the_nearest_names(client: Client, words: str, close: str) -> None:
    shown = page(client, f"/?q={words}")
    assert any(close in title for title in titles(shown))
    assert "Clear the search" in shown


def test_a_search_for_nonsense_still_says_what_to_do(client: Client) -> None:
    shown = page(client, "/?q=zzzzqqqq")
    assert titles(shown) == []
    assert "Try a shorter word" in shown


def test_words_of_the_reader_are_escaped(client: Client) -> None:
    assert "<script>alert" not in page(client, "/?q=<script>alert(1)</script>")


def test_estimated_prices_say_so(client: Client) -> None:
    shown = page(client)
    assert "318 of these prices are estimates and say so." in shown
    assert 'title="estimated price"' in page(client, "/?q=hug_pro")
    assert 'title="estimated price"' not in page(client, "/?tier=ultra_low")


def test_the_local_studio_says_that_videos_are_free(client: Client) -> None:
    assert "Every video made here is free." in page(client)


def test_the_paid_studio_does_not(client: Client, paid: PaidProvider) -> None:
    assert "Every video made here is free." not in page(client)


def test_an_effect_of_two_says_what_it_needs(client: Client) -> None:
    shown = effect_page(client, Effect.objects.get(name="hug_pro"))
    assert "Two: left, right" in shown
    assert 'name="left"' in shown
    assert 'name="right"' in shown
    assert "Make video" in shown


def test_an_effect_of_one_has_one_slot(client: Client) -> None:
    assert 'name="right"' not in effect_page(client, Effect.objects.get(name="balloon_parade"))


def test_every_effect_has_a_page_in_both_languages(client: Client) -> None:
    for name in Effect.objects.values_list("name", flat=True)[::25]:
        for language in ("en", "zh-hans"):
            page(client, reverse("effects:effect", args=[name]), **{"Accept-Language": language})


def test_neighbours_are_of_the_same_theme_and_not_the_effect_itself(catalogue: None) -> None:
    effect = Effect.objects.get(name="hug_pro")
    neighbours = search.more_like(effect, 4)
    assert len(neighbours) == 4
    assert effect not in neighbours
    assert {neighbour.theme for neighbour in neighbours} == {effect.theme}


def test_an_effect_that_is_not_offered_has_no_page(client: Client, effect_off: Effect) -> None:
    assert client.get(reverse("effects:effect", args=[effect_off.name])).status_code == 404


@pytest.fixture
def effect_off(catalogue: None) -> Effect:
    effect = Effect.objects.get(name="hug")
    effect.is_enabled = False
    effect.save()
    return effect


class TestUnknownToKling:
    """An effect whose name the paid provider has refused."""

    @pytest.fixture
    def unknown(self, catalogue: None) -> Effect:
        Effect.objects.filter(name="hug_pro").update(refused_at=timezone.now())
        return Effect.objects.get(name="hug_pro")

    @pytest.mark.parametrize("address", ["/", "/?q=hug", "/?q=hug_pro", "/?people=2&theme=love&tier=medium"])
    def test_no_list_has_it_where_videos_cost(
        self, client: Client, unknown: Effect, paid: PaidProvider, address: str
    ) -> None:
        assert "Hug Pro" not in titles(page(client, address))

    def test_it_is_counted_nowhere(self, client: Client, unknown: Effect, paid: PaidProvider) -> None:
        assert "336 short films" in page(client)
        assert sum(tier.count for tier in search.board()) == search.find(Filters()).count == 336

    def test_it_is_no_neighbour(self, unknown: Effect, paid: PaidProvider) -> None:
        other = Effect.objects.filter(theme=unknown.theme).exclude(pk=unknown.pk).first()
        assert unknown not in search.more_like(other, 400)
        assert unknown not in search.nearest("hug prp")

    def test_the_local_studio_offers_it_like_any(self, client: Client, unknown: Effect) -> None:
        assert "337 short films" in page(client)
        assert "Hug Pro" in titles(page(client, "/?q=hug_pro"))
        shown = effect_page(client, unknown)
        assert "does not know" not in shown
        assert " disabled" not in button_of(shown)

    def test_its_page_says_so_and_offers_the_preview_alone(
        self, admin_client: Client, unknown: Effect, paid: PaidProvider
    ) -> None:
        shown = effect_page(admin_client, unknown)
        assert "Kling does not know this effect any more." in shown
        assert " disabled" in button_of(shown)
        assert "Free preview" in shown

    def test_nobody_is_asked_to_try_it_anyway(self, admin_client: Client, unknown: Effect, paid: PaidProvider) -> None:
        Effect.objects.filter(pk=unknown.pk).update(upstream_status="retired")
        assert "accept_retired" not in effect_page(admin_client, unknown)


class TestFacts:
    @pytest.fixture(autouse=True)
    def nothing_remembered(self) -> None:
        cache.clear()

    def _record(
        self, owner: Account, effect: Effect, took: list[int], refused: int = 0, provider: str = "paid"
    ) -> None:
        """Write down jobs of an effect: made in so many seconds each, and refused."""
        began = timezone.now() - timedelta(hours=1)
        for number, seconds in enumerate([*took, *[0] * refused]):
            name = f"{effect.name}-{number}"
            made = Video(owner=owner, file=f"{name}.mp4", poster="x.webp", size=1, width=720, height=1280, seconds=5)
            if seconds:
                made.save()
            job = Job.objects.create(
                owner=owner,
                effect=effect,
                request_key=name,
                provider=provider,
                status=Status.COMPLETED if seconds else Status.FAILED,
                failure="" if seconds else FailureReason.POLICY,
                video=made if seconds else None,
            )
            Job.objects.filter(pk=job.pk).update(created_at=began, ended_at=began + timedelta(seconds=seconds))

    def test_the_usual_time_is_of_this_effect(
        self, ada: Account, ada_client: Client, effect: Effect, dual_effect: Effect, paid: PaidProvider
    ) -> None:
        self._record(ada, effect, [40, 40, 40])
        self._record(ada, dual_effect, [90, 90, 90, 90])
        assert fact(effect_page(ada_client, effect), "Usually ready in") == "40 s"
        assert fact(effect_page(ada_client, dual_effect), "Usually ready in") == "1 min 30 s"

    def test_before_its_first_videos_it_is_of_any(
        self, ada: Account, ada_client: Client, effect: Effect, dual_effect: Effect, paid: PaidProvider
    ) -> None:
        self._record(ada, effect, [40, 40, 40])
        assert fact(effect_page(ada_client, dual_effect), "Usually ready in") == "40 s"

    def test_it_says_how_often_it_came_out(
        self, ada: Account, ada_client: Client, effect: Effect, paid: PaidProvider
    ) -> None:
        self._record(ada, effect, [40, 50, 60], refused=1)
        assert fact(effect_page(ada_client, effect), "Came out") == "3 of the last 4 times"

    def test_two_videos_say_nothing_yet(
        self, ada: Account, ada_client: Client, effect: Effect, paid: PaidProvider
    ) -> None:
        self._record(ada, effect, [40, 50])
        assert "Came out" not in effect_page(ada_client, effect)

    def test_where_videos_are_free_it_does_not_say(self, ada: Account, ada_client: Client, effect: Effect) -> None:
        self._record(ada, effect, [40, 50, 60], refused=1, provider="local")
        assert "Came out" not in effect_page(ada_client, effect)

    def test_the_length_is_what_is_stated_of_it(self, ada_client: Client, effect: Effect) -> None:
        assert fact(effect_page(ada_client, effect), "Length") == "5 s"
        Effect.objects.filter(pk=effect.pk).update(duration_s=10)
        assert fact(effect_page(ada_client, effect), "Length") == "10 s"


def fact(shown: str, name: str) -> str:
    return re.search(rf"<dt>{name}</dt><dd>([^<]*)</dd>", shown)[1]


class TestClosedLine:
    @pytest.fixture(autouse=True)
    def closed(self, catalogue: None, paid: PaidProvider) -> None:
        Studio.objects.update(line_closed="key")

    @pytest.mark.parametrize("address", ["/", "/effects/hug_pro/", "/jobs/", "/gallery/", "/account/"])
    def test_staff_are_told_why_on_every_page(self, admin_client: Client, address: str) -> None:
        shown = page(admin_client, address)
        banner = shown[shown.index('<p class="linebar"') : shown.index('<main id="main">')]
        assert "Orders to Kling are paused:" in banner
        assert "Kling does not accept the API key." in banner
        assert f'href="{reverse("admin:index")}"' in banner

    def test_nobody_else_is(self, ada_client: Client, client: Client) -> None:
        assert "linebar" not in page(ada_client) + page(client)

    def test_it_goes_with_the_trouble(self, admin_client: Client) -> None:
        Studio.objects.update(line_closed="")
        assert "linebar" not in page(admin_client)

    def test_it_costs_a_visitor_no_query(self, client: Client, django_assert_max_num_queries) -> None:
        with django_assert_max_num_queries(QUERIES_OF_THE_FRONT_DOOR):
            page(client)

    def test_it_costs_staff_none_either(
        self, ada: Account, ada_client: Client, admin_client: Client, django_assert_max_num_queries
    ) -> None:
        with django_assert_max_num_queries(QUERIES_OF_THE_FRONT_DOOR + QUERIES_OF_A_SIGN_IN):
            page(admin_client)


@pytest.mark.parametrize(("status", "said"), [("retired", "has retired"), ("unlisted", "in no list")])
def test_what_may_be_refused_is_said_before_the_click(
    ada_client: Client, effect: Effect, paid: PaidProvider, status: str, said: str
) -> None:
    Effect.objects.filter(pk=effect.pk).update(upstream_status=status)
    shown = effect_page(ada_client, effect)
    assert said in shown[: shown.index("Make video")]
    assert f"{status.title()} at Kling" in shown[: shown.index("<h1>")]


def test_a_retired_effect_asks_first_where_it_costs(ada_client: Client, effect: Effect, paid: PaidProvider) -> None:
    Effect.objects.filter(pk=effect.pk).update(upstream_status="retired")
    shown = effect_page(ada_client, effect)
    assert "Try it anyway" in shown
    assert 'name="accept_retired" required' in shown


def test_a_retired_effect_is_rendered_here_without_asking(ada_client: Client, effect: Effect) -> None:
    Effect.objects.filter(pk=effect.pk).update(upstream_status="retired")
    shown = effect_page(ada_client, effect)
    assert "works all the same" in shown
    assert "accept_retired" not in shown


def test_the_button_says_that_it_is_free(ada_client: Client, effect: Effect) -> None:
    assert "free" in button_of(effect_page(ada_client, effect))


def test_the_button_says_what_it_costs(ada: Account, ada_client: Client, effect: Effect, paid: PaidProvider) -> None:
    credits.add(ada, CreditEntry.Kind.TOP_UP, Decimal(1))
    shown = effect_page(ada_client, effect)
    assert "$0.0214" in button_of(shown)
    assert "disabled" not in button_of(shown)
    assert "$0.9786" in shown


def test_too_low_a_balance_is_said_before_the_click(ada_client: Client, effect: Effect, paid: PaidProvider) -> None:
    shown = effect_page(ada_client, effect)
    assert "does not cover this video" in shown
    assert " disabled" in button_of(shown)


def test_a_guest_is_asked_to_sign_in_where_videos_cost(client: Client, paid: PaidProvider) -> None:
    shown = effect_page(client, Effect.objects.get(name="hug_pro"))
    assert "Sign in to make this one" in shown
    assert " disabled" in button_of(shown)


def test_staff_spend_the_studios_money(admin_client: Client, effect: Effect, paid: PaidProvider) -> None:
    shown = effect_page(admin_client, effect)
    assert "monthly cap" in shown
    assert " disabled" not in button_of(shown)


def button_of(shown: str) -> str:
    start = shown.index('<button class="button button--main')
    return shown[start : shown.index("</button>", start)]


def test_the_address_brings_portraits_along(ada_client: Client, dual_effect: Effect, portrait: Portrait) -> None:
    shown = effect_page(ada_client, dual_effect, f"?right={portrait.key}")
    assert f'name="right_key" value="{portrait.key}"' in shown
    assert 'name="left_key" value=""' in shown


def test_a_strangers_portrait_is_not_brought_along(bob_client: Client, effect: Effect, portrait: Portrait) -> None:
    assert portrait.key not in effect_page(bob_client, effect, f"?left={portrait.key}").split("<form class=", 1)[1]


def test_portraits_used_before_are_offered(ada_client: Client, effect: Effect, portrait: Portrait) -> None:
    assert f'data-portrait="{portrait.key}"' in effect_page(ada_client, effect)


def test_each_form_has_a_request_key_of_its_own(ada_client: Client, effect: Effect) -> None:
    keys = {re.search(r'name="request_key" value="(\w{32})"', effect_page(ada_client, effect))[1] for _ in range(2)}
    assert len(keys) == 2


def test_the_theme_is_remembered(client: Client) -> None:
    response = client.post(reverse("effects:theme"), {"theme": "light"}, headers={"Referer": "http://testserver/jobs/"})
    assert response["Location"] == "http://testserver/jobs/"
    assert 'data-theme="light"' in page(client)


def test_the_theme_switch_leads_nowhere_else(client: Client) -> None:
    response = client.post(reverse("effects:theme"), {"theme": "dark"}, headers={"Referer": "https://evil.example/"})
    assert response["Location"] == "/"


def test_an_unknown_theme_is_ignored(client: Client) -> None:
    client.post(reverse("effects:theme"), {"theme": '"><script>'})
    assert "theme" not in client.cookies


def test_the_accent_is_the_owners_choice(client: Client) -> None:
    Studio.objects.update_or_create(pk=1, defaults={"accent": "#0f766e"})
    response = client.get(reverse("effects:accent"))
    assert response["Content-Type"] == "text/css"
    assert b"--accent: #0f766e" in response.content
    again = client.get(reverse("effects:accent"), headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert "/accent.css?0f766e" in page(client)


def test_nothing_is_inline(client: Client) -> None:
    for address in ("/", "/effects/hug_pro/"):
        shown = page(client, address)
        assert not re.search(r"<script(?![^>]* src=)|<style| style=| on\w+=", shown)


def test_staff_find_the_admin(admin_client: Client, client: Client) -> None:
    assert reverse("admin:index") in page(admin_client)
    assert reverse("admin:index") not in page(client)


def test_a_member_who_pays_sees_his_balance(
    ada: Account, ada_client: Client, effect: Effect, paid: PaidProvider
) -> None:
    credits.add(ada, CreditEntry.Kind.TOP_UP, Decimal("4.82"))
    assert '<span class="money">$4.82</span>' in page(ada_client)


def test_a_member_whose_videos_are_free_sees_his_name(ada_client: Client, effect: Effect) -> None:
    assert "<span>ada</span>" in page(ada_client)
    assert User.objects.filter(username="ada").exists()


@pytest.mark.parametrize(
    ("amount", "written"),
    [("0.0214", "$0.0214"), ("4.8200", "$4.82"), ("-0.0214", "−$0.0214"), ("1234.5", "$1,234.50"), ("0", "$0.00")],
)
def test_money_is_written_to_the_cent_where_that_is_exact(amount: str, written: str) -> None:
    assert dollars(Decimal(amount)) == written
