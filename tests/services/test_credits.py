"""The books."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from effects.models import Account, CreditEntry, Effect, FailureReason, Job, Portrait, Studio
from effects.services import accounts, credits, orders, production
from effects.services.credits import CapReached, OutOfCredit
from tests.stand_in import PaidProvider
from tests.threads import in_threads

Kind = CreditEntry.Kind
PRICE = Decimal("0.0214")


def top_up(account: Account, amount: str) -> None:
    credits.add(account, Kind.TOP_UP, Decimal(amount))


def balance_of(account: Account) -> Decimal:
    """Read the balance and hold it against the sum of the entries."""
    account.refresh_from_db()
    total = account.entries.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    assert account.balance == total
    return account.balance


def test_a_member_starts_with_nothing_so_that_nobody_spends_unasked(ada: Account) -> None:
    assert balance_of(ada) == 0
    assert not ada.entries.exists()


def test_a_new_member_gets_the_allowance_that_the_owner_has_set(db: None, django_user_model: type) -> None:
    Studio.objects.create(pk=1, member_allowance="0.5")
    account = accounts.account_of(django_user_model.objects.create_user("cy"))
    assert balance_of(account) == Decimal("0.5")
    assert balance_of(accounts.account_of(account.user)) == Decimal("0.5")


def test_a_paid_video_takes_the_price_of_its_tier(
    paid: PaidProvider, ada: Account, effect: Effect, portrait: Portrait
) -> None:
    top_up(ada, "1")
    job = orders.order_video(ada, effect, portrait, request_key="paid-one")
    assert job.price == PRICE
    assert balance_of(ada) == 1 - PRICE
    assert Studio.current().spent == PRICE


def test_a_local_video_costs_nothing_and_leaves_no_entry(job: Job, ada: Account) -> None:
    assert job.price == 0
    assert not ada.entries.exists()


def test_without_credit_no_job_is_opened(paid: PaidProvider, ada: Account, effect: Effect, portrait: Portrait) -> None:
    with pytest.raises(OutOfCredit):
        orders.order_video(ada, effect, portrait, request_key="too-poor")
    assert not Job.objects.exists()
    assert Studio.current().spent == 0
    assert balance_of(ada) == 0


def test_staff_draw_on_the_cap_of_the_studio(
    paid: PaidProvider, owner_of_studio: Account, effect: Effect, portrait: Portrait
) -> None:
    job = orders.order_video(owner_of_studio, effect, portrait, request_key="by-staff")
    assert [entry.kind for entry in job.entries.order_by("pk")] == [Kind.DRAW, Kind.CHARGE]
    assert balance_of(owner_of_studio) == 0
    assert Studio.current().spent == PRICE


def test_the_monthly_cap_stops_members_and_staff_alike(
    paid: PaidProvider, ada: Account, owner_of_studio: Account, effect: Effect, portrait: Portrait
) -> None:
    Studio.objects.update(monthly_cap="0.0300")
    top_up(ada, "1")
    orders.order_video(ada, effect, portrait, request_key="within")
    for account in (ada, owner_of_studio):
        with pytest.raises(CapReached):
            orders.order_video(account, effect, portrait, request_key="beyond")
    assert balance_of(ada) == 1 - PRICE


def test_a_new_month_begins_at_zero(paid: PaidProvider, ada: Account, effect: Effect, portrait: Portrait) -> None:
    Studio.objects.update(monthly_cap="0.03", spent="0.03", month="2020-01-01")
    top_up(ada, "1")
    orders.order_video(ada, effect, portrait, request_key="in-a-new-month")
    assert Studio.current().spent == PRICE


@pytest.mark.parametrize("who", ["ada", "owner_of_studio"])
def test_a_failed_job_gives_its_price_back_once(
    who: str, paid: PaidProvider, effect: Effect, portrait: Portrait, request: pytest.FixtureRequest
) -> None:
    account = request.getfixturevalue(who)
    top_up(account, "1")
    job = orders.order_video(account, effect, portrait, request_key="will-fail")
    for _ in range(2):
        production.fail(job, FailureReason.REFUSED)
        credits.refund(job)
    assert balance_of(account) == 1
    assert job.entries.filter(kind=Kind.REFUND).count() == 1
    assert Studio.current().spent == 0


def test_a_refund_goes_back_with_the_failure_or_not_at_all(
    paid: PaidProvider, ada: Account, effect: Effect, portrait: Portrait, monkeypatch: pytest.MonkeyPatch
) -> None:
    top_up(ada, "1")
    job = orders.order_video(ada, effect, portrait, request_key="half-way")
    monkeypatch.setattr(credits, "release", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        production.fail(job, FailureReason.REFUSED)
    assert Job.objects.get().status == "queued"
    assert balance_of(ada) == 1 - PRICE


def test_a_second_charge_for_a_job_is_impossible(
    paid: PaidProvider, ada: Account, effect: Effect, portrait: Portrait
) -> None:
    top_up(ada, "1")
    job = orders.order_video(ada, effect, portrait, request_key="charged")
    with pytest.raises(IntegrityError), transaction.atomic():
        credits.charge(job)
    assert balance_of(ada) == 1 - PRICE


@pytest.mark.django_db(transaction=True)
def test_orders_that_race_never_overdraw_an_account(
    paid: PaidProvider, ada: Account, effect: Effect, portrait: Portrait
) -> None:
    top_up(ada, "0.0700")
    refusals = in_threads(
        8, lambda number: orders.order_video(ada, effect, portrait, request_key=f"race-{number}"), OutOfCredit
    )
    assert refusals == 5
    assert Job.objects.count() == 3
    assert balance_of(ada) == Decimal("0.0700") - 3 * PRICE
    assert Studio.current().spent == 3 * PRICE


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_job_and_one_charge(
    paid: PaidProvider, ada: Account, effect: Effect, portrait: Portrait
) -> None:
    top_up(ada, "1")
    in_threads(8, lambda _: orders.order_video(ada, effect, portrait, request_key="one-click"))
    assert Job.objects.count() == 1
    assert balance_of(ada) == 1 - PRICE
