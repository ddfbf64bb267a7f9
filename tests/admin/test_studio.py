"""The owner's settings, the line to the paid provider, and the page that checks the studio."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from effects.models import Account, Closed, CreditEntry, Effect, Job, Portrait, Status, Studio, Worker
from effects.services import credits, line, orders
from effects.services.doctor import Health

SETTINGS, OPEN, PAUSE, CHECK = (
    reverse("admin:effects_studio_change", args=[1]),
    reverse("admin:effects_studio_open"),
    reverse("admin:effects_studio_pause"),
    reverse("admin:effects_studio_check"),
)


@pytest.fixture
def order(paid, ada: Account, effect: Effect, portrait: Portrait) -> Job:
    """A paid order that waits to go out."""
    credits.add(ada, CreditEntry.Kind.TOP_UP, Decimal(1))
    return orders.order_video(ada, effect, portrait, request_key="waits")


@pytest.fixture
def helper(db: None, client: Client) -> Client:
    """Somebody of the staff who may look at the settings and no more."""
    user = User.objects.create_user("helper", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    return client


def closed() -> str:
    return Studio.current().line_closed


def said(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def save(client: Client, **fields: Any) -> Any:
    """Save the settings as a browser does: with all that the form has shown."""
    form = client.get(SETTINGS).context["adminform"].form
    shown = {bound.html_name: bound.value() for bound in form}
    hidden = {bound.html_initial_name: bound.value() for bound in form if bound.field.show_hidden_initial}
    return client.post(SETTINGS, {**shown, **hidden, **fields})


class TestSettings:
    def test_they_are_saved(self, admin_client: Client) -> None:
        assert save(admin_client, name="Mei's", accent="#0f766e", monthly_cap="20", keep_back="2").status_code == 302

        assert Studio.objects.values_list("name", "monthly_cap", "keep_back").get() == ("Mei's", 20, 2)

    def test_credit_is_counted_from_when_it_is_stated(self, admin_client: Client) -> None:
        before = timezone.now()

        assert save(admin_client, funds="10").status_code == 302

        studio = Studio.current()
        assert studio.funds == 10
        assert studio.funds_at and studio.funds_at >= before

    def test_saving_something_else_goes_on_counting(self, admin_client: Client, order: Job) -> None:
        since = timezone.now() - timedelta(days=2)
        Studio.objects.update(funds=10, funds_at=since)
        order.move_to(Status.SUBMITTING, submitted_at=timezone.now())

        assert save(admin_client, name="Mei's").status_code == 302

        assert Studio.objects.values_list("name", "funds", "funds_at").get() == ("Mei's", 10, since)

    def test_an_order_that_goes_out_while_the_page_is_open_does_not_restart_the_count(
        self, admin_client: Client, order: Job
    ) -> None:
        since = timezone.now() - timedelta(days=2)
        Studio.objects.update(funds=10, funds_at=since)
        form = admin_client.get(SETTINGS).context["adminform"].form
        page = {bound.html_name: bound.value() for bound in form} | {"initial-funds": form["funds"].value()}
        assert "initial-funds" in admin_client.get(SETTINGS).content.decode()
        order.move_to(Status.SUBMITTING, submitted_at=timezone.now())

        assert admin_client.post(SETTINGS, page).status_code == 302

        assert Studio.objects.values_list("funds", "funds_at").get() == (10, since)

    def test_the_same_credit_after_a_top_up_is_counted_anew(self, admin_client: Client, order: Job) -> None:
        since = timezone.now() - timedelta(days=2)
        Studio.objects.update(funds=10, funds_at=since)
        order.move_to(Status.SUBMITTING, submitted_at=timezone.now() - timedelta(days=1))
        page = admin_client.get(SETTINGS)
        assert page.context["adminform"].form["funds"].value() == 10 - order.price
        assert "About $9.9786 of $10.00" in page.content.decode()

        save(admin_client, funds="10")

        assert line.funds_left(Studio.current()) == 10

    def test_credit_that_is_overdrawn_does_not_keep_the_rest_from_being_saved(
        self, admin_client: Client, order: Job
    ) -> None:
        Studio.objects.update(funds=Decimal("0.01"), funds_at=timezone.now() - timedelta(days=2))
        order.move_to(Status.SUBMITTING, submitted_at=timezone.now())

        assert save(admin_client, name="Mei's").status_code == 302

        assert Studio.objects.values_list("name", "funds").get() == ("Mei's", Decimal("0.01"))

    def test_new_credit_lets_orders_go_out_that_waited_for_it(
        self, admin_client: Client, order: Job, django_capture_on_commit_callbacks
    ) -> None:
        Studio.objects.update(funds=1, keep_back=2, funds_at=timezone.now())
        line.close(Closed.LOW)
        with django_capture_on_commit_callbacks(execute=True):
            save(admin_client, name="Mei's")
        assert closed() == Closed.LOW

        with django_capture_on_commit_callbacks(execute=True):
            save(admin_client, funds="20")
        assert closed() == ""

    def test_who_may_only_look_sees_what_is_left(self, helper: Client) -> None:
        Studio.objects.update_or_create(pk=1, defaults={"funds": 10, "funds_at": timezone.now()})
        assert "About $10.00 of $10.00" in helper.get(SETTINGS).content.decode()


class TestTheLine:
    def test_the_owner_pauses_orders_and_lets_them_go(self, admin_client: Client, order: Job) -> None:
        HUEY.storage.flush_all()
        Job.objects.update(next_turn_at=timezone.now() + timedelta(minutes=10))

        paused = admin_client.post(PAUSE, follow=True)
        assert closed() == Closed.OWNER
        assert "Orders are paused." in said(paused)

        opened = admin_client.post(OPEN, follow=True)
        assert closed() == ""
        assert "Orders go out again." in said(opened)
        assert Job.objects.overdue().get() == order
        assert [task.name for task in HUEY.pending()] == ["sweep"]
        assert LogEntry.objects.count() == 2

    @pytest.mark.parametrize("why", Closed.values)
    def test_whatever_closed_it_may_be_opened(self, why: str, admin_client: Client, paid) -> None:
        line.close(Closed(why))
        admin_client.post(OPEN)
        assert closed() == ""

    def test_an_open_line_is_not_opened_twice(self, admin_client: Client, paid) -> None:
        assert "already" in said(admin_client.post(OPEN, follow=True))
        assert not LogEntry.objects.exists()

    @pytest.mark.parametrize("address", [OPEN, PAUSE, CHECK])
    def test_nobody_else_does(self, address: str, helper: Client, ada_client: Client, paid) -> None:
        assert helper.post(address).status_code == 403
        assert ada_client.post(address).status_code == 302
        assert closed() == ""

    @pytest.mark.parametrize("address", [OPEN, PAUSE])
    def test_a_look_changes_nothing(self, address: str, admin_client: Client, paid) -> None:
        assert admin_client.get(address).status_code == 405
        assert closed() == ""


class TestCheck:
    def test_it_runs_when_asked_to(self, admin_client: Client, paid) -> None:
        Worker.beat("a worker")
        before = admin_client.get(CHECK)
        assert before.context["findings"] is None
        assert "Check now" in before.content.decode()

        after = admin_client.post(CHECK)

        page = after.content.decode()
        assert "Kling accepts it" in page
        assert "Check again" in page
        assert len(after.context["findings"]) > 10
        assert after.context["broken"] == sum(it.health is Health.FAIL for it in after.context["findings"])

    def test_what_is_wrong_comes_with_what_to_do(self, admin_client: Client, order: Job) -> None:
        line.close(Closed.KEY)

        page = admin_client.post(CHECK).content.decode()

        assert "Kling does not accept the API key. 1 order waits." in page
        assert "Check KLING_API_KEY in the file .env, and start the studio again." in page
        assert "It is silent, and 1 job waits." in page
        assert "checks have failed" in page

    def test_the_cockpit_leads_there(self, admin_client: Client, helper: Client) -> None:
        front = reverse("admin:index")
        assert CHECK in admin_client.get(front).content.decode()
        assert CHECK not in helper.get(front).content.decode()
