"""The line of orders to the paid provider: closed when each further order would fail alike, opened when one would not.

A closed line keeps orders where they are. What is at the provider already is followed and collected all the same.
"""

import logging
from datetime import timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from effects import providers
from effects.models import LOCAL, Closed, FailureReason, Job, Status, Studio
from effects.models.job import JobQuerySet
from effects.providers import ProviderError

log = logging.getLogger(__name__)

WAIT = timedelta(minutes=10)
TRY_EVERY = timedelta(minutes=10)
UNANSWERED_IN_A_ROW = 3
# What the provider does not charge for, by what it says itself.
COST_NOTHING = {"status": Status.FAILED, "failure__in": [
    FailureReason.REFUSED, FailureReason.POLICY, FailureReason.NO_FACE, FailureReason.UNKNOWN_EFFECT,
    FailureReason.NO_ACCESS, FailureReason.NOT_MADE,
]}  # fmt: skip


def lets_through(job: Job) -> bool:
    """Whether an order may go out now; through a line closed for want of credit, one now and then, to try it."""
    studio = Studio.current()
    if studio.line_closed == Closed.FUNDS:
        return _is_time_to_try()
    if studio.line_closed:
        return False
    if _leaves_too_little(studio, job):
        close(Closed.LOW)
        return False
    return True


def close(why: Closed) -> None:
    """Keep orders from going out, and tell the owner; a line that is closed stays closed for its first reason."""
    now = timezone.now()
    if Studio.objects.filter(pk=1, line_closed="").update(line_closed=why, line_closed_at=now, line_tried_at=now):
        log.error("The line to the video service is closed: %s", why)


def reopen(*reasons: Closed) -> bool:
    """Let orders go out again, if the line is closed for one of these reasons; return whether it was."""
    was_closed = Studio.objects.filter(pk=1, line_closed__in=reasons).update(line_closed="", line_closed_at=None)
    if was_closed:
        waiting().call()
        log.warning("The line to the video service is open again")
    return bool(was_closed)


def waiting() -> JobQuerySet:
    """Return the orders that wait to go out."""
    return Job.objects.filter(status=Status.QUEUED).exclude(provider=LOCAL)


def check() -> None:
    """Open a closed line if what closed it is over; asking costs nothing."""
    studio = Studio.current()
    if studio.line_closed == Closed.LOW and _is_enough(studio):
        reopen(Closed.LOW)
    if studio.line_closed in (Closed.KEY, Closed.TROUBLE) and _is_time_to_try():
        try:
            providers.in_force().check()
        except ProviderError:
            return
        reopen(Closed.KEY, Closed.TROUBLE)


def note_unanswered() -> None:
    """Close the line when several orders in a row were left without an answer: no further one is risked."""
    sent = Job.objects.exclude(provider=LOCAL).exclude(submitted_at=None)
    newest = sent.exclude(status=Status.SUBMITTING).order_by("-submitted_at").values_list("status", flat=True)
    last = list(newest[:UNANSWERED_IN_A_ROW])
    if len(last) == UNANSWERED_IN_A_ROW and set(last) == {Status.UNCONFIRMED}:
        close(Closed.TROUBLE)


def funds_left(studio: Studio) -> Decimal | None:
    """Return what is left of the credit that the owner has stated, in USD; None if he has stated none."""
    if not studio.funds or studio.funds_at is None:
        return None
    sent = Job.objects.filter(submitted_at__gte=studio.funds_at).exclude(provider=LOCAL).exclude(**COST_NOTHING)
    return studio.funds - (sent.aggregate(sum=Sum("price"))["sum"] or Decimal(0))


def _is_enough(studio: Studio) -> bool:
    next_order = waiting().order_by("created_at").first()
    return next_order is None or not _leaves_too_little(studio, next_order)


def _leaves_too_little(studio: Studio, job: Job) -> bool:
    left = funds_left(studio)
    return left is not None and left - job.price < studio.keep_back


def _is_time_to_try() -> bool:
    """Whether it is this caller's turn to try a closed line."""
    now = timezone.now()
    return bool(Studio.objects.filter(pk=1, line_tried_at__lte=now - TRY_EVERY).update(line_tried_at=now))
