from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from effects.models import (
    Account,
    Closed,
    CreditEntry,
    Effect,
    FailureReason,
    Job,
    Portrait,
    Status,
    Studio,
    Video,
    Worker,
)
from effects.services import cockpit, credits, line, orders, production
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


class TestTheLine:
    """Orders that wait because none goes out."""

    @pytest.fixture
    def order(self, paid, ada: Account, effect: Effect, portrait: Portrait) -> Job:
        credits.add(ada, CreditEntry.Kind.TOP_UP, Decimal(1))
        return orders.order_video(ada, effect, portrait, request_key="waits")

    @pytest.mark.parametrize(
        ("why", "sentence", "way_out"),
        [
            (Closed.KEY, "Check KLING_API_KEY", "Let orders go out again"),
            (Closed.FUNDS, "Top up at Kling, and then", "Let orders go out again"),
            (Closed.LOW, "state the new credit in the settings", "State the new credit"),
            (Closed.TROUBLE, "Settle the orders", "Let orders go out again"),
            (Closed.OWNER, "until you let them go out", "Let orders go out again"),
        ],
    )
    def test_a_closed_one_says_why_and_what_to_do(
        self, why: Closed, sentence: str, way_out: str, admin_client: Client, order: Job
    ) -> None:
        assert "No orders go out" not in _front(admin_client)

        line.close(why)
        page = _front(admin_client)

        assert str(why.label) in page
        assert "1 order waits." in page
        assert sentence in page
        assert way_out in page
        assert ("Pause orders" in page) == (why != Closed.OWNER)

    def test_orders_that_are_tried_in_vain_are_told_of(self, admin_client: Client, order: Job) -> None:
        assert "tried again and again" not in _front(admin_client)

        Job.objects.update(attempts=4)

        assert "1 order is tried again and again." in _front(admin_client)
        found = admin_client.get("/admin/effects/job/?owed=stuck").content.decode()
        assert order.effect.title in found

    def test_an_open_one_may_be_paused_where_videos_cost_money(self, admin_client: Client, settings, paid) -> None:
        assert "Pause orders" in _front(admin_client)

        settings.PROVIDER = "local"
        assert "Pause orders" not in _front(admin_client)

    def test_a_closed_one_is_nothing_to_a_studio_without_paid_orders(
        self, admin_client: Client, settings, order: Job
    ) -> None:
        line.close(Closed.KEY)
        settings.PROVIDER = "local"
        assert "No orders go out" in _front(admin_client)

        order.move_to(Status.CANCELED)
        assert "No orders go out" not in _front(admin_client)

    def test_who_may_only_look_is_told_and_given_no_button(self, client: Client, order: Job) -> None:
        line.close(Closed.KEY)
        client.force_login(User.objects.create_user("helper", is_staff=True))

        page = _front(client)

        assert "No orders go out" in page
        assert "Let orders go out again" not in page


def test_effects_that_the_api_refused_are_counted_while_they_are_offered(
    admin_client: Client, effect: Effect, paid, settings
) -> None:
    assert "does not know" not in _front(admin_client)

    Effect.objects.update(refused_at=timezone.now())
    page = _front(admin_client)
    assert "Kling does not know 1 effect any more." in page
    assert f"{reverse('admin:effects_effect_changelist')}?refused=yes" in page

    Effect.objects.update(is_enabled=False)
    assert "does not know" not in _front(admin_client)

    Effect.objects.update(is_enabled=True)
    settings.PROVIDER = "local"
    assert "does not know" not in _front(admin_client)


def test_owed_videos_are_counted_until_they_are_written_off(admin_client: Client, job: Job) -> None:
    Job.objects.update(provider="paid", submitted_at=timezone.now(), task_id="task-1")
    production.fail(job, FailureReason.TOOK_TOO_LONG)

    page = _front(admin_client)
    assert "1 video was paid for at Kling and has not come." in page
    assert f"{reverse('admin:effects_job_changelist')}?owed=yes" in page

    Job.objects.update(settled_at=timezone.now())
    assert "has not come" not in _front(admin_client)


def test_spending_is_shown_where_there_is_any(admin_client: Client, job: Job, settings) -> None:
    assert cockpit.read().spending is None
    assert "Spending" not in _front(admin_client)

    settings.PROVIDER = "paid"
    assert "Not counted: no credit is stated." in _front(admin_client)

    settings.PROVIDER = "local"
    Job.objects.update(provider="paid", price=Decimal("0.0214"), submitted_at=timezone.now())
    Studio.objects.update(funds=Decimal(5), funds_at=timezone.now() - timedelta(days=1), monthly_cap=Decimal(20))
    page = _front(admin_client)
    assert '<strong class="money">$4.9786</strong>' in page
    assert '<strong class="money">$20.00</strong> of $20.00' in page
    assert '<td data-name="Sent">1 <small class="money">$0.0214</small></td>' in page


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
