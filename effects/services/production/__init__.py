"""Make the video that was asked for: one turn, one short step, until the job has ended.

The row is the truth. A turn that is lost with its worker is taken up again when its lease runs out.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from effects.models import LOCAL, FailureReason, Job, Status
from effects.providers import OnFrame, Stopped

from .collecting import collect
from .following import attach, follow, follow_owed, look_at, settle_by_hint, take_round
from .submitting import resume, submit
from .turns import LEASE, MOST_ATTEMPTS, NoPortrait, fail, retry

__all__ = ["LEASE", "advance", "attach", "fail", "look_at", "take_round", "waiting_for_place"]

log = logging.getLogger(__name__)


def advance(job: Job, on_frame: OnFrame = lambda done, total: None) -> timedelta | None:
    """Do the next step of a claimed job; return the wait until the one after it, or None if there is none.

    While frames are made here, `on_frame` hears how many about twice a second.
    """
    steps: dict[Status, Callable[[Job], timedelta | None]] = {
        Status.QUEUED: submit,
        Status.SUBMITTING: resume,
        Status.UNCONFIRMED: settle_by_hint,
        Status.PENDING: partial(follow, on_frame=on_frame),
        Status.PROCESSING: partial(follow, on_frame=on_frame),
        Status.COLLECTING: collect,
        Status.FAILED: follow_owed,
    }
    if job.is_local and job.attempts > MOST_ATTEMPTS:  # it took its worker down with it, again and again
        fail(job, FailureReason.NOT_RENDERED)
        return None
    try:
        return steps[Status(job.status)](job)
    except Stopped:
        return None
    except NoPortrait:
        fail(job, FailureReason.NO_PORTRAIT)
        return None
    except Exception:
        log.exception("Job %s: the step %s broke", job.key, job.status)
        return retry(job, FailureReason.NOT_RENDERED if job.is_local else FailureReason.TOOK_TOO_LONG)


def waiting_for_place() -> Job | None:
    """Return the job that has waited longest for a place at the local renderer."""
    return Job.objects.free_to_claim().filter(provider=LOCAL, status=Status.PENDING).order_by("created_at").first()
