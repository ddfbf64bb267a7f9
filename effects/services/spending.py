"""What the studio has sent to the paid provider, and what became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from effects.models import LOCAL, CreditEntry, Job, Status, Studio
from effects.services import line

MONTHS = 6


@dataclass(frozen=True)
class Tally:
    """How many orders, and their prices together in USD."""

    count: int = 0
    usd: Decimal = Decimal(0)


@dataclass(frozen=True)
class Month:
    """What has become by now of the orders that were sent in one month; some may still be under way."""

    first: date
    sent: Tally = Tally()
    made: Tally = Tally()
    refunded: Tally = Tally()
    unknown: Tally = Tally()
    owed: Tally = Tally()


@dataclass(frozen=True)
class Spending:
    """The months since the first paid order, and the owner's two limits: his cap, and the credit that he has stated."""

    months: Sequence[Month]
    spent: Decimal
    cap: Decimal
    credit_left: Decimal | None
    counted_since: datetime | None

    @property
    def cap_left(self) -> Decimal:
        return max(self.cap - self.spent, Decimal(0))


def read(studio: Studio) -> Spending:
    months = by_month()
    while len(months) > 1 and not months[-1].sent.count:
        months.pop()
    return Spending(months, spent_this_month(studio), studio.monthly_cap, line.funds_left(studio), studio.funds_at)


def spent_this_month(studio: Studio) -> Decimal:
    """Return what the studio has spent; the row may still speak of an earlier month."""
    return studio.spent if studio.month == timezone.now().date().replace(day=1) else Decimal(0)


def by_month(months: int = MONTHS) -> list[Month]:
    """Return the last months, this one first. They are those of the cap, which begin at midnight UTC."""
    firsts, fates = _first_days(months), _fates()
    start = datetime.combine(firsts[-1], datetime.min.time(), UTC)
    sent = Job.objects.filter(submitted_at__gte=start).exclude(provider=LOCAL).order_by()
    counts = {f"{fate}_count": Count("pk", filter=which) for fate, which in fates.items()}
    sums = {f"{fate}_usd": Sum("price", filter=which) for fate, which in fates.items()}
    rows = sent.annotate(month=TruncMonth("submitted_at", tzinfo=UTC)).values("month").annotate(**counts, **sums)
    found: dict[date, dict[str, Any]] = {row["month"].date(): {**row} for row in rows}
    return [_month(first, found[first], fates) if first in found else Month(first) for first in firsts]


def _fates() -> dict[str, Q]:
    """Name the ways that an order may go; a tally of `Month` for each."""
    return {
        "sent": Q(submitted_at__isnull=False),
        "made": Q(status=Status.COMPLETED),
        "refunded": Q(pk__in=CreditEntry.objects.filter(kind=CreditEntry.Kind.REFUND).order_by().values("job")),
        "unknown": Q(status=Status.UNCONFIRMED),
        "owed": Q(pk__in=Job.objects.owed().order_by().values("pk")),
    }


def _month(first: date, row: dict[str, Any], fates: Iterable[str]) -> Month:
    tallies = {fate: Tally(row[f"{fate}_count"], row[f"{fate}_usd"] or Decimal(0)) for fate in fates}
    return Month(first, **tallies)


def _first_days(months: int) -> list[date]:
    this = timezone.now().date().replace(day=1)
    numbers = [this.year * 12 + this.month - 1 - back for back in range(months)]
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]
