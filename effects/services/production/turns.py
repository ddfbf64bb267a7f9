"""What the steps of a job have in common: how it is given up, tried again, and put into words for a provider."""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from effects.models import Effect, FailureReason, Job, Status
from effects.providers import Order, Verdict
from effects.services import credits

log = logging.getLogger(__name__)

# Longer than the slowest single call; a render or a download renews it as it goes.
LEASE = timedelta(seconds=45)
SOON = timedelta(0)
RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=10)
MOST_ATTEMPTS = 3
# Of sending or fetching what was paid for: with the pauses between them about a day. Tries are counted and not hours,
# for a line that was closed or a machine that was off has tried nothing.
MOST_TRIES = 150
# When a job that was given up is asked after again.
OWED_LOOK = timedelta(hours=1)


class NoPortrait(Exception):
    """A photo of the order is gone."""


@transaction.atomic
def fail(job: Job, reason: FailureReason, note: str = "", start: list[Status] | None = None, **changes: Any) -> bool:
    """End a job without a video and pay it back, if it stands at `start` or anywhere open; return whether it did."""
    is_ended = job.move_to(Status.FAILED, failure=reason, note=note, start=start, **changes)
    if is_ended:
        log.info("Job %s failed: %s", job.key, reason)
        credits.refund(job)
    return is_ended


def turn_down(job: Job, verdict: Verdict, otherwise: FailureReason, note: str) -> None:
    """Fail a job that its provider has said no to; an effect that it does not know is not ordered any more."""
    reason = otherwise if verdict is Verdict.OTHER else FailureReason(verdict.value)
    if verdict is Verdict.UNKNOWN_EFFECT:
        Effect.objects.filter(pk=job.effect_id, refused_at=None).update(refused_at=timezone.now())
    fail(job, reason, note)


def give_up(job: Job, reason: FailureReason) -> None:
    """Fail a job in time for its owner, and go on asking after what the provider may still deliver."""
    fail(job, reason, next_turn_at=timezone.now() + OWED_LOOK)


def retry(job: Job, reason: FailureReason) -> timedelta | None:
    """Try the step again later; give up when that has not helped, but never soon on what was paid for."""
    if job.status not in (Status.UNCONFIRMED, Status.FAILED) and is_hopeless(job):
        give_up(job, reason)
        return None
    return back_off(job)


def back_off(job: Job) -> timedelta:
    job.hold().update(attempts=job.attempts + 1)
    return min(RETRY * 2 ** min(job.attempts, 10), LONGEST_RETRY)


def order_of(job: Job) -> Order:
    """Return what the provider has to know; NoPortrait if a photo is gone."""
    portraits = [job.portrait, job.partner] if job.effect.is_dual else [job.portrait]
    pictures = [portrait.path for portrait in portraits if portrait and portrait.path.exists()]
    if len(pictures) < len(portraits):
        raise NoPortrait
    return Order(
        key=job.key,
        effect=job.effect.name,
        pictures=tuple(pictures),
        seconds=job.effect.seconds,
        options=job.effect.options,
        callback_url=callback_address(job) if settings.PUBLIC_URL and job.callback_token else "",
    )


def callback_address(job: Job) -> str:
    return settings.PUBLIC_URL + reverse("effects:callback", args=[job.callback_token])


def is_hopeless(job: Job) -> bool:
    return job.attempts + 1 >= (MOST_ATTEMPTS if job.is_local else MOST_TRIES)
