"""Moving jobs at the hosted service along in a test."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from effects import tasks
from effects.models import Job


def now(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def turn(job: Job, times: int = 1) -> Job:
    """Give a job its turns at once, however far off they are booked."""
    for _ in range(times):
        Job.objects.filter(pk=job.pk).update(next_turn_at=timezone.now(), leased_until=None)
        tasks.advance_job.call_local(job.pk)
    return now(job)


def let_pass(**time: float) -> None:
    """Let time go by for every job: move all that they remember into the past."""
    gone = timedelta(**time)
    for job in Job.objects.all():
        stamps = ("created_at", "step_since", "next_turn_at", "submitted_at")
        moved = {name: getattr(job, name) - gone for name in stamps if getattr(job, name)}
        Job.objects.filter(pk=job.pk).update(**moved)


def balance(job: Job) -> Decimal:
    job.owner.refresh_from_db()
    return job.owner.balance


def kinds(job: Job) -> list[str]:
    return sorted(job.entries.values_list("kind", flat=True))


def notes(job: Job, what: str) -> list[str]:
    return list(job.events.filter(what=what).values_list("note", flat=True))
