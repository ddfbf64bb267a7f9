"""Making the video, turn by turn."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from effects import providers, tasks
from effects.models import Account, Effect, FailureReason, Job, Portrait, Status, Video
from effects.providers import Refused, Report, State, Unavailable, Unconfirmed
from effects.services import credits, orders, production
from effects.services.production import following
from effects.services.production.turns import MOST_TRIES
from tests.stand_in import PaidProvider

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], int]
PATIENTLY = timedelta(days=2)


@pytest.fixture
def paid_job(paid: PaidProvider, ada: Account, effect: Effect, portrait: Portrait, clip: Path) -> Job:
    credits.add(ada, credits.Kind.TOP_UP, effect.price)
    paid.result = clip.read_bytes()
    return orders.order_video(ada, effect, portrait, request_key="paid")


def again(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def raising(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def balance(job: Job) -> object:
    job.owner.refresh_from_db()
    return job.owner.balance


def test_the_queue_makes_a_local_video_that_really_plays(job: Job, work: Work) -> None:
    tasks.advance_job(job.pk)
    work()
    job = again(job)
    assert job.status == Status.COMPLETED
    assert job.frames_done > 0
    video = job.video
    assert video and (video.width, video.height) == (720, 1280)
    assert video.seconds == pytest.approx(5, abs=0.1)
    assert Path(video.file.path).read_bytes()[4:8] == b"ftyp"
    assert [event.what for event in job.events.all()] == [
        "queued", "submitting", "pending", "processing", "collecting", "completed",
    ]  # fmt: skip


def test_the_sweep_takes_up_a_job_whose_nudge_was_lost(paid_job: Job, work: Work) -> None:
    HUEY.storage.flush_all()
    tasks.sweep()
    work()
    assert again(paid_job).status == Status.COMPLETED


def test_the_sweep_leaves_alone_what_somebody_holds_or_nobody_may_move(paid_job: Job) -> None:
    held = Job.objects.claim(paid_job.pk, timedelta(minutes=1))
    assert held and not Job.objects.overdue().exists()
    Job.objects.update(status=Status.UNCONFIRMED, leased_until=None)
    assert not Job.objects.overdue().exists()


def test_one_turn_is_claimed_once(job: Job) -> None:
    assert Job.objects.claim(job.pk, timedelta(minutes=1))
    assert Job.objects.claim(job.pk, timedelta(minutes=1)) is None


def test_a_lease_that_ran_out_is_taken_over_and_cannot_be_renewed(job: Job) -> None:
    sleeper = Job.objects.claim(job.pk, timedelta(seconds=-1))
    taker = Job.objects.claim(job.pk, timedelta(minutes=1))
    assert sleeper and taker
    assert taker.attempts == 1
    assert not sleeper.renew(timedelta(minutes=1))
    assert not sleeper.book(timezone.now())
    assert taker.renew(timedelta(minutes=1))


@pytest.mark.parametrize("status", list(Status))
def test_a_job_moves_only_along_its_steps(job: Job, status: Status) -> None:
    for target in Status:
        if target == Status.COMPLETED:
            continue
        Job.objects.filter(pk=job.pk).exclude(status=Status.COMPLETED).update(
            status=Status.QUEUED if status == Status.COMPLETED else status, failure="refused"
        )
        stands_at = again(job).status
        assert again(job).move_to(target, failure="refused") == (stands_at in Job.STEPS[target])


def test_a_refusal_ends_the_job_and_pays_it_back(paid: PaidProvider, paid_job: Job, work: Work) -> None:
    paid.on_submit = raising(Refused("policy"))
    tasks.advance_job(paid_job.pk)
    work()
    job = again(paid_job)
    assert (job.status, job.failure) == (Status.FAILED, FailureReason.REFUSED)
    assert balance(job) == job.price
    assert len(paid.orders) == 1


def test_an_unknown_outcome_is_never_sent_again(paid: PaidProvider, paid_job: Job, work: Work) -> None:
    paid.on_submit = raising(Unconfirmed("no answer"))
    tasks.advance_job(paid_job.pk)
    work()
    tasks.sweep()
    work()
    assert again(paid_job).status == Status.UNCONFIRMED
    assert balance(paid_job) == 0
    assert len(paid.orders) == 1


def test_a_worker_cut_off_while_sending_leaves_an_unknown_outcome(
    paid: PaidProvider, paid_job: Job, work: Work
) -> None:
    Job.objects.update(status=Status.SUBMITTING)
    tasks.sweep()
    work()
    assert again(paid_job).status == Status.UNCONFIRMED
    assert paid.orders == []


def test_an_order_of_which_nothing_was_sent_waits_and_goes_out_later(
    paid: PaidProvider, paid_job: Job, work: Work
) -> None:
    answers = iter([Unavailable("away"), Unavailable("away")])

    def away_twice() -> None:
        if error := next(answers, None):
            raise error

    paid.on_submit = away_twice
    tasks.advance_job(paid_job.pk)
    work()
    assert again(paid_job).status == Status.COMPLETED
    assert len(paid.orders) == 3


def test_an_order_that_cannot_be_sent_for_a_day_is_given_up_and_paid_back(
    paid: PaidProvider, paid_job: Job, work: Work
) -> None:
    Job.objects.update(attempts=MOST_TRIES - 1)
    paid.on_submit = raising(Unavailable("away"))
    tasks.advance_job(paid_job.pk)
    work()
    job = again(paid_job)
    assert (job.status, job.failure) == (Status.FAILED, FailureReason.NOT_TAKEN)
    assert balance(job) == job.price


def test_a_task_that_failed_upstream_is_paid_back(paid: PaidProvider, paid_job: Job, work: Work) -> None:
    paid.report = Report(State.FAILED, reason="Content policy violation")
    tasks.advance_job(paid_job.pk)
    work()
    job = again(paid_job)
    assert (job.status, job.failure) == (Status.FAILED, FailureReason.NOT_MADE)
    assert balance(job) == job.price


def test_a_broken_download_of_a_paid_video_is_tried_again(
    paid: PaidProvider, paid_job: Job, work: Work, clip: Path
) -> None:
    paid.result = clip.read_bytes()[:-500]
    claim_and_advance(paid_job, times=6)
    assert again(paid_job).status == Status.COLLECTING
    assert again(paid_job).result_url == "paid:result"
    paid.result = clip.read_bytes()
    claim_and_advance(paid_job)
    assert again(paid_job).status == Status.COMPLETED


def test_a_render_that_breaks_every_time_is_given_up(job: Job, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    Effect.objects.update(name="no_such_recipe")
    tasks.advance_job(job.pk)
    work()
    assert (again(job).status, again(job).failure) == (Status.FAILED, FailureReason.NOT_RENDERED)


def test_a_job_that_kills_its_worker_every_time_is_given_up(job: Job) -> None:
    for _ in range(6):
        claimed = Job.objects.claim(job.pk, timedelta(seconds=-1))
    assert claimed and claimed.attempts == 5
    assert production.advance(claimed) is None
    assert again(job).failure == FailureReason.NOT_RENDERED


def test_a_photo_deleted_in_the_meantime_ends_the_job(job: Job, portrait: Portrait, work: Work) -> None:
    portrait.delete()
    tasks.advance_job(job.pk)
    work()
    assert again(job).failure == FailureReason.NO_PORTRAIT


def test_a_photo_deleted_after_a_paid_order_was_sent_does_not_lose_the_video(
    paid_job: Job, portrait: Portrait, work: Work
) -> None:
    claim_and_advance(paid_job)
    portrait.delete()
    tasks.advance_job(paid_job.pk)
    work()
    assert again(paid_job).status == Status.COMPLETED


def test_a_job_canceled_during_its_render_stays_canceled(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    claim_and_advance(job)
    claimed = Job.objects.claim(job.pk, production.LEASE)
    assert claimed and claimed.status == Status.PENDING
    seen: list[int] = []

    def cancel_after_some_frames(done: int, total: int) -> None:
        seen.append(done)
        if done:
            orders.cancel(again(job))

    assert production.advance(claimed, cancel_after_some_frames) is None
    assert again(job).status == Status.CANCELED
    assert 0 < seen[-1] < 120
    assert not Video.objects.exists()


def test_a_result_for_a_job_canceled_meanwhile_leaves_no_file(
    paid: PaidProvider, paid_job: Job, clip: Path, settings: object
) -> None:
    claim_and_advance(paid_job, times=2)
    claimed = Job.objects.claim(paid_job.pk, production.LEASE)
    assert claimed and claimed.status == Status.COLLECTING
    Job.objects.update(status=Status.CANCELED)
    before = files_in_storage()
    assert production.advance(claimed) is None
    assert files_in_storage() == before
    assert not list((settings.DATA_DIR / "incoming").glob(f"{paid_job.key}*"))  # type: ignore[attr-defined]
    assert not Video.objects.exists()


def test_when_all_places_are_taken_a_render_waits_in_line(job: Job) -> None:
    local = providers.named("local")
    claim_and_advance(job)
    from effects.providers.slots import take_slot

    with take_slot(local.folder, 1), take_slot(local.folder, 2):  # type: ignore[attr-defined]
        claimed = Job.objects.claim(job.pk, production.LEASE)
        assert claimed and production.advance(claimed) == following.PLACE_WAIT
    assert again(job).status == Status.PENDING


def claim_and_advance(job: Job, times: int = 1) -> None:
    for _ in range(times):
        claimed = Job.objects.claim(job.pk, production.LEASE)
        assert claimed
        wait = production.advance(claimed)
        if wait is not None:
            claimed.book(timezone.now())


def files_in_storage() -> set[Path]:
    from django.conf import settings

    return {path for path in (settings.DATA_DIR / "media").rglob("*") if path.is_file()}


def test_a_nudge_before_its_time_takes_no_turn(paid: PaidProvider, paid_job: Job) -> None:
    claim_and_advance(paid_job)
    Job.objects.update(next_turn_at=timezone.now() + timedelta(minutes=5))
    for _ in range(5):
        tasks.advance_job.call_local(paid_job.pk)
    assert again(paid_job).status == Status.PENDING
    assert HUEY.scheduled_count() == 0


def test_something_that_breaks_while_a_paid_order_is_sent_leaves_an_unknown_outcome(
    paid: PaidProvider, paid_job: Job
) -> None:
    Job.objects.update(created_at=timezone.now() - PATIENTLY, attempts=20)
    paid.on_submit = raising(ValueError("an answer that cannot be read"))
    claim_and_advance(paid_job)
    assert again(paid_job).status == Status.UNCONFIRMED
    assert balance(paid_job) == 0


def test_a_task_id_that_comes_after_the_job_was_settled_is_kept(paid: PaidProvider, paid_job: Job) -> None:
    paid.on_submit = lambda: production.fail(again(paid_job), FailureReason.NOT_MADE) and None
    claim_and_advance(paid_job)
    job = again(paid_job)
    assert (job.status, job.task_id) == (Status.FAILED, "task-1")
    assert job.events.filter(what="task", note="task-1").exists()


def test_an_old_order_has_a_whole_day_for_a_download_that_breaks(paid: PaidProvider, paid_job: Job) -> None:
    Job.objects.update(created_at=timezone.now() - PATIENTLY)
    paid.result = b"broken"
    claim_and_advance(paid_job, times=8)
    assert again(paid_job).status == Status.COLLECTING
    Job.objects.update(attempts=MOST_TRIES - 1)
    claim_and_advance(paid_job)
    assert again(paid_job).failure == FailureReason.BROKEN_RESULT
    assert balance(paid_job) == paid_job.price


def test_an_answer_sets_the_pace_back_to_normal(paid: PaidProvider, paid_job: Job) -> None:
    claim_and_advance(paid_job)
    Job.objects.update(attempts=7)
    paid.report = Report(State.PROCESSING)
    claim_and_advance(paid_job)
    assert again(paid_job).attempts == 0


def test_a_clip_that_broke_on_this_machine_is_rendered_again(job: Job, work: Work) -> None:
    claim_and_advance(job, times=2)
    clip = providers.named("local").folder / f"{job.key}.mp4"  # type: ignore[attr-defined]
    clip.write_bytes(b"broken")
    tasks.advance_job(job.pk)
    work()
    assert again(job).status == Status.COMPLETED
