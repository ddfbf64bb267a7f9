from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from effects.models import Account, Effect, FailureReason, Job, Portrait, Status, Studio, Video, Worker
from effects.services import cockpit, orders, production
from effects.views.chart import FLOOR, TALLEST, Chart


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    cache.clear()


def _front(client: Client) -> str:
    return client.get(reverse("admin:index")).content.decode()


def test_members_do_not_see_it(ada_client: Client) -> None:
    assert ada_client.get(reverse("admin:index")).status_code == 302


def test_it_asks_little(
    admin_client: Client, video: Video, effect: Effect, portrait: Portrait, django_assert_max_num_queries
) -> None:
    Worker.beat("a worker")
    for key in ("one", "two"):
        unknown = orders.order_video(video.owner, effect, portrait, request_key=key)
        unknown.move_to(Status.SUBMITTING, submitted_at=timezone.now())
        unknown.move_to(Status.UNCONFIRMED)

    with django_assert_max_num_queries(15):
        page = _front(admin_client)

    assert "Alive" in page
    assert "1 made, 0 failed" in page


def test_a_silent_worker_is_told_only_while_somebody_waits(
    admin_client: Client, ada: Account, effect: Effect, portrait: Portrait
) -> None:
    assert "The worker is silent." not in _front(admin_client)

    orders.order_video(ada, effect, portrait, request_key="waits")
    assert "The worker is silent." in _front(admin_client)

    Worker.beat("a worker")
    assert "The worker is silent." not in _front(admin_client)


def test_orders_without_an_outcome_come_first(admin_client: Client, job: Job) -> None:
    job.move_to(Status.SUBMITTING, submitted_at=timezone.now())
    job.move_to(Status.UNCONFIRMED)

    page = _front(admin_client)

    assert "no known outcome" in page
    assert reverse("admin:effects_job_change", args=[job.pk]) in page


def test_failures_are_told_for_an_hour(job: Job) -> None:
    production.fail(job, FailureReason.NOT_MADE)
    assert cockpit.read().failed_lately == 1

    Job.objects.update(ended_at=timezone.now() - timedelta(hours=2))
    assert cockpit.read().failed_lately == 0


def test_days_are_the_readers(job: Job, settings) -> None:
    settings.TIME_ZONE = "Asia/Shanghai"
    timezone.activate("Asia/Shanghai")
    production.fail(job, FailureReason.NOT_MADE)
    late = timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=3), datetime.max.time()))
    Job.objects.update(ended_at=late)

    days = cockpit.read().days
    timezone.deactivate()

    assert len(days) == 14
    assert [day.failed for day in days][-4:] == [1, 0, 0, 0]


def test_last_months_spending_is_not_this_months(db: None) -> None:
    studio = Studio(spent=Decimal(3), month=timezone.now().date().replace(day=1))
    assert cockpit.spent_this_month(studio) == 3

    studio.month -= timedelta(days=31)
    assert cockpit.spent_this_month(studio) == 0


@pytest.mark.parametrize(
    ("hour", "words"), [(5, "morning"), (11, "morning"), (12, "afternoon"), (18, "evening"), (3, "evening")]
)
def test_the_greeting_knows_the_hour(hour: int, words: str) -> None:
    assert words in cockpit._greeting(hour)


def test_bars_stand_on_the_floor_and_stay_below_the_top() -> None:
    today = timezone.localdate()
    chart = Chart(
        [cockpit.Day(today, 100, 0), cockpit.Day(today, 50, 50), cockpit.Day(today, 0, 1), cockpit.Day(today, 0, 0)]
    )

    assert all(bar.made_y + bar.made_height == FLOOR for bar in chart.bars)
    assert all(bar.failed_y >= FLOOR - TALLEST - 3 for bar in chart.bars)
    assert chart.bars[2].failed_height > 0
    assert (chart.made, chart.failed) == (150, 51)
