from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from effects.models import Account, Effect, FailureReason, Job, Status, Video
from effects.services import credits, production
from effects.views.gallery import PAGE

HTMX = {"HX-Request": "true"}
GALLERY = "/gallery/"


def _url(name: str, video: Video) -> str:
    return reverse(f"effects:{name}", args=[video.key])


def _text(response) -> str:
    return response.content.decode()


def _made(owner: Account, effect: Effect, number: int, at=None) -> Video:
    """Return the row of a finished video, without its files."""
    video = Video.objects.create(
        owner=owner, file=f"{number}.mp4", poster="x.webp", size=1, width=720, height=1280, seconds=5
    )
    Job.objects.create(
        owner=owner,
        effect=effect,
        request_key=f"request-{number}",
        provider="local",
        status=Status.COMPLETED,
        video=video,
        ended_at=timezone.now(),
    )
    Video.objects.filter(pk=video.pk).update(created_at=at or timezone.now())
    return video


def _came_late(owner: Account, effect: Effect) -> Video:
    """Return a video that was paid for, given up, paid back, and came after all."""
    video = _made(owner, effect, 1)
    job = Job.objects.create(owner=owner, effect=effect, request_key="paid", provider="paid", price="0.0214")
    job.refresh_from_db()
    credits.add(owner, "top_up", job.price)
    credits.add(owner, "charge", -job.price, job=job)
    production.fail(job, FailureReason.TOOK_TOO_LONG)
    Job.objects.filter(video=video).delete()
    assert job.move_to(Status.COLLECTING, start=[Status.FAILED], failure="", ended_at=None)
    assert job.move_to(Status.COMPLETED, video=video)
    return video


class TestReel:
    def test_a_visitor_is_told_what_to_do_first(self, client: Client, db: None) -> None:
        assert "Your first film goes here" in _text(client.get(GALLERY))

    def test_a_tile_keeps_the_shape_and_says_who_made_it(self, ada_client: Client, video: Video) -> None:
        page = _text(ada_client.get(GALLERY))

        assert "tile--9x16" in page
        assert "local render" in page
        assert _url("video", video) in page
        assert "0:05" in page

    def test_a_stranger_sees_none_of_it(self, bob_client: Client, video: Video) -> None:
        assert video.key not in _text(bob_client.get(GALLERY))

    def test_days_have_names(self, ada: Account, ada_client: Client, effect: Effect) -> None:
        for number, days in enumerate([0, 1, 5]):
            _made(ada, effect, number, timezone.now() - timedelta(days=days))

        titles = [day.title for day in ada_client.get(GALLERY).context["days"]]

        assert titles[:2] == ["Today", "Yesterday"]
        assert len(titles) == 3

    def test_every_video_is_met_once_page_by_page(self, ada: Account, ada_client: Client, effect: Effect) -> None:
        at = timezone.now()  # the same moment for all: the key settles the order
        made = {_made(ada, effect, number, at).key for number in range(2 * PAGE + 2)}
        address, met = GALLERY, []
        while True:
            context = ada_client.get(address).context
            met += [video.key for day in context["days"] for video in day.videos]
            if not context["earlier"]:
                break
            address = f"{GALLERY}?before={context['earlier']}"

        assert len(met) == len(made)
        assert set(met) == made

    def test_htmx_gets_more_of_the_same_day_without_its_name(
        self, ada: Account, ada_client: Client, effect: Effect
    ) -> None:
        for number in range(PAGE + 1):
            _made(ada, effect, number)
        earlier = ada_client.get(GALLERY).context["earlier"]

        more = _text(ada_client.get(GALLERY, {"before": earlier}, headers=HTMX))

        assert "<html" not in more
        assert more.count('<li class="tile') == 1
        assert "Today" not in more

    @pytest.mark.parametrize("cursor", ["x", "????", "MTIz", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5IDE", "é"])
    def test_a_broken_cursor_is_not_found(self, ada_client: Client, cursor: str) -> None:
        assert ada_client.get(GALLERY, {"before": cursor}).status_code == 404

    def test_a_theme_filters_in_the_address(
        self, ada: Account, ada_client: Client, effect: Effect, dual_effect: Effect
    ) -> None:
        _made(ada, effect, 1)
        love = _made(ada, dual_effect, 2)

        context = ada_client.get(GALLERY, {"theme": "love"}).context

        assert [video for day in context["days"] for video in day.videos] == [love]
        assert {(chip.theme, chip.count) for chip in context["chips"]} == {("celebration", 1), ("love", 1)}

    def test_a_full_page_costs_few_queries(
        self, ada: Account, ada_client: Client, effect: Effect, django_assert_max_num_queries
    ) -> None:
        for number in range(PAGE + 1):
            _made(ada, effect, number)

        with django_assert_max_num_queries(10):
            ada_client.get(GALLERY)


class TestVideo:
    @pytest.mark.parametrize("name", ["video", "video_file", "video_poster"])
    def test_a_stranger_finds_nothing(self, bob_client: Client, client: Client, video: Video, name: str) -> None:
        assert bob_client.get(_url(name, video)).status_code == 404
        assert client.get(_url(name, video)).status_code == 404

    @pytest.mark.parametrize("name", ["video_delete", "video_restore"])
    def test_a_stranger_changes_nothing(self, bob_client: Client, client: Client, video: Video, name: str) -> None:
        assert bob_client.post(_url(name, video)).status_code == 404
        assert client.post(_url(name, video)).status_code == 404
        assert Video.objects.kept().count() == 1

    def test_its_page_says_who_made_it_from_what(self, ada_client: Client, video: Video) -> None:
        page = _text(ada_client.get(_url("video", video)))

        assert "This studio (local render)" in page
        assert "Nothing, it was free" in page
        assert reverse("effects:thumbnail", args=[video.job.portrait.key]) in page

    def test_one_that_came_late_is_free(self, ada: Account, ada_client: Client, effect: Effect, video: Video) -> None:
        late = _came_late(ada, effect)

        page = _text(ada_client.get(_url("video", late)))

        assert "It came late, so it is free: you have your money back." in page
        assert "$0.0214" not in page[page.index("<dl") : page.index("</dl>")]
        assert "It came late" not in _text(ada_client.get(_url("video", video)))

    def test_another_effect_takes_the_same_portrait(
        self, ada_client: Client, video: Video, dual_effect: Effect
    ) -> None:
        Effect.objects.filter(pk=dual_effect.pk).update(theme=video.job.effect.theme)

        page = _text(ada_client.get(_url("video", video)))

        assert f"/effects/hug_pro/?left={video.job.portrait.key}" in page

    def test_it_outlives_its_portrait(self, ada_client: Client, video: Video) -> None:
        video.job.portrait.delete()

        assert ada_client.get(_url("video", video)).status_code == 200

    def test_deleting_moves_it_to_the_trash_and_offers_to_undo(self, ada_client: Client, video: Video) -> None:
        response = ada_client.post(_url("video_delete", video), follow=True)

        assert "Moved to the trash." in _text(response)
        assert _url("video_restore", video) in _text(response)
        assert ada_client.get(_url("video", video)).status_code == 404

    def test_undo_brings_it_back(self, ada_client: Client, video: Video) -> None:
        ada_client.post(_url("video_delete", video))

        assert ada_client.post(_url("video_restore", video)).url == _url("video", video)
        assert ada_client.get(_url("video", video)).status_code == 200

    def test_a_link_cannot_delete(self, ada_client: Client, video: Video) -> None:
        assert ada_client.get(_url("video_delete", video)).status_code == 405

    def test_the_notice_shows_nothing_of_a_stranger(self, bob_client: Client, ada_client: Client, video: Video) -> None:
        ada_client.post(_url("video_delete", video))

        assert "Moved" not in _text(bob_client.get(GALLERY, {"moved": video.key}))


class TestTrash:
    def test_it_says_how_long_things_stay(self, ada_client: Client, video: Video) -> None:
        Video.objects.update(deleted_at=timezone.now() - timedelta(days=12, hours=1))

        page = _text(ada_client.get(reverse("effects:trash")))

        assert "kept for 30 days" in page
        assert "18 more days" in page

    def test_restoring_leads_back_to_it(self, ada_client: Client, video: Video) -> None:
        Video.objects.update(deleted_at=timezone.now())

        response = ada_client.post(_url("video_restore", video), {"back": "trash"})

        assert response.url == reverse("effects:trash")
        assert Video.objects.kept().count() == 1

    def test_what_has_been_purged_cannot_come_back(self, ada_client: Client, video: Video) -> None:
        Video.objects.update(deleted_at=timezone.now(), purged_at=timezone.now())

        assert ada_client.post(_url("video_restore", video)).status_code == 404

    def test_an_empty_one_says_so(self, client: Client, db: None) -> None:
        assert "The trash is empty" in _text(client.get(reverse("effects:trash")))
