"""Orders that go to the hosted service, over real HTTP, and what becomes of each of them."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from effects import providers, tasks
from effects.models import Account, Closed, CreditEntry, Effect, FailureReason, Job, Portrait, Status, Studio, Video
from effects.services import callbacks, credits, line, orders, production
from effects.services.production import following
from effects.services.production.turns import MOST_TRIES
from tests import clips
from tests.hosted import kinds, let_pass, notes, now, turn
from tests.upstream import (
    Handler,
    Upstream,
    breaks_off,
    drops,
    endless,
    made_but,
    says,
    sends,
    slow,
    tells,
)

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], int]


class TestTheWay:
    def test_an_order_is_sent_followed_and_brought_home(self, upstream: Upstream, hosted_job: Job, work: Work) -> None:
        tasks.advance_job(hosted_job.pk)
        work()
        job = now(hosted_job)
        assert job.status == Status.COMPLETED and job.video
        assert Path(job.video.file.path).read_bytes() == upstream.clip
        assert len(upstream.posts) == 1
        assert [event.what for event in job.events.all()] == [
            "queued", "submitting", "pending", "collecting", "completed",
        ]  # fmt: skip
        assert job.result_url == ""
        assert kinds(job) == ["charge"]

    def test_the_first_look_comes_after_five_seconds(self, upstream: Upstream, hosted_job: Job) -> None:
        job = turn(hosted_job)
        assert job.status == Status.PENDING
        assert timedelta(seconds=4) < job.next_turn_at - timezone.now() <= timedelta(seconds=5)
        assert HUEY.pending_count() > 0

    def test_many_tasks_are_asked_after_in_one_round_and_never_too_many_at_once(
        self, upstream: Upstream, hosted_job: Job, another: Callable[[], Job], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(following, "LOOKS_AT_ONCE", 4)
        monkeypatch.setattr(orders, "MOST_OPEN_JOBS", 99)
        Studio.objects.update(monthly_cap=9)
        credits.add(hosted_job.owner, credits.Kind.TOP_UP, Decimal(1))
        upstream.making = 60
        jobs = [hosted_job, *(another() for _ in range(11))]
        for job in jobs:
            turn(job)
        upstream.always["GET"] = slow(0.05)
        Job.objects.update(next_turn_at=timezone.now())
        done = production.take_round()
        assert upstream.asked["GET"] == 12
        assert upstream.most_at_once == 4
        assert done.wait and done.wait > timedelta(seconds=1)
        assert {now(job).leased_until for job in jobs} == {None}
        assert production.take_round().wait is None

    def test_a_silent_service_is_not_asked_for_all_of_them(
        self, upstream: Upstream, hosted_job: Job, another: Callable[[], Job], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(following, "LOOKS_AT_ONCE", 2)
        for job in [hosted_job, *(another() for _ in range(5))]:
            turn(job)
        upstream.always["GET"] = says(503)
        Job.objects.update(next_turn_at=timezone.now())
        production.take_round()
        assert upstream.asked["GET"] == 2
        assert set(Job.objects.values_list("status", "attempts")) == {(Status.PENDING, 1)}

    def test_a_round_leaves_what_it_found_to_the_next_free_hand(self, upstream: Upstream, hosted_job: Job) -> None:
        turn(hosted_job)
        Job.objects.update(next_turn_at=timezone.now())
        assert production.take_round().made == [hosted_job.pk]

    def test_the_sweep_starts_the_rounds_again_when_the_queue_was_lost(
        self, upstream: Upstream, hosted_job: Job, work: Work
    ) -> None:
        turn(hosted_job)
        HUEY.storage.flush_all()
        Job.objects.update(next_turn_at=timezone.now())
        tasks.sweep()
        work()
        assert now(hosted_job).status == Status.COMPLETED


class TestSendingOnce:
    @pytest.mark.parametrize(
        "fault",
        [drops, made_but(drops), says(500), made_but(says(502)), sends(b"<html>"), sends(b'{"code": 200}'), says(404)],
    )
    def test_whatever_happens_after_the_order_left_it_is_never_sent_again(
        self, upstream: Upstream, hosted_job: Job, fault: Callable[[Handler], bool], work: Work
    ) -> None:
        upstream.does("POST", fault)
        tasks.advance_job(hosted_job.pk)
        work()
        let_pass(days=3)
        tasks.sweep()
        work()
        assert now(hosted_job).status == Status.UNCONFIRMED
        assert len(upstream.posts) == 1
        assert kinds(hosted_job) == ["charge"]

    def test_an_order_that_could_not_leave_waits_and_leaves_later(
        self, upstream: Upstream, hosted_job: Job, work: Work, settings: object
    ) -> None:
        upstream.does("POST", says(429, "too many at once"))
        job = turn(hosted_job)
        assert (job.status, job.submitted_at) == (Status.QUEUED, None)
        work()
        assert now(hosted_job).status == Status.COMPLETED

    def test_an_answer_with_the_task_of_another_job_leaves_the_order_unknown(
        self, upstream: Upstream, hosted_job: Job, another: Callable[[], Job]
    ) -> None:
        first = turn(hosted_job)
        said = f'{{"code": 200, "data": {{"taskId": "{first.task_id}", "state": "pending"}}}}'
        upstream.does("POST", sends(said.encode()))
        job = turn(another())
        assert (job.status, job.task_id) == (Status.UNCONFIRMED, "")
        assert first.task_id in notes(job, "unconfirmed")[0]


class TestRefusals:
    @pytest.mark.parametrize(
        ("message", "reason"),
        [
            ("Content policy violation", FailureReason.POLICY),
            ("no face detected in image", FailureReason.NO_FACE),
            ("image is too small", FailureReason.REFUSED),
        ],
    )
    def test_a_refused_order_is_paid_back_and_says_why(
        self, upstream: Upstream, hosted_job: Job, message: str, reason: FailureReason
    ) -> None:
        upstream.does("POST", says(400, message))
        job = turn(hosted_job)
        assert (job.status, job.failure) == (Status.FAILED, reason)
        assert kinds(job) == ["charge", "refund"]
        assert notes(job, "failed") == [message]
        assert Studio.current().spent == 0

    def test_a_task_that_failed_upstream_says_why_too(self, upstream: Upstream, hosted_job: Job) -> None:
        upstream.does("GET", tells(state="failed", failMsg="Content policy violation"))
        job = turn(hosted_job, times=2)
        assert (job.status, job.failure) == (Status.FAILED, FailureReason.POLICY)
        assert kinds(job) == ["charge", "refund"]

    def test_an_effect_that_is_unknown_upstream_is_not_ordered_any_more(
        self, upstream: Upstream, hosted_job: Job, another: Callable[[], Job]
    ) -> None:
        upstream.does("POST", says(400, "unsupported effect_scene: balloon_parade"))
        assert turn(hosted_job).failure == FailureReason.UNKNOWN_EFFECT
        hosted_job.effect.refresh_from_db()
        assert hosted_job.effect.refused_at
        assert not Effect.objects.orderable().exists() and Effect.objects.offered().exists()
        with pytest.raises(orders.OrderRefused):
            another()

    def test_a_refused_key_ends_one_order_and_stops_the_line(
        self, upstream: Upstream, hosted_job: Job, another: Callable[[], Job]
    ) -> None:
        second = another()
        upstream.does("POST", says(401, "invalid api key"))
        assert turn(hosted_job).failure == FailureReason.NO_ACCESS
        assert Studio.current().line_closed == Closed.KEY
        assert turn(second, times=3).status == Status.QUEUED
        assert len(upstream.posts) == 1

    def test_the_line_opens_by_itself_when_the_key_is_accepted_again(self, upstream: Upstream, hosted_job: Job) -> None:
        line.close(Closed.KEY)
        upstream.does("GET", says(401))
        Studio.objects.update(line_tried_at=timezone.now() - line.TRY_EVERY)
        line.check()
        assert Studio.current().line_closed == Closed.KEY
        line.check()
        assert upstream.asked["GET"] == 1, "it is not asked at each turn of the clock"
        Studio.objects.update(line_tried_at=timezone.now() - line.TRY_EVERY)
        line.check()
        assert Studio.current().line_closed == ""
        assert upstream.posts == []
        assert turn(hosted_job).status == Status.PENDING


class TestFunds:
    def test_without_credit_upstream_every_order_waits_and_none_fails(
        self, upstream: Upstream, hosted_job: Job, another: Callable[[], Job]
    ) -> None:
        second = another()
        upstream.always["POST"] = says(402, "insufficient credits")
        assert turn(hosted_job).status == Status.QUEUED
        assert turn(second, times=3).status == Status.QUEUED
        assert len(upstream.posts) == 1
        assert Studio.current().line_closed == Closed.FUNDS
        assert now(hosted_job).may_cancel

    def test_one_order_tries_the_line_now_and_then_and_opens_it_for_all(
        self, upstream: Upstream, hosted_job: Job, another: Callable[[], Job], work: Work
    ) -> None:
        second = another()
        upstream.does("POST", says(402), says(402))
        turn(hosted_job)
        Studio.objects.update(line_tried_at=timezone.now() - line.TRY_EVERY)
        assert turn(hosted_job).status == Status.QUEUED
        assert turn(second).status == Status.QUEUED
        assert len(upstream.posts) == 2
        Studio.objects.update(line_tried_at=timezone.now() - line.TRY_EVERY)
        assert turn(second).status == Status.PENDING
        assert Studio.current().line_closed == ""
        assert turn(hosted_job).status == Status.PENDING

    def test_the_line_closes_before_the_stated_credit_falls_below_what_is_kept_back(
        self, upstream: Upstream, hosted_job: Job, another: Callable[[], Job]
    ) -> None:
        Studio.objects.update(funds=Decimal("0.06"), funds_at=timezone.now(), keep_back=Decimal("0.03"))
        second = another()
        assert turn(hosted_job).status == Status.PENDING
        assert line.funds_left(Studio.current()) == Decimal("0.06") - hosted_job.price
        assert turn(second).status == Status.QUEUED
        assert Studio.current().line_closed == Closed.LOW
        assert len(upstream.posts) == 1
        Studio.objects.update(funds=Decimal(5), funds_at=timezone.now())
        line.check()
        assert turn(second).status == Status.PENDING

    def test_what_the_service_does_not_charge_for_is_not_counted(self, upstream: Upstream, hosted_job: Job) -> None:
        Studio.objects.update(funds=Decimal(1), funds_at=timezone.now())
        upstream.does("GET", tells(state="failed", failMsg="it broke"))
        turn(hosted_job, times=2)
        assert line.funds_left(Studio.current()) == Decimal(1)


class TestTrouble:
    def test_after_three_orders_without_an_answer_no_further_one_is_risked(
        self, upstream: Upstream, hosted_job: Job, another: Callable[[], Job]
    ) -> None:
        jobs = [hosted_job, *(another() for _ in range(5))]
        upstream.always["POST"] = says(500)
        statuses = [turn(job).status for job in jobs]
        assert statuses == [Status.UNCONFIRMED] * 3 + [Status.QUEUED] * 3
        assert Studio.current().line_closed == Closed.TROUBLE
        assert len(upstream.posts) == 3

    def test_an_order_that_is_answered_in_between_keeps_the_line_open(
        self, upstream: Upstream, hosted_job: Job, another: Callable[[], Job]
    ) -> None:
        upstream.does("POST", says(500), says(500), lambda handler: False, says(500))
        for job in [hosted_job, *(another() for _ in range(3))]:
            turn(job)
        assert Studio.current().line_closed == ""

    def test_a_line_that_its_owner_has_paused_opens_for_nobody_else(self, upstream: Upstream, hosted_job: Job) -> None:
        line.close(Closed.OWNER)
        line.close(Closed.KEY)
        Studio.objects.update(line_tried_at=timezone.now() - timedelta(days=1))
        line.check()
        assert Studio.current().line_closed == Closed.OWNER
        assert turn(hosted_job).status == Status.QUEUED
        assert line.reopen(Closed.OWNER)
        assert turn(hosted_job).status == Status.PENDING

    def test_a_graver_reason_replaces_one_that_lets_an_order_through_now_and_then(
        self, upstream: Upstream, hosted_job: Job, another: Callable[[], Job]
    ) -> None:
        jobs = [hosted_job, *(another() for _ in range(3))]
        upstream.does("POST", says(402), says(401))
        turn(jobs[0])
        Studio.objects.update(line_tried_at=timezone.now() - line.TRY_EVERY)
        assert turn(jobs[1]).failure == FailureReason.NO_ACCESS
        assert Studio.current().line_closed == Closed.KEY
        Studio.objects.update(line_tried_at=timezone.now() - line.TRY_EVERY)
        assert turn(jobs[2]).status == Status.QUEUED
        assert len(upstream.posts) == 2
        assert line.close(Closed.OWNER) and not line.close(Closed.TROUBLE)

    def test_a_line_without_answers_is_tried_by_one_order_at_a_time_and_ever_more_seldom(
        self, upstream: Upstream, hosted_job: Job, another: Callable[[], Job]
    ) -> None:
        jobs = [hosted_job, *(another() for _ in range(7))]
        upstream.always["POST"] = says(502)
        for job in jobs[:3]:
            turn(job)
        for minutes, sent in [(9, 3), (11, 4), (11, 4), (21, 5), (21, 5), (41, 6)]:
            Studio.objects.update(line_tried_at=timezone.now() - timedelta(minutes=minutes))
            for job in jobs[3:]:
                turn(job)
            line.check()
            assert len(upstream.posts) == sent
        del upstream.always["POST"]
        Studio.objects.update(line_tried_at=timezone.now() - timedelta(days=1))
        upstream.does("GET", says(500))
        assert turn(jobs[6]).status == Status.QUEUED, "a question that costs nothing comes first"
        Studio.objects.update(line_tried_at=timezone.now() - timedelta(days=1))
        assert turn(jobs[6]).status == Status.PENDING
        assert Studio.current().line_closed == ""

    def test_scarce_credit_goes_to_who_came_first(
        self, upstream: Upstream, hosted_job: Job, another: Callable[[], Job]
    ) -> None:
        later = another()
        Job.objects.filter(pk=later.pk).update(price=Decimal("0.1"))
        Studio.objects.update(funds=Decimal("0.05"), funds_at=timezone.now())
        line.close(Closed.LOW)
        HUEY.storage.flush_all()
        tasks.sweep.call_local()
        turns = [task.args[0] for task in HUEY.pending() if task.name == "advance_job"]
        assert turns == [hosted_job.pk, later.pk]
        assert [turn(Job(pk=pk)).status for pk in turns] == [Status.PENDING, Status.QUEUED]
        assert Studio.current().line_closed == Closed.LOW

    def test_a_line_that_was_closed_for_days_has_tried_nothing(self, upstream: Upstream, hosted_job: Job) -> None:
        line.close(Closed.OWNER)
        turn(hosted_job)
        let_pass(days=3)
        line.reopen(Closed.OWNER)
        upstream.does("POST", says(429))
        assert turn(hosted_job).status == Status.QUEUED
        assert turn(hosted_job).status == Status.PENDING

    def test_a_studio_that_starts_with_another_key_tries_it_at_once(self, upstream: Upstream) -> None:
        line.close(Closed.KEY)
        tasks.take_up_work()
        tasks.sweep.call_local()
        assert Studio.current().line_closed == ""

    def test_the_sweep_fills_the_queue_only_so_far(
        self, upstream: Upstream, hosted_job: Job, another: Callable[[], Job], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tasks, "MOST_NUDGES", 3)
        for _ in range(5):
            another()
        HUEY.storage.flush_all()
        for _ in range(3):
            tasks.sweep.call_local()
        assert len([task for task in HUEY.pending() if task.name == "advance_job"]) <= 3


class TestFollowing:
    @pytest.mark.parametrize("fault", [drops, says(500), says(404), says(401), sends(b"?"), tells(state="dreaming")])
    def test_a_look_that_brings_nothing_changes_nothing(
        self, upstream: Upstream, hosted_job: Job, fault: Callable[[Handler], bool]
    ) -> None:
        turn(hosted_job)
        upstream.does("GET", *[fault] * 4)
        job = turn(hosted_job, times=4)
        assert (job.status, job.attempts) == (Status.PENDING, 4)
        assert job.next_turn_at - timezone.now() > timedelta(seconds=30)
        assert turn(hosted_job, times=2).status == Status.COMPLETED

    def test_a_task_that_goes_back_to_the_line_stays_in_the_making_here(
        self, upstream: Upstream, hosted_job: Job
    ) -> None:
        turn(hosted_job)
        upstream.does("GET", tells(state="processing"), tells(state="pending"))
        assert turn(hosted_job).status == Status.PROCESSING
        assert turn(hosted_job).status == Status.PROCESSING
        assert turn(hosted_job, times=2).status == Status.COMPLETED

    def test_a_task_of_a_day_is_given_up_and_paid_back_and_still_asked_after(
        self, upstream: Upstream, hosted_job: Job
    ) -> None:
        upstream.making = 1e6
        turn(hosted_job, times=2)
        let_pass(hours=25)
        job = turn(hosted_job)
        assert (job.status, job.failure) == (Status.FAILED, FailureReason.TOOK_TOO_LONG)
        assert kinds(job) == ["charge", "refund"]
        assert Studio.current().spent == job.price, "the service may still charge for it"
        assert timedelta(minutes=50) < job.next_turn_at - timezone.now() <= timedelta(hours=1)
        assert Job.objects.owed().get() == job
        upstream.asked.clear()
        assert turn(hosted_job).status == Status.FAILED
        assert upstream.asked["GET"] == 1
        assert now(job).next_turn_at - timezone.now() > timedelta(hours=3)

    def test_a_video_that_comes_after_its_refund_is_brought_home_for_nothing(
        self, upstream: Upstream, hosted_job: Job, work: Work
    ) -> None:
        upstream.making = 1e6
        turn(hosted_job)
        let_pass(hours=25)
        turn(hosted_job)
        next(iter(upstream.tasks.values())).making = 0
        let_pass(hours=2)
        tasks.sweep()
        work()
        job = now(hosted_job)
        assert (job.status, job.failure) == (Status.COMPLETED, "")
        assert kinds(job) == ["charge", "refund"]
        assert job.video and job.video.owner == job.owner
        assert not Job.objects.owed().exists()

    def test_a_task_that_turns_out_to_have_failed_after_the_refund_is_closed(
        self, upstream: Upstream, hosted_job: Job
    ) -> None:
        upstream.making = 1e6
        turn(hosted_job)
        let_pass(hours=25)
        turn(hosted_job)
        upstream.does("GET", tells(state="failed", failMsg="it broke"))
        job = turn(hosted_job)
        assert job.status == Status.FAILED and job.settled_at
        assert not Job.objects.owed().exists()
        assert Studio.current().spent == 0
        assert kinds(job) == ["charge", "refund"]

    def test_a_studio_that_was_off_for_days_asks_before_it_gives_up(self, upstream: Upstream, hosted_job: Job) -> None:
        turn(hosted_job)
        let_pass(days=2)
        upstream.does("GET", says(503))
        tasks.advance_job.call_local(hosted_job.pk)
        assert now(hosted_job).status == Status.PENDING
        assert turn(hosted_job, times=2).status == Status.COMPLETED

    def test_what_was_released_from_the_cap_is_released_once(
        self, upstream: Upstream, hosted_job: Job, another: Callable[[], Job], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        upstream.making = 1e6
        turn(another())
        turn(hosted_job)
        let_pass(hours=25)
        turn(hosted_job)
        upstream.does("GET", *[tells(state="failed")] * 3)
        monkeypatch.setattr(Job, "log", lambda *_: 1 / 0)
        for _ in range(3):
            turn(hosted_job)
        assert Studio.current().spent == 2 * hosted_job.price
        assert now(hosted_job).settled_at is None

    def test_the_404_of_a_gateway_is_not_the_end_of_a_task(
        self, upstream: Upstream, hosted_job: Job, work: Work
    ) -> None:
        upstream.does("POST", made_but(drops))
        job = turn(hosted_job)
        callbacks.heed(job.callback_token, b'{"data": {"taskId": "clx000001"}}')
        upstream.does("GET", sends(b"<html>404</html>", 404, "text/html"))
        assert turn(hosted_job).hinted_task == "clx000001"
        assert turn(hosted_job).status == Status.PENDING

    def test_nobody_asks_after_a_month(self, upstream: Upstream, hosted_job: Job) -> None:
        upstream.making = 1e7
        turn(hosted_job)
        let_pass(hours=25)
        turn(hosted_job)
        let_pass(days=31)
        assert not Job.objects.overdue().exists()
        assert Job.objects.owed().exists(), "a person still sees it"


class TestCollecting:
    @pytest.mark.parametrize(
        "fault", [says(403), says(404), sends(b"<html>no</html>", kind="video/mp4"), sends(b""), breaks_off(0)]
    )
    def test_a_result_that_does_not_come_whole_is_fetched_again(
        self, upstream: Upstream, hosted_job: Job, fault: Callable[[Handler], bool]
    ) -> None:
        turn(hosted_job, times=2)
        upstream.does("result", fault, fault)
        job = turn(hosted_job, times=2)
        assert job.status == Status.COLLECTING and job.result_url
        assert len(notes(job, "fetch")) == 2
        assert turn(hosted_job).status == Status.COMPLETED
        assert not list((settings.DATA_DIR / "incoming").glob(f"{job.key}*"))

    def test_a_truncated_video_is_not_taken_for_whole(self, upstream: Upstream, hosted_job: Job) -> None:
        turn(hosted_job, times=2)
        upstream.does("result", sends(upstream.clip[:-300], kind="video/mp4"))
        assert turn(hosted_job).status == Status.COLLECTING
        assert not Video.objects.exists()

    def test_a_download_that_breaks_off_goes_on_where_it_was(self, upstream: Upstream, hosted_job: Job) -> None:
        turn(hosted_job, times=2)
        upstream.does("result", breaks_off(1000), breaks_off(500))
        job = turn(hosted_job)
        assert job.status == Status.COMPLETED and job.video
        assert Path(job.video.file.path).read_bytes() == upstream.clip
        assert upstream.asked["result"] == 3

    def test_a_result_without_end_is_cut_off(
        self, upstream: Upstream, hosted_job: Job, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("effects.providers.apimodels.MOST_RESULT", 300_000)
        turn(hosted_job, times=2)
        upstream.does("result", endless)
        assert turn(hosted_job).status == Status.COLLECTING
        assert "300000" in notes(hosted_job, "fetch")[0]

    def test_an_address_that_has_run_out_is_asked_for_anew(self, upstream: Upstream, hosted_job: Job) -> None:
        turn(hosted_job)
        upstream.does("GET", tells(resultUrls=[f"{upstream.url}/gone"]))
        turn(hosted_job)
        Job.objects.update(result_url=f"{upstream.url}/expired")
        assert turn(hosted_job).status == Status.COLLECTING
        assert turn(hosted_job).status == Status.COMPLETED

    def test_a_result_in_the_studios_own_network_is_not_fetched(
        self, upstream: Upstream, hosted_job: Job, settings: object
    ) -> None:
        settings.ALLOW_PRIVATE_ADDRESSES = False  # type: ignore[attr-defined]
        providers.named.cache_clear()
        job = turn(hosted_job, times=3)
        assert job.status == Status.COLLECTING
        assert upstream.asked["result"] == 0
        assert "open internet" in notes(job, "fetch")[0]

    def test_a_result_that_never_comes_is_paid_back_after_a_day_and_stays_in_sight(
        self, upstream: Upstream, hosted_job: Job
    ) -> None:
        upstream.always["result"] = says(404)
        turn(hosted_job, times=4)
        Job.objects.update(attempts=MOST_TRIES - 1)
        job = turn(hosted_job)
        assert (job.status, job.failure) == (Status.FAILED, FailureReason.BROKEN_RESULT)
        assert job.result_url
        assert kinds(job) == ["charge", "refund"]
        assert Job.objects.owed().get() == job
        del upstream.always["result"]
        job = turn(hosted_job, times=2)
        assert job.status == Status.COMPLETED
        assert kinds(job) == ["charge", "refund"]

    def test_a_worker_that_overslept_does_not_store_the_video_a_second_time(
        self, upstream: Upstream, hosted_job: Job
    ) -> None:
        turn(hosted_job, times=2)
        Job.objects.update(next_turn_at=timezone.now())
        sleeper = Job.objects.claim(hosted_job.pk, timedelta(seconds=-1))
        assert sleeper and turn(hosted_job).status == Status.COMPLETED
        assert production.advance(sleeper) is None
        assert Video.objects.count() == 1

    def test_what_the_studio_stores_is_what_it_has_checked(
        self, upstream: Upstream, hosted_job: Job, tmp_path: Path
    ) -> None:
        upstream.clip = clips.make_clip(tmp_path / "other.mp4", frames=48).read_bytes()
        job = turn(hosted_job, times=3)
        assert job.video and job.video.digest == hashlib.sha256(upstream.clip).hexdigest()
        assert job.video.seconds == pytest.approx(2, abs=0.1)


def test_the_books_balance_after_all_of_it(upstream: Upstream, hosted_job: Job, another: Callable[[], Job]) -> None:
    upstream.does("POST", says(400), drops, says(402))
    for job in [hosted_job, *(another() for _ in range(3))]:
        turn(job, times=3)
    account = Account.objects.get(pk=hosted_job.owner_id)
    entries = CreditEntry.objects.filter(account=account)
    assert sum(entry.amount for entry in entries) == account.balance
    assert entries.filter(kind="charge").count() == 4
    assert entries.filter(kind="refund").count() == 1


def test_a_photo_whose_file_is_gone_ends_the_order_before_anything_is_sent(
    upstream: Upstream, hosted_job: Job, portrait: Portrait
) -> None:
    portrait.path.unlink()
    job = turn(hosted_job)
    assert (job.status, job.failure) == (Status.FAILED, FailureReason.NO_PORTRAIT)
    assert upstream.posts == [] and kinds(job) == ["charge", "refund"]


def test_an_order_cannot_be_sent_by_who_has_lost_its_turn(upstream: Upstream, hosted_job: Job) -> None:
    Job.objects.update(next_turn_at=timezone.now())
    sleeper = Job.objects.claim(hosted_job.pk, timedelta(seconds=-1))
    taker = Job.objects.claim(hosted_job.pk, production.LEASE)
    assert sleeper and taker
    assert production.advance(sleeper) is None
    assert upstream.posts == []
    production.advance(taker)
    assert now(hosted_job).status == Status.PENDING


def test_nobody_takes_over_an_order_while_it_is_being_sent(upstream: Upstream, hosted_job: Job) -> None:
    def is_taken(handler: Handler) -> bool:
        left = now(hosted_job).leased_until
        assert left and left - timezone.now() > timedelta(seconds=120)
        return False

    upstream.does("POST", is_taken)
    assert turn(hosted_job).status == Status.PENDING


def test_a_refund_in_the_next_month_does_not_lower_what_that_month_has_spent(
    upstream: Upstream, hosted_job: Job, another: Callable[[], Job]
) -> None:
    CreditEntry.objects.update(at=timezone.now() - timedelta(days=40))
    another()
    spent = Studio.current().spent
    upstream.does("POST", says(400))
    assert turn(hosted_job).status == Status.FAILED
    assert Studio.current().spent == spent


def test_a_job_from_before_the_callbacks_is_made_all_the_same(
    upstream: Upstream, hosted_job: Job, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://studio.example"
    Job.objects.update(callback_token="")
    assert turn(hosted_job).status == Status.PENDING
    assert "callback_url" not in upstream.posts[0]
