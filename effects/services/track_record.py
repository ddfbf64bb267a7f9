"""What the studio's own jobs tell of an effect: how long it takes at a provider, and how often it comes out."""

from dataclasses import dataclass
from statistics import median

from django.core.cache import cache
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from effects.models import Effect, FailureReason, Job, Status
from effects.services.pace import USUAL_UNTIL_KNOWN

RECENT_JOBS = 20
# What waits at home in a closed line says nothing about how long a video takes.
BEGUN = Coalesce("submitted_at", "created_at")
FEWEST = 3
KEPT_FOR = 60  # seconds
# What the provider itself said no to; what went wrong on the way here says nothing about the effect.
TURNED_DOWN = (
    FailureReason.NOT_MADE,
    FailureReason.NO_FACE,
    FailureReason.POLICY,
    FailureReason.REFUSED,
    FailureReason.NOT_RENDERED,
)


@dataclass(frozen=True)
class Record:
    """Of the last jobs of one effect: how many were made, of how many, and their usual seconds from click to video."""

    made: int
    asked: int
    usual: int | None

    @property
    def says_something(self) -> bool:
        return self.asked >= FEWEST


def of_effect(effect_id: int, provider: str) -> Record:
    key = f"record:{provider}:{effect_id}"
    record: Record | None = cache.get_or_set(key, lambda: _record(effect_id, provider), KEPT_FOR)
    return record or Record(0, 0, None)


def usual_seconds(provider_name: str) -> int | None:
    """Return how long a provider's last videos took, or None before its first."""
    return cache.get_or_set(f"usual-seconds:{provider_name}", lambda: _usual_now(provider_name), KEPT_FOR)


def usual_for(effect: Effect, provider_name: str) -> int | None:
    """Return how long videos of this effect took, or of any as long as there are too few of it."""
    return of_effect(effect.pk, provider_name).usual or usual_seconds(provider_name)


def usual_making(effect_id: int, provider: str) -> float:
    """Return how many seconds the provider usually takes over an effect, or over any, or is said to."""
    key = f"usual-making:{provider}:{effect_id}"
    usual: float | None = cache.get_or_set(key, lambda: _usual_making(effect_id, provider), KEPT_FOR)
    return usual or USUAL_UNTIL_KNOWN


def _usual_now(provider_name: str) -> int | None:
    completed = Job.objects.filter(provider=provider_name, status=Status.COMPLETED)
    times = completed.order_by("-ended_at").values_list(BEGUN, "ended_at")[:RECENT_JOBS]
    took = [(ended - begun).total_seconds() for begun, ended in times if ended]
    return max(1, round(median(took))) if took else None


def _record(effect_id: int, provider: str) -> Record:
    jobs = Job.objects.filter(effect=effect_id, provider=provider).order_by("-ended_at")
    judged = jobs.filter(status=Status.COMPLETED) | jobs.filter(status=Status.FAILED, failure__in=TURNED_DOWN)
    rows = list(judged.values_list("status", BEGUN, "ended_at")[:RECENT_JOBS])
    took = [
        (ended - created).total_seconds() for status, created, ended in rows if status == Status.COMPLETED and ended
    ]
    return Record(len(took), len(rows), round(median(took)) if len(took) >= FEWEST else None)


def _usual_making(effect_id: int, provider: str) -> float | None:
    jobs = Job.objects.filter(provider=provider).exclude(made_in=None).order_by("-pk")
    return _median(jobs.filter(effect=effect_id)) or _median(jobs)


def _median(jobs: QuerySet[Job]) -> float | None:
    times = [took for took in jobs.values_list("made_in", flat=True)[:RECENT_JOBS] if took]
    return median(times) if len(times) >= FEWEST else None
