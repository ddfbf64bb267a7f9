"""Asking for a video, and taking it back."""

from decimal import Decimal

import pytest

from effects.models import Account, Effect, Job, Portrait, Status
from effects.services import credits, orders
from effects.services.orders import MOST_OPEN_JOBS, OrderRefused
from tests.stand_in import PaidProvider


def test_the_same_request_again_is_the_same_job(ada: Account, effect: Effect, portrait: Portrait) -> None:
    first = orders.order_video(ada, effect, portrait, request_key="a-click")
    assert orders.order_video(ada, effect, portrait, request_key="a-click") == first
    assert orders.order_video(ada, effect, portrait, request_key="another-click") != first


def test_two_owners_may_use_the_same_request_key(
    ada: Account, bob: Account, effect: Effect, portrait: Portrait
) -> None:
    first = orders.order_video(ada, effect, portrait, request_key="a-click")
    assert orders.order_video(bob, effect, portrait, request_key="a-click") != first


def test_an_effect_for_two_needs_two_photos(ada: Account, dual_effect: Effect, portrait: Portrait) -> None:
    with pytest.raises(OrderRefused, match="two photos"):
        orders.order_video(ada, dual_effect, portrait, request_key="one-photo")


def test_an_effect_for_one_takes_no_second_photo(
    ada: Account, effect: Effect, portrait: Portrait, partner: Portrait
) -> None:
    with pytest.raises(OrderRefused, match="takes one photo"):
        orders.order_video(ada, effect, portrait, partner, request_key="two-photos")


def test_an_effect_that_the_owner_switched_off_is_refused(ada: Account, effect: Effect, portrait: Portrait) -> None:
    effect.is_enabled = False
    with pytest.raises(OrderRefused, match="not offered"):
        orders.order_video(ada, effect, portrait, request_key="switched-off")


def test_a_retired_effect_is_sent_to_a_paid_provider_only_after_a_yes(
    paid: PaidProvider, ada: Account, effect: Effect, portrait: Portrait
) -> None:
    credits.add(ada, credits.Kind.TOP_UP, effect.price)
    effect.upstream_status = Effect.UpstreamStatus.RETIRED
    with pytest.raises(OrderRefused, match="no longer lists"):
        orders.order_video(ada, effect, portrait, request_key="retired")
    assert orders.order_video(ada, effect, portrait, request_key="retired", accept_retired=True).price == effect.price


def test_a_retired_effect_is_rendered_here_without_a_question(ada: Account, effect: Effect, portrait: Portrait) -> None:
    effect.upstream_status = Effect.UpstreamStatus.RETIRED
    assert orders.order_video(ada, effect, portrait, request_key="local").is_free


def test_nobody_can_fill_the_line_alone(ada: Account, effect: Effect, portrait: Portrait) -> None:
    for number in range(MOST_OPEN_JOBS):
        orders.order_video(ada, effect, portrait, request_key=f"request-{number}")
    with pytest.raises(OrderRefused) as refusal:
        orders.order_video(ada, effect, portrait, request_key="one-too-many")
    assert refusal.value.status == 429


def test_a_queued_job_is_taken_back_with_its_price(
    paid: PaidProvider, ada: Account, effect: Effect, portrait: Portrait
) -> None:
    credits.add(ada, credits.Kind.TOP_UP, effect.price)
    job = orders.order_video(ada, effect, portrait, request_key="regretted")
    assert orders.cancel(job)
    ada.refresh_from_db()
    assert (job.status, ada.balance) == (Status.CANCELED, effect.price)


def test_a_paid_job_that_was_sent_is_not_taken_back(
    paid: PaidProvider, ada: Account, effect: Effect, portrait: Portrait
) -> None:
    credits.add(ada, credits.Kind.TOP_UP, effect.price)
    job = orders.order_video(ada, effect, portrait, request_key="too-late")
    Job.objects.update(status=Status.PENDING)
    assert not orders.cancel(job)
    job.refresh_from_db()
    assert job.status == Status.PENDING


def test_a_free_render_can_be_stopped_half_way(job: Job) -> None:
    for status in (Status.SUBMITTING, Status.PENDING, Status.PROCESSING):
        assert job.move_to(status)
    assert orders.cancel(job)


def test_the_worker_is_nudged_only_once_the_order_is_saved(
    ada: Account, effect: Effect, portrait: Portrait, work: object, django_capture_on_commit_callbacks: object
) -> None:
    from huey.contrib.djhuey import HUEY

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        orders.order_video(ada, effect, portrait, request_key="nudge")
        assert HUEY.pending_count() == 0
    assert HUEY.pending_count() == 1


def test_a_used_page_with_another_photo_is_refused_instead_of_answered_with_the_old_job(
    ada: Account, effect: Effect, portrait: Portrait, partner: Portrait
) -> None:
    orders.order_video(ada, effect, portrait, request_key="a-click")
    with pytest.raises(OrderRefused) as refusal:
        orders.order_video(ada, effect, partner, request_key="a-click")
    assert refusal.value.status == 409
    assert Job.objects.count() == 1


def test_a_price_that_changed_after_the_page_was_shown_is_not_charged(
    paid: PaidProvider, ada: Account, effect: Effect, portrait: Portrait
) -> None:
    credits.add(ada, credits.Kind.TOP_UP, Decimal(1))
    with pytest.raises(OrderRefused, match=r"\$0\.0214") as refusal:
        orders.order_video(ada, effect, portrait, request_key="old-price", agreed_price=Decimal("0.01"))
    assert refusal.value.status == 409
    assert orders.order_video(ada, effect, portrait, request_key="old-price", agreed_price=effect.price).price
