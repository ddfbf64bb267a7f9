"""Callbacks that come in: unsigned, repeated, early, late or forged, and harmless all of them."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from effects import tasks
from effects.models import FailureReason, Job, Status
from effects.services import callbacks, production
from effects.services.production.turns import callback_address
from effects.views import callbacks as callbacks_view
from tests.hosted import kinds, let_pass, notes, now, turn
from tests.upstream import Upstream, drops, made_but, says

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def service() -> Client:
    """Whoever calls back: without a session, and held to no CSRF token."""
    return Client(enforce_csrf_checks=True)


def tell(service: Client, job: Job, task_id: Any = None, **said: Any) -> int:
    data = {"taskId": task_id or job.task_id, "state": "completed", **said}
    return send(service, job.callback_token, json.dumps({"code": 200, "msg": "success", "data": data}).encode())


def send(service: Client, token: str, body: bytes) -> int:
    return service.post(f"/callbacks/{token}/", body, content_type="application/json").status_code


def test_a_callback_brings_the_next_look_forward(
    upstream: Upstream, hosted_job: Job, service: Client, work: Any
) -> None:
    upstream.making = 60
    job = turn(hosted_job, times=2)
    upstream.tasks[job.task_id].making = 0
    HUEY.storage.flush_all()
    assert tell(service, job) == 200
    assert now(job).next_turn_at <= timezone.now()
    assert notes(job, "callback") == [job.task_id]
    assert now(job).status != Status.COLLECTING, "a callback changes no state by itself"
    work()
    assert now(job).status == Status.COMPLETED


def test_the_order_tells_the_service_where_to_call(
    upstream: Upstream, hosted_job: Job, service: Client, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://studio.example"
    job = turn(hosted_job)
    assert upstream.posts[0]["callback_url"] == callback_address(job)
    assert callback_address(job) == f"https://studio.example/callbacks/{job.callback_token}/"
    assert len(job.callback_token) == 22 and job.callback_token != job.key


def test_a_callback_that_claims_the_end_too_early_ends_nothing(
    upstream: Upstream, hosted_job: Job, service: Client, work: Any
) -> None:
    upstream.making = 1e6
    job = turn(hosted_job)
    lie = json.dumps({"resultUrls": ["https://elsewhere.example/evil.mp4"]})
    assert tell(service, job, resultJson=lie) == 200
    assert tell(service, job, state="failed", failMsg="pay them back!") == 200
    production.take_round()
    job = now(job)
    assert job.status in (Status.PENDING, Status.PROCESSING)
    assert (job.result_url, kinds(job)) == ("", ["charge"])


def test_repeated_callbacks_are_answered_and_written_down_only_so_often(
    upstream: Upstream, hosted_job: Job, service: Client
) -> None:
    job = turn(hosted_job, times=3)
    assert job.status == Status.COMPLETED
    HUEY.storage.flush_all()
    assert {tell(service, job) for _ in range(callbacks.MOST_LOGGED + 5)} == {200}
    assert len(notes(job, "callback")) == callbacks.MOST_LOGGED
    assert HUEY.pending_count() == 0, "a job that has ended is not asked after"
    assert now(job).status == Status.COMPLETED


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'{"data": []}',
        b'{"data": {"taskId": {}}}',
        b"\xff\xfe",
        b"[" * 30_000,
        b"0" * 60_000,
    ],
)
def test_a_body_that_says_nothing_is_a_hint_all_the_same(
    upstream: Upstream, hosted_job: Job, service: Client, body: bytes
) -> None:
    job = turn(hosted_job)
    Job.objects.update(next_turn_at=timezone.now() + timezone.timedelta(minutes=5))
    assert send(service, job.callback_token, body) == 200
    assert now(job).next_turn_at <= timezone.now()


def test_of_a_body_that_repeats_the_photos_the_head_is_read(
    upstream: Upstream, hosted_job: Job, service: Client, work: Any
) -> None:
    upstream.does("POST", made_but(drops))
    job = turn(hosted_job)
    photo = "A" * (2 * callbacks_view.MOST_BYTES)
    assert tell(service, job, task_id="clx000001", param=photo) == 200
    work()
    assert now(job).status == Status.COMPLETED


def test_no_more_of_a_body_than_the_limit_is_looked_at(upstream: Upstream, hosted_job: Job, service: Client) -> None:
    upstream.does("POST", made_but(drops))
    job = turn(hosted_job)
    late = b'{"param": "' + b"A" * callbacks_view.MOST_BYTES + b'", "data": {"taskId": "clx000001"}}'
    assert send(service, job.callback_token, late) == 200
    assert now(job).hinted_task == ""


def test_a_stranger_without_the_token_reaches_nothing(upstream: Upstream, hosted_job: Job, service: Client) -> None:
    job = turn(hosted_job)
    before = now(job).next_turn_at
    for guess in (job.key, job.task_id, "x" * 22, job.callback_token[:-1]):
        assert send(service, guess, b"{}") == 404
    assert service.get(f"/callbacks/{job.callback_token}/").status_code == 405
    assert now(job).next_turn_at == before
    assert notes(job, "callback") == []


def test_jobs_without_a_token_cannot_be_named_by_an_empty_one(
    upstream: Upstream, hosted_job: Job, service: Client
) -> None:
    turn(hosted_job)
    Job.objects.update(callback_token="")
    assert not callbacks.heed("", b"{}")


def test_a_callback_of_another_task_is_only_a_hint_to_look_at_the_own_one(
    upstream: Upstream, hosted_job: Job, another: Any, service: Client
) -> None:
    upstream.making = 1e6
    job, other = turn(hosted_job), turn(another())
    assert tell(service, job, task_id=other.task_id) == 200
    assert "another task" in notes(job, "callback")[0]
    assert now(job).task_id == job.task_id and now(job).hinted_task == ""
    production.take_round()
    assert upstream.tasks[other.task_id].gets == 0


def test_a_callback_brings_home_the_task_whose_answer_was_lost(
    upstream: Upstream, hosted_job: Job, service: Client, work: Any
) -> None:
    upstream.does("POST", made_but(drops))
    job = turn(hosted_job)
    assert job.status == Status.UNCONFIRMED
    assert tell(service, job, task_id="clx000001") == 200
    work()
    job = now(job)
    assert (job.status, job.task_id) == (Status.COMPLETED, "clx000001")
    assert len(upstream.posts) == 1


def test_a_forged_task_is_found_out_and_the_order_stays_unknown(
    upstream: Upstream, hosted_job: Job, another: Any, service: Client, work: Any
) -> None:
    other = turn(another())
    upstream.does("POST", made_but(drops))
    job = turn(hosted_job)
    for forged in ("no-such-task", other.task_id):
        assert tell(service, job, task_id=forged) == 200
        tasks.advance_job.call_local(job.pk)
        job = now(job)
        assert (job.status, job.task_id, job.hinted_task) == (Status.UNCONFIRMED, "", "")
    assert len(notes(job, "hint")) == 2
    assert tell(service, job, task_id="clx000002") == 200
    work()
    assert now(job).status == Status.COMPLETED


def test_a_callback_that_comes_before_the_answer_to_our_order_is_remembered(
    upstream: Upstream, hosted_job: Job, service: Client, work: Any
) -> None:
    def calls_back_first(handler: Any) -> bool:
        task = upstream.create(handler.body)
        assert tell(service, now(hosted_job), task_id=task.id) == 200
        handler.hang_up()
        return True

    upstream.does("POST", calls_back_first)
    HUEY.storage.flush_all()
    tasks.advance_job(hosted_job.pk)
    work()
    assert now(hosted_job).status == Status.COMPLETED
    assert len(upstream.posts) == 1


def test_a_callback_for_an_order_that_was_written_off_still_brings_the_video(
    upstream: Upstream, hosted_job: Job, service: Client, work: Any
) -> None:
    upstream.does("POST", made_but(drops))
    job = turn(hosted_job)
    assert production.fail(job, FailureReason.WRITTEN_OFF, start=[Status.UNCONFIRMED])
    assert not Job.objects.overdue().exists()
    assert tell(service, job, task_id="clx000001") == 200
    work()
    job = now(job)
    assert (job.status, kinds(job)) == (Status.COMPLETED, ["charge", "refund"])


def test_a_callback_after_the_job_was_given_up_brings_the_video(
    upstream: Upstream, hosted_job: Job, service: Client, work: Any
) -> None:
    upstream.making = 1e6
    job = turn(hosted_job)
    let_pass(hours=25)
    job = turn(job)
    assert job.failure == FailureReason.TOOK_TOO_LONG
    upstream.tasks[job.task_id].making = 0
    HUEY.storage.flush_all()
    assert tell(service, job) == 200
    work()
    assert now(job).status == Status.COMPLETED


def test_a_callback_for_a_refused_order_revives_nothing(
    upstream: Upstream, hosted_job: Job, service: Client, work: Any
) -> None:
    upstream.does("POST", says(400, "Content policy violation"))
    job = turn(hosted_job)
    HUEY.storage.flush_all()
    assert tell(service, job, task_id="clx000009") == 200
    work()
    assert now(job).status == Status.FAILED
    assert upstream.asked["GET"] == 0
