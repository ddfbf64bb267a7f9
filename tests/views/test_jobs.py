import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from effects.models import Account, Effect, FailureReason, Job, Portrait, Status, Studio, Video, Worker
from effects.services import credits, orders, production
from tests import photos

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_worker(db: None) -> None:
    cache.clear()
    Worker.beat("a worker")


def _url(name: str, job: Job) -> str:
    return reverse(f"effects:{name}", args=[job.key])


def _text(response) -> str:
    return response.content.decode()


def _rendering(job: Job, frames: int = 96) -> Job:
    for status in (Status.SUBMITTING, Status.PENDING, Status.PROCESSING):
        assert job.move_to(status)
    Job.objects.filter(pk=job.pk).update(frames_done=frames, frames_total=120)
    return job


def _question_of(page: str) -> str:
    return re.search(r'data-hx-get="([^"]+)"', page)[1].replace("&amp;", "&")


class TestOrder:
    def _order(self, client: Client, effect: Effect, headers: dict | None = None, **fields):
        fields = {"request_key": "a-request-key", "left": photos.upload(), **fields}
        return client.post(reverse("effects:order", args=[effect.name]), fields, headers=headers or {})

    def test_a_visitor_orders_without_signing_up(self, client: Client, effect: Effect) -> None:
        response = self._order(client, effect)

        job = Job.objects.get()
        assert job.owner.is_guest
        assert response.url == _url("job", job)
        assert client.get(response.url).status_code == 200

    def test_htmx_gets_the_card_in_the_composers_place(self, client: Client, effect: Effect) -> None:
        response = self._order(client, effect, HTMX)

        assert "<html" not in _text(response)
        assert "<job-card" in _text(response)
        assert "Next in line" in _text(response)

    def test_the_same_click_twice_is_one_job(self, client: Client, effect: Effect) -> None:
        first = self._order(client, effect)
        second = self._order(client, effect)

        assert first.url == second.url
        assert Job.objects.count() == 1

    def test_without_a_photo_the_composer_says_so(self, client: Client, effect: Effect) -> None:
        response = self._order(client, effect, HTMX, left="")

        assert response.status_code == 422
        assert "Choose a photo first." in _text(response)
        assert "<html" not in _text(response)

    def test_without_script_a_refusal_is_a_whole_page(self, client: Client, effect: Effect) -> None:
        response = self._order(client, effect, left="")

        assert response.status_code == 422
        assert "<html" in _text(response)

    def test_an_order_that_cannot_be_paid_is_refused(self, ada_client: Client, effect: Effect, paid: object) -> None:
        response = self._order(ada_client, effect, HTMX)

        assert response.status_code == 422
        assert "balance" in _text(response)
        assert not Job.objects.exists()

    def test_too_many_open_jobs_are_refused(
        self, ada: Account, ada_client: Client, effect: Effect, portrait: Portrait
    ) -> None:
        for number in range(orders.MOST_OPEN_JOBS):
            orders.order_video(ada, effect, portrait, request_key=f"request-{number}")

        assert self._order(ada_client, effect, HTMX).status_code == 429

    def test_an_effect_that_is_not_offered_is_not_found(self, client: Client, effect: Effect) -> None:
        Effect.objects.update(is_enabled=False)

        assert self._order(client, effect).status_code == 404
        assert not Account.objects.exists()

    def test_anothers_portrait_cannot_be_used(self, bob_client: Client, effect: Effect, portrait: Portrait) -> None:
        response = self._order(bob_client, effect, left="", left_key=portrait.key)

        assert response.status_code == 404


class TestStranger:
    @pytest.mark.parametrize("name", ["job", "job_card"])
    def test_anothers_job_is_not_found(self, bob_client: Client, client: Client, job: Job, name: str) -> None:
        assert bob_client.get(_url(name, job)).status_code == 404
        assert client.get(_url(name, job)).status_code == 404

    def test_anothers_job_cannot_be_canceled(self, bob_client: Client, client: Client, job: Job) -> None:
        for stranger in (bob_client, client):
            assert stranger.post(_url("job_cancel", job)).status_code == 404
        job.refresh_from_db()
        assert job.status == Status.QUEUED

    def test_a_strangers_refresh_tells_nothing(self, bob: Account, bob_client: Client, video: Video) -> None:
        response = bob_client.get(reverse("effects:jobs_refresh"), {"seen": "other", "open": video.job.key})

        assert video.job.key not in _text(response)

    def test_a_visitor_has_nothing_to_refresh(self, client: Client, db: None) -> None:
        assert client.get(reverse("effects:jobs_refresh")).status_code == 404


class TestCard:
    def test_an_open_card_asks_by_itself(self, ada_client: Client, job: Job) -> None:
        page = _text(ada_client.get(_url("job", job)))

        assert 'data-hx-trigger="every 1s' in page
        assert ada_client.get(_question_of(page), headers=HTMX).status_code == 204

    def test_news_bring_the_card_and_the_next_question(self, ada_client: Client, job: Job) -> None:
        question = _question_of(_text(ada_client.get(_url("job", job))))
        _rendering(job)

        card = _text(ada_client.get(question, headers=HTMX))

        assert "Frame 96 of 120" in card
        assert 'max="120" value="96"' in card
        assert _question_of(card) != question
        assert "<h1" in card

    @pytest.mark.parametrize("ending", ["completed", "failed", "canceled"])
    def test_a_card_that_has_ended_no_longer_asks(
        self, request: pytest.FixtureRequest, ada_client: Client, job: Job, ending: str
    ) -> None:
        if ending == "completed":
            request.getfixturevalue("video")
        elif ending == "failed":
            production.fail(job, FailureReason.NOT_RENDERED)
        else:
            orders.cancel(job)

        assert "data-hx-get" not in _text(ada_client.get(_url("job_card", job), headers=HTMX))

    def test_a_finished_film_plays_in_its_card(self, ada_client: Client, video: Video) -> None:
        card = _text(ada_client.get(_url("job_card", video.job), headers=HTMX))

        assert reverse("effects:video_file", args=[video.key]) in card
        assert 'download="balloon_parade.mp4"' in card
        assert f"?left={video.job.portrait.key}" in card
        assert "Local render" in card

    def test_a_film_in_the_trash_is_not_offered(self, ada_client: Client, video: Video) -> None:
        Video.objects.update(deleted_at=timezone.now())

        card = _text(ada_client.get(_url("job_card", video.job), headers=HTMX))

        assert "<video" not in card
        assert reverse("effects:trash") in card

    def test_a_failure_is_told_in_three_lines(self, ada_client: Client, job: Job) -> None:
        production.fail(job, FailureReason.NO_PORTRAIT)

        card = _text(ada_client.get(_url("job_card", job), headers=HTMX))

        lines = re.search(r'<ul class="job__three">(.*?)</ul>', card, re.DOTALL)[1]
        assert lines.count("<li>") == 3
        assert "Nothing was charged." in lines

    @pytest.mark.parametrize(
        ("reason", "button"),
        [
            (FailureReason.POLICY, "Choose another photo"),
            (FailureReason.NO_FACE, "Choose another photo"),
            (FailureReason.UNKNOWN_EFFECT, "Try another effect"),
            (FailureReason.NO_ACCESS, "Again"),
            (FailureReason.WRITTEN_OFF, "Again"),
        ],
    )
    def test_the_main_button_is_what_helps(
        self, ada_client: Client, job: Job, reason: FailureReason, button: str
    ) -> None:
        production.fail(job, reason)

        card = _text(ada_client.get(_url("job_card", job), headers=HTMX))

        [main] = re.findall(r'<a class="[^"]*button--main[^"]*"[^>]*>(.*?)</a>', card)
        assert main.endswith(button)

    def test_an_effect_that_kling_has_forgotten_is_not_offered_again(
        self, ada_client: Client, video: Video, paid: object
    ) -> None:
        again = f"/effects/balloon_parade/?left={video.job.portrait.key}"
        assert again in _text(ada_client.get(_url("job", video.job)))

        Effect.objects.update(refused_at=timezone.now())

        assert again not in _text(ada_client.get(_url("job", video.job)))
        assert again not in _text(ada_client.get(reverse("effects:video", args=[video.key])))

    def test_a_deleted_portrait_leaves_the_effects_poster(self, ada_client: Client, job: Job) -> None:
        job.portrait.delete()

        card = _text(ada_client.get(_url("job_card", job), headers=HTMX))

        assert reverse("effects:effect_poster", args=[job.effect.name]) in card

    def test_its_page_tells_the_history_in_words(self, ada_client: Client, job: Job) -> None:
        assert job.move_to(Status.SUBMITTING, note="a secret of the provider")

        page = _text(ada_client.get(_url("job", job)))

        assert "Handed to the renderer" in page
        assert "a secret of the provider" not in page

    def test_it_is_never_cached(self, ada_client: Client, job: Job) -> None:
        assert "no-store" in ada_client.get(_url("job_card", job))["Cache-Control"]


class TestCancel:
    def test_it_cancels_in_place(self, ada_client: Client, job: Job) -> None:
        response = ada_client.post(_url("job_cancel", job), headers=HTMX)

        assert response.status_code == 200
        assert 'data-status="canceled"' in _text(response)

    def test_without_script_it_leads_back(self, ada_client: Client, job: Job) -> None:
        assert ada_client.post(_url("job_cancel", job)).url == _url("job", job)

    def test_from_the_list_it_leads_back_to_the_list(self, ada_client: Client, job: Job) -> None:
        response = ada_client.post(_url("job_cancel", job), {"in": "list"})

        assert response.url == reverse("effects:jobs")

    def test_too_late_is_said(self, ada_client: Client, video: Video) -> None:
        response = ada_client.post(_url("job_cancel", video.job), headers=HTMX)

        assert response.status_code == 409
        assert "could not be canceled" in _text(response)

    def test_twice_is_no_error(self, ada_client: Client, job: Job) -> None:
        ada_client.post(_url("job_cancel", job), headers=HTMX)

        assert ada_client.post(_url("job_cancel", job), headers=HTMX).status_code == 200

    def test_a_link_cannot_cancel(self, ada_client: Client, job: Job) -> None:
        assert ada_client.get(_url("job_cancel", job)).status_code == 405

    def test_what_has_been_sent_to_a_paid_provider_offers_no_cancel(
        self, ada: Account, ada_client: Client, effect: Effect, portrait: Portrait, paid: object
    ) -> None:
        credits.add(ada, "top_up", Decimal(1))
        job = orders.order_video(ada, effect, portrait, request_key="a-request")
        assert "Cancel, free" in _text(ada_client.get(_url("job", job)))

        assert job.move_to(Status.SUBMITTING)

        assert _url("job_cancel", job) not in _text(ada_client.get(_url("job", job)))


class TestClosedLine:
    @pytest.fixture
    def paid_job(self, ada: Account, effect: Effect, portrait: Portrait, paid: object) -> Job:
        credits.add(ada, "top_up", Decimal(1))
        return orders.order_video(ada, effect, portrait, request_key="a-paid-request")

    @pytest.mark.parametrize("page", ["job", "jobs"])
    def test_a_waiting_order_says_so_and_may_be_canceled(self, ada_client: Client, paid_job: Job, page: str) -> None:
        Studio.objects.update(line_closed="owner")
        address = reverse("effects:jobs") if page == "jobs" else _url("job", paid_job)

        shown = _text(ada_client.get(address))

        assert "Orders wait at the moment" in shown
        assert "Cancel, free" in shown

    def test_the_card_learns_of_it_by_itself(self, ada_client: Client, paid_job: Job) -> None:
        question = _question_of(_text(ada_client.get(_url("job", paid_job))))
        Studio.objects.update(line_closed="owner")

        assert "Orders wait at the moment" in _text(ada_client.get(question, headers=HTMX))

    def test_canceling_there_brings_the_money_back(self, ada: Account, ada_client: Client, paid_job: Job) -> None:
        Studio.objects.update(line_closed="owner")

        card = _text(ada_client.post(_url("job_cancel", paid_job), headers=HTMX))

        ada.refresh_from_db()
        assert "Refunded $0.0214." in card
        assert ada.balance == 1


class TestList:
    def test_a_visitor_is_told_what_to_do_first(self, client: Client, db: None) -> None:
        assert "Nothing is being made" in _text(client.get(reverse("effects:jobs")))

    def test_jobs_stand_in_three_groups(
        self, ada: Account, ada_client: Client, effect: Effect, portrait: Portrait, video: Video
    ) -> None:
        orders.order_video(ada, effect, portrait, request_key="second-request")
        failed = orders.order_video(ada, effect, portrait, request_key="third-request")
        production.fail(failed, FailureReason.NOT_RENDERED)

        context = ada_client.get(reverse("effects:jobs")).context

        assert [len(context[group]) for group in ("active", "ready", "not_made")] == [1, 1, 1]

    def test_the_page_asks_once_for_all_its_cards(
        self, ada: Account, ada_client: Client, effect: Effect, portrait: Portrait, job: Job
    ) -> None:
        orders.order_video(ada, effect, portrait, request_key="second-request")

        page = _text(ada_client.get(reverse("effects:jobs")))

        assert page.count("data-hx-get") == 1
        assert ada_client.get(_question_of(page), headers=HTMX).status_code == 204

    def test_a_page_at_rest_does_not_ask(self, ada_client: Client, video: Video) -> None:
        assert "data-hx-get" not in _text(ada_client.get(reverse("effects:jobs")))

    def test_a_finished_job_moves_to_its_group(
        self, request: pytest.FixtureRequest, ada_client: Client, job: Job
    ) -> None:
        question = _question_of(_text(ada_client.get(reverse("effects:jobs"))))
        request.getfixturevalue("video")

        news = _text(ada_client.get(question, headers=HTMX))

        assert 'data-hx-swap-oob="afterbegin:#ready"' in news
        assert "data-hx-get" not in news

    def test_thirty_jobs_cost_no_more_queries_than_three(
        self, ada: Account, ada_client: Client, effect: Effect, portrait: Portrait, django_assert_max_num_queries
    ) -> None:
        now = timezone.now()
        for number in range(30):
            status = [Status.QUEUED, Status.COMPLETED, Status.FAILED][number % 3]
            made = Video.objects.create(
                owner=ada, file=f"{number}.mp4", poster="x.webp", size=1, width=720, height=1280, seconds=5
            )
            Job.objects.create(
                owner=ada,
                effect=effect,
                portrait=portrait,
                request_key=f"request-{number}",
                provider="local",
                status=status,
                failure=FailureReason.NOT_MADE if status == Status.FAILED else "",
                video=made if status == Status.COMPLETED else None,
                ended_at=now + timedelta(seconds=3) if status != Status.QUEUED else None,
            )

        with django_assert_max_num_queries(12):
            assert ada_client.get(reverse("effects:jobs")).status_code == 200
