"""Send an order, at most once where that costs money.

The job is `submitting` before anything leaves. Whoever finds it so has met a worker that was cut off, and does not send
it again: it is `unconfirmed` until a callback or a person settles it.
"""

import logging
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from effects import providers
from effects.models import Closed, FailureReason, Job, Status
from effects.providers import KeyRefused, OutOfFunds, Refused, Unavailable, Unconfirmed
from effects.services import line
from effects.services.pace import FIRST_LOOK

from .turns import SOON, back_off, fail, is_hopeless, order_of, turn_down

log = logging.getLogger(__name__)

# Longer than a provider may take to send an order and hear the answer.
SENDING = timedelta(seconds=150)


def submit(job: Job) -> timedelta | None:
    order = order_of(job)
    if not job.is_local and not line.lets_through(job):
        return line.WAIT
    now = timezone.now()
    sending: dict[str, Any] = {"submitted_at": now, "attempts": job.attempts, "leased_until": now + SENDING}
    if not job.move_to(Status.SUBMITTING, is_held=True, **sending):
        return None
    provider = providers.named(job.provider)
    try:
        task_id = provider.submit(order)
    except KeyRefused as error:
        line.close(Closed.KEY)
        fail(job, FailureReason.NO_ACCESS, str(error))
        return None
    except Refused as error:
        turn_down(job, error.verdict, FailureReason.REFUSED, str(error))
        return None
    except OutOfFunds as error:
        line.close(Closed.FUNDS)
        job.move_to(Status.QUEUED, note=str(error), submitted_at=None)
        return line.WAIT
    except Unavailable as error:
        return _queue_again(job, str(error))
    except Unconfirmed as error:
        return _park(job, str(error))
    except Exception:
        if provider.may_send_again:
            raise
        log.exception("Job %s: sending it broke", job.key)
        return _park(job, "Something broke while the order was sent.")
    return _sent(job, task_id)


def resume(job: Job) -> timedelta | None:
    """Take up a job whose worker was cut off while it sent the order."""
    if providers.named(job.provider).may_send_again:
        return _queue_again(job, "The worker stopped here; the order is sent again.")
    return _park(job, "The worker stopped while it sent the order.")


def _sent(job: Job, task_id: str) -> timedelta | None:
    log.info("Job %s is task %s of %s", job.key, task_id, job.provider)
    try:
        with transaction.atomic():
            is_ours = job.move_to(Status.PENDING, task_id=task_id)
            if not is_ours:  # settled meanwhile
                Job.objects.filter(pk=job.pk).update(task_id=task_id)
                job.log("task", task_id)
    except IntegrityError:
        return _park(job, f"The answer names {task_id}, which is the task of another job.")
    if not job.is_local:
        line.reopen(Closed.FUNDS, Closed.TROUBLE)
    if not is_ours:
        return None
    return SOON if job.is_local or _is_hinted(job) else FIRST_LOOK


def _queue_again(job: Job, note: str) -> timedelta | None:
    """Put back an order of which nothing was sent, for about a day of tries."""
    if is_hopeless(job) and not job.is_local:
        fail(job, FailureReason.NOT_TAKEN, note)
        return None
    job.move_to(Status.QUEUED, note=note, submitted_at=None, attempts=job.attempts)
    return back_off(job)


def _park(job: Job, note: str) -> timedelta | None:
    """Leave a job whose outcome nobody knows to a callback or a person; go on at once if a callback was quicker."""
    job.move_to(Status.UNCONFIRMED, note=note, leased_until=None)
    line.note_unanswered()
    return SOON if _is_hinted(job) else None


def _is_hinted(job: Job) -> bool:
    return Job.objects.filter(pk=job.pk).exclude(hinted_task="").exists()
