"""Ask after tasks until they have ended: one at a time in a job's own turn, or many at once in a round."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import timezone

from effects import providers
from effects.models import Closed, FailureReason, Job, Status
from effects.providers import KeyRefused, NoSuchTask, OnFrame, Order, ProviderError, Report, State, Stopped, Unavailable
from effects.providers.slots import take_slot
from effects.services import credits, line, track_record
from effects.services.pace import next_look

from .turns import LEASE, OWED_LOOK, SOON, back_off, give_up, order_of, retry, turn_down

log = logging.getLogger(__name__)

# A place to render is announced by the one who leaves it; this is for the case that the announcement is lost.
PLACE_WAIT = timedelta(seconds=10)
LOOKS_AT_ONCE = 32
MOST_IN_ROUND = 4 * LOOKS_AT_ONCE
# Longer than a round in which nobody answers.
ROUND_LEASE = timedelta(seconds=120)
PATIENCE = timedelta(days=1)
# A turn that comes so late finds a studio that was off, and has waited for nothing.
OVERSLEPT = timedelta(hours=1)
OWED_SHARE_OF_AGE, LONGEST_OWED_WAIT = 1 / 8, timedelta(hours=12)

Answer = Report | ProviderError


@dataclass(frozen=True)
class Round:
    """The jobs whose video is made now, and the wait until the next look is due: None if nothing was asked."""

    made: list[int]
    wait: timedelta | None


def take_round() -> Round:
    """Ask after the tasks whose look is due, many at once, and act on the answers.

    A round that found nothing to ask books no other, so that chains of rounds end by themselves: whoever asked last
    has booked the next one.
    """
    made = []
    with take_slot(settings.DATA_DIR / "looks", 1) as is_alone:
        jobs = Job.objects.claim_followed(MOST_IN_ROUND, ROUND_LEASE) if is_alone else []
        try:
            for job, answer in _ask_after(jobs):
                wait = _heed_safely(job, answer)
                if wait is None:
                    job.hold().update(leased_until=None)
                elif job.book(_on_the_second(timezone.now() + wait)) and job.status == Status.COLLECTING:
                    made.append(job.pk)
        except BaseException:  # the worker is being stopped: the next one goes on at once
            for job in jobs:
                job.hold().update(leased_until=None)
            raise
    return Round(made, _until_next() if jobs else None)


def follow(job: Job, on_frame: OnFrame) -> timedelta | None:
    """Look after one job; a provider that makes the video itself makes it now."""
    provider = providers.named(job.provider)
    order = order_of(job) if job.is_local else _order_to_look(job)
    try:
        report = provider.look(order, job.task_id, _progress_of(job, on_frame))
    except Stopped:
        raise
    except ProviderError as error:
        return _heed(job, error)
    return _heed(job, report)


def follow_owed(job: Job) -> timedelta | None:
    """Ask after a job that was given up: what was paid for and comes late is brought home all the same."""
    task_id = job.task_id or job.hinted_task
    try:
        report = look_at(job, task_id)
    except NoSuchTask as error:
        if job.task_id:
            return _owed_wait(job)
        _drop_hint(job, str(error))
        return None
    except ProviderError:
        return _owed_wait(job)
    if report.state is State.FAILED:
        _close_owed(job, report.reason)
        return None
    if report.state is not State.COMPLETED:
        return _owed_wait(job)
    revived = {"failure": "", "ended_at": None, "task_id": task_id, "hinted_task": "", "result_url": report.result_url}
    if _attached(job, Status.COLLECTING, [Status.FAILED], **revived):
        return SOON
    if not job.task_id:
        _drop_hint(job, "It is the task of another job.")
    return None


@transaction.atomic
def _close_owed(job: Job, reason: str) -> None:
    """Note that nothing will come any more, and that the provider does not charge for it."""
    if job.hold().update(settled_at=timezone.now()):
        credits.release(job)
        job.log("look", reason or "It was not made.")


def settle_by_hint(job: Job) -> timedelta | None:
    """Find out whether the task that a callback has named is there, and go on with it if it is."""
    try:
        look_at(job, job.hinted_task)
    except NoSuchTask as error:
        _drop_hint(job, str(error))
        return None
    except ProviderError:
        return back_off(job)
    if not attach(job, job.hinted_task):
        _drop_hint(job, "It is the task of another job.")
        return None
    return SOON


def attach(job: Job, task_id: str) -> bool:
    """Go on with an order whose answer was lost, now that its task is known; return whether it still waited."""
    now = timezone.now()
    found = {"task_id": task_id, "hinted_task": "", "next_turn_at": now, "leased_until": None}
    return _attached(job, Status.PENDING, [Status.UNCONFIRMED], **found)


def _attached(job: Job, status: Status, start: list[Status], **found: Any) -> bool:
    try:
        with transaction.atomic():
            return job.move_to(status, start=start, **found)
    except IntegrityError:  # the task belongs to another job
        return False


def _drop_hint(job: Job, note: str) -> None:
    Job.objects.filter(pk=job.pk, hinted_task=job.hinted_task).update(hinted_task="")
    job.log("hint", f"{job.hinted_task}: {note}")


def _ask_after(jobs: list[Job]) -> Iterator[tuple[Job, Answer]]:
    """Yield jobs with what their provider says. When it answers none of the first, the others are not asked."""
    is_silent = False
    with ThreadPoolExecutor(LOOKS_AT_ONCE) as pool:
        for start in range(0, len(jobs), LOOKS_AT_ONCE):
            some = jobs[start : start + LOOKS_AT_ONCE]
            answers = [Unavailable("Nobody answers.")] * len(some) if is_silent else list(pool.map(_answer, some))
            is_silent = len(some) == LOOKS_AT_ONCE and all(isinstance(it, ProviderError) for it in answers)
            yield from zip(some, answers, strict=True)


def _answer(job: Job) -> Answer:
    try:
        return look_at(job, job.task_id)
    except ProviderError as error:
        return error
    except Exception:
        log.exception("Job %s: looking after it broke", job.key)
        return Unavailable("Something broke.")


def look_at(job: Job, task_id: str) -> Report:
    return providers.named(job.provider).look(_order_to_look(job), task_id, lambda done, total: None)


def _order_to_look(job: Job) -> Order:
    """Name the job to a provider elsewhere; once it is sent, a deleted photo is no reason to lose the video."""
    return Order(key=job.key, effect=job.effect.name, pictures=())


def _heed_safely(job: Job, answer: Answer) -> timedelta | None:
    """Act on one answer of a round; what breaks over it must not cost the others their turn."""
    try:
        return _heed(job, answer)
    except Exception:
        log.exception("Job %s: acting on its state broke", job.key)
        return back_off(job)


def _heed(job: Job, answer: Answer) -> timedelta | None:
    if isinstance(answer, ProviderError):
        return _unanswered(job, answer)
    if job.attempts and not job.is_local:
        job.hold().update(attempts=0)
        job.attempts = 0
    if answer.state is State.COMPLETED:
        took = answer.made_in or (timezone.now() - (job.submitted_at or job.created_at)).total_seconds()
        is_ours = job.move_to(Status.COLLECTING, result_url=answer.result_url, made_in=took, attempts=job.attempts)
        return SOON if is_ours else None
    if answer.state is State.FAILED:
        turn_down(job, answer.verdict, FailureReason.NOT_MADE, answer.reason)
        return None
    if answer.state is State.PROCESSING:
        job.move_to(Status.PROCESSING, step_since=job.step_since)
    if job.is_local:
        return PLACE_WAIT
    return _later(job)


def _unanswered(job: Job, error: ProviderError) -> timedelta | None:
    if isinstance(error, KeyRefused):
        line.close(Closed.KEY)
    if not job.attempts:
        job.log("look", str(error))
    if job.is_local:
        return retry(job, FailureReason.NOT_MADE)
    later, again = _later(job), back_off(job)
    return max(later, again) if later is not None else None


def _later(job: Job) -> timedelta | None:
    """Return the wait until the next look, or give the job up when it has stood still for too long."""
    now = timezone.now()
    if now - job.step_since > PATIENCE and now - job.next_turn_at < OVERSLEPT:
        give_up(job, FailureReason.TOOK_TOO_LONG)
        return None
    age = (now - (job.submitted_at or job.step_since)).total_seconds()
    return next_look(age, track_record.usual_making(job.effect_id, job.provider))


def _owed_wait(job: Job) -> timedelta:
    age = timezone.now() - (job.submitted_at or job.created_at)
    return min(max(age * OWED_SHARE_OF_AGE, OWED_LOOK), LONGEST_OWED_WAIT)


def _on_the_second(when: datetime) -> datetime:
    """Let looks fall due together, so that one round takes them all and the chains of rounds meet in one."""
    return when.replace(microsecond=0)


def _until_next() -> timedelta | None:
    due = Job.objects.free_to_claim().followed().aggregate(next=Min("next_turn_at"))["next"]
    return max(due - timezone.now(), SOON) if due else None


def _progress_of(job: Job, on_frame: OnFrame) -> OnFrame:
    def note(done: int, total: int) -> None:
        on_frame(done, total)
        if job.status == Status.PENDING and total:
            job.move_to(Status.PROCESSING)
        if not job.renew(LEASE, frames_done=done, frames_total=total):
            raise Stopped

    return note
