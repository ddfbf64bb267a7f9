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
MOST_DOUBLINGS = 6
# A reason replaces those before it: none that lets an order through now and then may hide one that does not.
WEIGHT = (Closed.LOW, Closed.FUNDS, Closed.TROUBLE, Closed.KEY, Closed.OWNER)
# What the provider does not charge for, by what it says itself.
COST_NOTHING = {"status": Status.FAILED, "failure__in": [
    FailureReason.REFUSED, FailureReason.POLICY, FailureReason.NO_FACE, FailureReason.UNKNOWN_EFFECT,
    FailureReason.NO_ACCESS, FailureReason.NOT_MADE,
]}  # fmt: skip


def lets_through(job: Job) -> bool:
    """Whether an order may go out now.

    Through a line closed for want of credit or of answers goes one now and then, to try it; without answers ever more
    seldom, for each may cost its price, and only if a question that costs nothing is answered.
    """
    studio = Studio.current()
    if studio.line_closed == Closed.FUNDS:
        return _is_time_to_try(TRY_EVERY)
    if studio.line_closed == Closed.TROUBLE:
        return _is_time_to_try(TRY_EVERY * 2 ** min(_unanswered_since(studio), MOST_DOUBLINGS)) and _is_answered()
    if studio.line_closed:
        return False
    if _leaves_too_little(studio, job):
        close(Closed.LOW)
        return False
    return True


def close(why: Closed) -> bool:
    """Keep orders from going out, and tell the owner; return False if it is closed for as grave a reason already."""
    now = timezone.now()
    lighter = Studio.objects.filter(pk=1, line_closed__in=["", *WEIGHT[: WEIGHT.index(why)]])
    is_news = bool(lighter.update(line_closed=why, line_closed_at=now, line_tried_at=now))
    if is_news:
        log.error("The line to the video service is closed: %s", why)
    return is_news


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
    if studio.line_closed == Closed.KEY and _is_time_to_try(TRY_EVERY) and _is_answered():
        reopen(Closed.KEY)


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


def try_soon() -> None:
    """Let a line that was closed for its key be tried at once: a studio that starts may have another one."""
    Studio.objects.filter(line_closed=Closed.KEY).update(line_tried_at=timezone.now() - TRY_EVERY)


def _is_time_to_try(every: timedelta) -> bool:
    """Whether it is this caller's turn to try a closed line."""
    now = timezone.now()
    return bool(Studio.objects.filter(pk=1, line_tried_at__lte=now - every).update(line_tried_at=now))


def _is_answered() -> bool:
    """Whether the service answers a question that costs nothing, and accepts the key."""
    try:
        providers.in_force().check()
    except ProviderError:
        return False
    return True


def _unanswered_since(studio: Studio) -> int:
    return Job.objects.filter(status=Status.UNCONFIRMED, submitted_at__gte=studio.line_closed_at).count()
