"""What became of the paid orders, month by month."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from effects.models import Account, CreditEntry, Effect, FailureReason, Job, Portrait, Status, Studio, Video
from effects.services import credits, orders, production, spending
from effects.services.spending import Month, Tally

PRICE = Decimal("0.0214")


@pytest.fixture
def sent(paid, ada: Account, effect: Effect, portrait: Portrait):
    """Order a video that was sent at a given time."""
    credits.add(ada, CreditEntry.Kind.TOP_UP, Decimal(1))

    def order(at: datetime | None = None) -> Job:
        job = orders.order_video(ada, effect, portrait, request_key=f"order-{Job.objects.count()}")
        job.move_to(Status.SUBMITTING, submitted_at=at or timezone.now())
        return job

    return order


def this_month() -> Month:
    return spending.by_month()[0]


def test_an_order_counts_once_it_is_sent(paid, ada: Account, effect: Effect, portrait: Portrait, sent) -> None:
    waits = orders.order_video(ada, effect, portrait, request_key="waits")
    assert this_month().sent == Tally(0, Decimal(0))

    waits.move_to(Status.SUBMITTING, submitted_at=timezone.now())
    sent()
    assert this_month().sent == Tally(2, 2 * PRICE)


def test_what_is_made_here_for_nothing_does_not_count(job: Job) -> None:
    job.move_to(Status.SUBMITTING, submitted_at=timezone.now())
    assert this_month().sent.count == 0


def test_each_order_is_told_by_its_fate(sent, video: Video) -> None:
    made, refused, unknown, late = (sent() for _ in range(4))
    sent()
    Job.objects.filter(pk=video.job.pk).update(video=None, status=Status.QUEUED)
    Job.objects.filter(pk=made.pk).update(status=Status.COMPLETED, video=video)
    production.fail(refused, FailureReason.POLICY)
    unknown.move_to(Status.UNCONFIRMED)
    late.move_to(Status.PENDING, task_id="task-9")
    production.fail(late, FailureReason.TOOK_TOO_LONG)

    month = this_month()

    assert month.sent == Tally(5, 5 * PRICE)
    assert month.made == Tally(1, PRICE)
    assert month.refunded == Tally(2, 2 * PRICE)
    assert month.unknown == Tally(1, PRICE)
    assert month.owed == Tally(1, PRICE)

    Job.objects.filter(pk=late.pk).update(settled_at=timezone.now())
    assert this_month().owed.count == 0


def test_months_begin_at_midnight_utc_and_empty_ones_are_there(sent, settings) -> None:
    timezone.activate("Asia/Shanghai")
    first = timezone.now().astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    sent(first)
    sent(first - timedelta(seconds=1))
    sent(first - timedelta(days=200))

    months = spending.by_month(4)
    timezone.deactivate()

    assert [month.sent.count for month in months] == [1, 1, 0, 0]
    assert [month.first for month in months] == sorted({month.first for month in months}, reverse=True)
    assert months[0].first == first.date()
    assert months[1].first == (first - timedelta(days=1)).date().replace(day=1)


def test_the_months_take_one_query(sent, django_assert_num_queries) -> None:
    sent()
    with django_assert_num_queries(1):
        spending.by_month()


def test_the_table_ends_with_the_first_month_that_had_an_order(sent) -> None:
    assert len(spending.read(Studio.current()).months) == 1

    sent(timezone.now() - timedelta(days=62))
    assert 2 < len(spending.read(Studio.current()).months) <= 4


def test_both_limits_are_told(sent) -> None:
    sent()
    told = spending.read(Studio.current())
    assert (told.cap, told.cap_left, told.credit_left) == (Decimal(1), 1 - PRICE, None)

    Studio.objects.update(funds=Decimal(5), funds_at=timezone.now())
    sent()
    assert spending.read(Studio.current()).credit_left == 5 - PRICE
    Studio.objects.update(monthly_cap=Decimal("0.01"))
    assert spending.read(Studio.current()).cap_left == 0


def test_last_months_spending_is_not_this_months(db: None) -> None:
    studio = Studio(spent=Decimal(3), month=timezone.now().date().replace(day=1))
    assert spending.spent_this_month(studio) == 3

    studio.month -= timedelta(days=31)
    assert spending.spent_this_month(studio) == 0
