from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.utils import timezone

from effects.models import Account, Effect, FailureReason, Job, Portrait, Status, Video, Worker
from effects.services import credits, orders, production, progress
from effects.services.progress import JobView, describe


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture
def paid_job(ada: Account, effect: Effect, portrait: Portrait) -> Job:
    """An order at a paid provider, paid for."""
    credits.add(ada, "top_up", Decimal(1))
    job = Job.objects.create(
        owner=ada, effect=effect, portrait=portrait, request_key="paid-request", provider="paid", price="0.0214"
    )
    job.refresh_from_db()
    credits.add(ada, "charge", -job.price, job=job)
    return job


def _moved(job: Job, *steps: Status) -> Job:
    for step in steps:
        assert job.move_to(step)
    return job


def _aged(job: Job, seconds: int, *, took: int | None = None) -> Job:
    began = timezone.now() - timedelta(seconds=seconds)
    ended = began + timedelta(seconds=took) if took is not None else None
    Job.objects.filter(pk=job.pk).update(created_at=began, ended_at=ended)
    job.refresh_from_db()
    return job


def _view(job: Job) -> JobView:
    return describe(Job.objects.for_cards().get(pk=job.pk), worker_alive=True)


def test_a_queued_job_says_its_place_in_the_line(ada: Account, effect: Effect, portrait: Portrait, job: Job) -> None:
    second = orders.order_video(ada, effect, portrait, request_key="second-request")

    assert _view(job).state == "Next in line"
    assert (_view(second).place, _view(second).state) == (2, "Number 2 in line")
    assert _view(second).bar.kind == "waiting"


def test_a_rendering_job_leaves_the_line(ada: Account, effect: Effect, portrait: Portrait, job: Job) -> None:
    second = orders.order_video(ada, effect, portrait, request_key="second-request")
    _moved(job, Status.SUBMITTING, Status.PENDING, Status.PROCESSING)

    assert _view(second).state == "Next in line"


def test_without_a_worker_a_waiting_order_is_said_to_be_safe(job: Job) -> None:
    view = describe(job, worker_alive=False)

    assert view.state == "The render room is not answering"
    assert "starts by itself" in view.why
    assert view.look == "unattended"


def test_a_local_render_shows_true_frames(job: Job) -> None:
    _moved(job, Status.SUBMITTING, Status.PENDING, Status.PROCESSING)
    Job.objects.filter(pk=job.pk).update(frames_done=96, frames_total=120)

    view = _view(job)

    assert (view.bar.kind, view.bar.value, view.bar.max) == ("measured", 96, 120)
    assert (view.left, view.right, view.short) == ("Frame 96 of 120", "Local render", "80%")


def test_a_paid_job_is_estimated_against_the_usual_time(paid_job: Job, video: Video) -> None:
    Job.objects.filter(pk=video.job.pk).update(provider="paid")
    _aged(video.job, 500, took=50)
    _aged(_moved(paid_job, Status.SUBMITTING, Status.PENDING, Status.PROCESSING), 25)

    view = _view(paid_job)

    assert (view.bar.kind, view.bar.value) == ("guess", 50)
    assert (view.left, view.right) == ("0:25 of about 0:50", "Estimated")
    assert view.ticking == "{time} of about 0:50"


def test_an_estimate_never_claims_the_end(paid_job: Job, video: Video) -> None:
    Job.objects.filter(pk=video.job.pk).update(provider="paid")
    _aged(video.job, 500, took=50)
    _aged(_moved(paid_job, Status.SUBMITTING, Status.PENDING, Status.PROCESSING), 300)

    assert (_view(paid_job).bar.value, _view(paid_job).right) == (95, "A little longer than usual")


def test_without_history_nothing_is_estimated(paid_job: Job) -> None:
    _moved(paid_job, Status.SUBMITTING, Status.PENDING, Status.PROCESSING)

    assert _view(paid_job).bar.kind == "waiting"


def test_an_unknown_outcome_promises_no_second_order(paid_job: Job) -> None:
    view = _view(_moved(paid_job, Status.SUBMITTING, Status.UNCONFIRMED))

    assert "not sent twice" in view.why
    assert "$0.0214" in view.why
    assert view.bar is None


def test_a_completed_job_says_how_long_it_took(video: Video) -> None:
    _aged(video.job, 500, took=48)

    assert _view(video.job).state == "Ready. It took 48 s"


def test_a_failed_free_job_says_three_things(job: Job) -> None:
    production.fail(job, FailureReason.NOT_RENDERED)

    assert _view(job).lines == (
        "The studio could not render this video.",
        "Nothing was charged.",
        "Press Again. If that fails too, try another photo.",
    )


def test_a_failed_paid_job_says_what_came_back(paid_job: Job) -> None:
    production.fail(paid_job, FailureReason.REFUSED)

    view = _view(paid_job)

    assert view.lines[1] == "Refunded $0.0214."
    assert view.wants_photo


@pytest.mark.parametrize("reason", FailureReason)
def test_every_failure_says_what_to_press(job: Job, reason: FailureReason) -> None:
    production.fail(job, reason)

    assert len(_view(job).lines) == 3
    assert all(_view(job).lines)


@pytest.mark.parametrize("status", Status)
def test_every_state_has_words_and_an_icon(job: Job, status: Status) -> None:
    job.status, job.failure = status, FailureReason.NOT_MADE

    view = describe(job, worker_alive=True)

    assert view.state and view.icon and view.short


def test_the_fingerprint_ignores_the_clock_and_follows_the_frames(job: Job) -> None:
    before = _view(job).seen
    assert _view(_aged(job, 60)).seen == before

    _moved(job, Status.SUBMITTING, Status.PENDING, Status.PROCESSING)
    seen = set()
    for frames in (1, 2):
        Job.objects.filter(pk=job.pk).update(frames_done=frames, frames_total=120)
        seen.add(_view(job).seen)
    assert len(seen | {before}) == 3


def test_the_usual_time_is_remembered_for_a_minute(video: Video, django_assert_num_queries) -> None:
    _aged(video.job, 500, took=7)

    with django_assert_num_queries(1):
        assert progress.usual_seconds("local") == 7
        assert progress.usual_seconds("local") == 7
    assert progress.usual_seconds("nobody") is None


def test_a_page_of_jobs_is_described_with_one_look_at_the_workers(
    ada: Account, effect: Effect, portrait: Portrait, django_assert_max_num_queries
) -> None:
    for number in range(5):
        orders.order_video(ada, effect, portrait, request_key=f"request-{number}")
    Worker.beat("a worker")
    jobs = list(Job.objects.for_cards())

    with django_assert_max_num_queries(3):
        views = progress.describe_all(jobs)

    assert [view.place for view in views] == [5, 4, 3, 2, 1]


def test_the_timeline_speaks_in_words_and_keeps_notes_to_itself(job: Job) -> None:
    assert job.move_to(Status.SUBMITTING, note="HTTP 503 from upstream")
    assert job.move_to(Status.QUEUED)
    job.log("look", "internal")

    said = [step.what for step in progress.timeline(job)]

    assert said == ["Ordered", "Handed to the renderer", "Ordered"]
