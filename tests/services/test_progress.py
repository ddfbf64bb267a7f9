from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.utils import timezone

from effects.models import Account, Effect, FailureReason, Job, Portrait, Status, Studio, Video, Worker
from effects.models.job import OWED
from effects.services import credits, orders, production, progress, track_record
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


def _sent(job: Job, seconds_ago: int, *steps: Status) -> Job:
    """Send a paid order some time ago, and let it go some steps further."""
    sent_at = timezone.now() - timedelta(seconds=seconds_ago)
    assert job.move_to(Status.SUBMITTING, submitted_at=sent_at)
    return _moved(job, *steps)


def _takes(video: Video, seconds: int, provider: str = "paid") -> None:
    """Let the one finished video of the studio have taken so long."""
    Job.objects.filter(pk=video.job.pk).update(provider=provider)
    _aged(video.job, 500, took=seconds)


def _revived(job: Job, video: Video) -> Job:
    """Give a sent order up, and let its video come after all."""
    Job.objects.filter(video=video).update(status=Status.FAILED, failure=FailureReason.NOT_MADE, video=None)
    production.fail(job, FailureReason.TOOK_TOO_LONG)
    assert job.move_to(Status.COLLECTING, start=[Status.FAILED], failure="", ended_at=None)
    assert job.move_to(Status.COMPLETED, video=video)
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
    _takes(video, 50)
    _aged(_moved(paid_job, Status.SUBMITTING, Status.PENDING, Status.PROCESSING), 25)

    view = _view(paid_job)

    assert (view.bar.kind, view.bar.value) == ("guess", 50)
    assert (view.left, view.right) == ("0:25 of about 0:50", "Estimated")
    assert view.ticking == "{time} of about 0:50"


def test_an_estimate_never_claims_the_end(paid_job: Job, video: Video) -> None:
    _takes(video, 50)
    _aged(_moved(paid_job, Status.SUBMITTING, Status.PENDING, Status.PROCESSING), 80)

    assert (_view(paid_job).bar.value, _view(paid_job).right) == (95, "A little longer than usual")


def test_beyond_twice_the_usual_time_nothing_is_estimated(paid_job: Job, video: Video) -> None:
    _takes(video, 50)
    view = _view(_aged(_moved(paid_job, Status.SUBMITTING, Status.PENDING, Status.PROCESSING), 102))

    assert (view.bar.kind, view.left, view.right) == ("waiting", "1:42 so far", "Longer than usual")
    assert not view.why


def test_what_is_in_line_at_the_video_service_is_estimated_too(paid_job: Job, video: Video) -> None:
    _takes(video, 50)
    view = _view(_sent(paid_job, 25, Status.PENDING))

    assert (view.state, view.bar.kind, view.bar.value) == ("In line at the video service", "guess", 50)


def test_an_effect_is_held_against_its_own_usual_time(
    ada: Account, portrait: Portrait, paid_job: Job, dual_effect: Effect
) -> None:
    for number, (effect, took) in enumerate([(paid_job.effect, 40)] * 3 + [(dual_effect, 600)] * 5):
        made = Video.objects.create(
            owner=ada, file=f"{number}.mp4", poster="x.webp", size=1, width=720, height=1280, seconds=5
        )
        job = Job.objects.create(
            owner=ada,
            effect=effect,
            portrait=portrait,
            request_key=f"request-{number}",
            provider="paid",
            status=Status.COMPLETED,
            video=made,
        )
        _aged(job, 1000, took=took)

    view = _view(_sent(paid_job, 20, Status.PENDING, Status.PROCESSING))

    assert (view.usual, view.bar.value) == (40, 50)


def test_what_waited_to_be_sent_is_not_late(paid_job: Job, video: Video) -> None:
    _takes(video, 50)
    view = _view(_aged(_sent(paid_job, 25, Status.PENDING, Status.PROCESSING), 9000))

    assert (view.left, view.right) == ("0:25 of about 0:50", "Estimated")


@pytest.mark.parametrize("steps", [(Status.PENDING,), (Status.PENDING, Status.PROCESSING)])
def test_after_an_hour_it_says_what_the_studio_does_about_it(paid_job: Job, steps: tuple[Status, ...]) -> None:
    view = _view(_sent(paid_job, 3601, *steps))

    assert view.why.startswith("Kling has not delivered yet.")
    assert "for a day" in view.why and "pays you back" in view.why


def test_an_order_that_could_not_be_sent_says_so(paid_job: Job) -> None:
    Job.objects.filter(pk=paid_job.pk).update(attempts=2)

    view = _view(paid_job)

    assert view.state == "Kling cannot be reached at the moment"
    assert view.why == "Nothing has been sent; it is tried again by itself."
    assert view.cancel_label == "Cancel, free"


def test_a_local_job_that_is_tried_again_says_nothing_of_kling(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(attempts=2)

    assert _view(job).state == "Next in line"


class TestClosedLine:
    @pytest.fixture(autouse=True)
    def closed(self, db: None) -> None:
        Studio.objects.update_or_create(pk=1, defaults={"line_closed": "funds"})

    @pytest.mark.parametrize("worker_alive", [True, False])
    def test_a_queued_order_says_calmly_that_it_waits(self, paid_job: Job, worker_alive: bool) -> None:
        view = describe(paid_job, worker_alive)

        assert view.state == "Orders wait at the moment"
        assert "goes out by itself" in view.why and "cancel it for free" in view.why
        assert (view.look, view.cancel_label) == ("queued", "Cancel, free")

    def test_what_is_at_the_provider_already_goes_on(self, paid_job: Job) -> None:
        assert _view(_sent(paid_job, 5, Status.PENDING)).state == "In line at the video service"

    def test_a_local_job_knows_nothing_of_it(self, job: Job) -> None:
        assert _view(job).state == "Next in line"

    def test_opened_again_the_order_waits_for_its_turn(self, paid_job: Job) -> None:
        Studio.objects.update(line_closed="")

        assert _view(paid_job).state == "Waiting for its turn"

    def test_a_page_of_orders_asks_once(self, paid_job: Job, django_assert_num_queries) -> None:
        jobs = list(Job.objects.for_cards()) * 5
        progress.describe_all(jobs)  # what is remembered for a minute

        with django_assert_num_queries(2):  # the workers, and the line
            views = progress.describe_all(jobs)

        assert {view.state for view in views} == {"Orders wait at the moment"}

    def test_a_page_of_local_jobs_does_not_ask(self, job: Job, django_assert_num_queries) -> None:
        jobs = list(Job.objects.for_cards())
        progress.describe_all(jobs)

        with django_assert_num_queries(2):  # the workers, and the line at the renderer
            progress.describe_all(jobs)


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
    assert view.remedy == "photo"


@pytest.mark.parametrize("reason", FailureReason)
def test_every_failure_says_what_to_press(job: Job, reason: FailureReason) -> None:
    production.fail(job, reason)

    assert len(_view(job).lines) == 3
    assert all(_view(job).lines)


@pytest.mark.parametrize("reason", FailureReason)
def test_every_failure_of_a_paid_job_says_that_the_money_is_back(paid_job: Job, reason: FailureReason) -> None:
    production.fail(_sent(paid_job, 60), reason)

    said = _view(paid_job).lines[1]

    assert said == "Refunded $0.0214." if reason not in OWED else said.startswith("You have your money back.")


@pytest.mark.parametrize("reason", OWED)
def test_what_may_still_come_is_promised_as_a_gift(paid_job: Job, reason: FailureReason) -> None:
    production.fail(_sent(paid_job, 60), reason)

    assert "If the video still comes, it is put into your gallery for nothing." in _view(paid_job).lines[1]


@pytest.mark.parametrize(
    "changes",
    [
        {"settled_at": timezone.now()},
        {"submitted_at": timezone.now() - timedelta(days=31)},
        {"submitted_at": None},
    ],
)
def test_what_is_no_longer_asked_after_is_not_promised(paid_job: Job, changes: dict) -> None:
    production.fail(_sent(paid_job, 60), FailureReason.TOOK_TOO_LONG)
    Job.objects.filter(pk=paid_job.pk).update(**changes)

    assert _view(paid_job).lines[1] == "Refunded $0.0214."


def test_a_refusal_by_the_rules_of_kling_asks_for_another_photo(paid_job: Job) -> None:
    production.fail(paid_job, FailureReason.POLICY)

    view = _view(paid_job)

    assert view.lines[0] == "Kling does not allow this photo, or this effect with it."
    assert "Choose another photo." in view.lines[2] and "Kling's rules" in view.lines[2]
    assert view.remedy == "photo"


def test_without_a_face_it_asks_for_one_in_each_photo(paid_job: Job, dual_effect: Effect) -> None:
    production.fail(paid_job, FailureReason.NO_FACE)
    assert "one clear face, upright" in _view(paid_job).lines[2]

    Job.objects.filter(pk=paid_job.pk).update(effect=dual_effect)

    assert "one clear face in each" in _view(paid_job).lines[2]


def test_an_unknown_effect_is_answered_with_another_one(paid_job: Job) -> None:
    production.fail(paid_job, FailureReason.UNKNOWN_EFFECT)

    assert _view(paid_job).remedy == "effect"
    assert _view(paid_job).lines[2].startswith("Choose another effect.")


def test_a_closed_door_is_no_matter_of_the_customer(paid_job: Job) -> None:
    production.fail(paid_job, FailureReason.NO_ACCESS)

    assert _view(paid_job).lines[2] == "That is the studio's own matter, and it has been told. Press Again later."


def test_again_is_not_advised_where_it_cannot_be_pressed(job: Job) -> None:
    production.fail(job, FailureReason.NOT_RENDERED)
    Effect.objects.update(is_enabled=False)

    assert _view(job).remedy == "effect"
    assert "Press Again" not in _view(job).lines[2]


def test_a_video_that_came_late_is_a_gift(paid_job: Job, video: Video) -> None:
    view = _view(_revived(_sent(paid_job, 60, Status.PENDING), video))

    assert view.state == "Ready after all"
    assert view.why == "It came late, so it is free: you have your money back."
    assert view.is_free


def test_a_video_in_time_is_none(paid_job: Job, video: Video) -> None:
    assert not _view(video.job).why
    assert not _view(paid_job).is_free


def test_the_timeline_tells_that_it_came_after_all(paid_job: Job, video: Video) -> None:
    _revived(_sent(paid_job, 60, Status.PENDING), video)
    paid_job.log("look", "internal")

    said = [step.what for step in progress.timeline(paid_job)]

    assert said[-3:] == ["Not made in time, paid back", "It came after all", "Ready"]


def test_the_timeline_of_what_never_came_ends_there(paid_job: Job) -> None:
    production.fail(_sent(paid_job, 60), FailureReason.TOOK_TOO_LONG)

    assert [step.what for step in progress.timeline(paid_job)][-1] == "Not made"


@pytest.mark.parametrize(
    ("seconds", "written"), [(0, "1 s"), (48, "48 s"), (125, "2 min 5 s"), (3600, "1 h 0 min"), (33150, "9 h 12 min")]
)
def test_lengths_of_time_are_written_in_two_parts_at_most(seconds: int, written: str) -> None:
    assert progress.duration(seconds) == written


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
        assert track_record.usual_seconds("local") == 7
        assert track_record.usual_seconds("local") == 7
    assert track_record.usual_seconds("nobody") is None


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
