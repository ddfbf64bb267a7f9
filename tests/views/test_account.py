from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from effects.models import Account, Effect, FailureReason, Job, Portrait
from effects.services import credits, first_run, orders, production
from effects.views.account import ENTRIES
from tests import photos

ACCOUNT, SIGN_IN, SIGN_UP = "/account/", "/account/sign-in/", "/account/sign-up/"
SECRET = "a long enough secret"
NEW = {"username": "grace", "password1": SECRET, "password2": SECRET}


def _text(response) -> str:
    return response.content.decode()


def _order(client: Client, effect: Effect) -> Job:
    client.post(reverse("effects:order", args=[effect.name]), {"request_key": "a-request-key", "left": photos.upload()})
    return Job.objects.get()


class TestGuest:
    def test_a_visitor_is_invited(self, client: Client, db: None) -> None:
        assert "You are a guest" in _text(client.get(ACCOUNT))

    def test_a_guest_sees_what_he_would_lose(self, client: Client, effect: Effect) -> None:
        _order(client, effect)

        response = client.get(ACCOUNT)

        assert "Sign up to keep it" in _text(response)
        assert response.context["kept"] == {"portraits": 1, "videos": 0, "active": 1}


class TestSignUp:
    def test_a_guest_keeps_his_work(self, client: Client, effect: Effect) -> None:
        job = _order(client, effect)

        client.post(SIGN_UP, NEW)

        job.refresh_from_db()
        assert job.owner.user.get_username() == "grace"
        assert job.portrait.owner == job.owner
        assert client.get(reverse("effects:job", args=[job.key])).status_code == 200
        assert not Account.objects.filter(user=None).exists()

    def test_it_signs_in_and_leads_on(self, client: Client, db: None) -> None:
        response = client.post(SIGN_UP, NEW | {"next": "/gallery/"})

        assert response.url == "/gallery/"
        assert "grace" in _text(client.get(ACCOUNT))

    def test_a_taken_name_is_said_next_to_it(self, client: Client, ada: Account) -> None:
        response = client.post(SIGN_UP, NEW | {"username": "ada"})

        assert response.status_code == 422
        assert 'id="id_username_error"' in _text(response)
        assert 'aria-invalid="true"' in _text(response)

    def test_a_weak_password_is_refused(self, client: Client, db: None) -> None:
        response = client.post(SIGN_UP, NEW | {"password1": "password", "password2": "password"})

        assert response.status_code == 422
        assert not User.objects.exists()

    def test_fields_help_the_browsers_password_keeper(self, client: Client, db: None) -> None:
        assert _text(client.get(SIGN_UP)).count('autocomplete="new-password"') == 2
        assert 'autocomplete="current-password"' in _text(client.get(SIGN_IN))


class TestSignIn:
    def test_a_guest_brings_his_work_along(self, client: Client, ada: Account, effect: Effect) -> None:
        job = _order(client, effect)

        client.post(SIGN_IN, {"username": "ada", "password": SECRET})

        job.refresh_from_db()
        assert job.owner == ada

    def test_a_wrong_password_is_said(self, client: Client, ada: Account) -> None:
        response = client.post(SIGN_IN, {"username": "ada", "password": "wrong"})

        assert response.status_code == 422
        assert 'role="alert"' in _text(response)

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
    def test_it_leads_nowhere_else(self, client: Client, ada: Account, elsewhere: str) -> None:
        response = client.post(SIGN_IN, {"username": "ada", "password": SECRET, "next": elsewhere})

        assert response.url == reverse("effects:catalogue")

    def test_signing_out_needs_a_press(self, ada_client: Client) -> None:
        assert ada_client.get(reverse("effects:sign_out")).status_code == 405
        ada_client.post(reverse("effects:sign_out"))
        assert "You are a guest" in _text(ada_client.get(ACCOUNT))


class TestMember:
    def test_the_ledger_speaks_in_plain_words(
        self, ada: Account, ada_client: Client, effect: Effect, portrait: Portrait, paid: object
    ) -> None:
        credits.add(ada, "top_up", Decimal("4"), note="By Mei, at the desk")
        job = orders.order_video(ada, effect, portrait, request_key="a-request")
        production.fail(job, FailureReason.REFUSED)

        page = _text(ada_client.get(ACCOUNT))

        for words in ("By Mei, at the desk", "Refund: not made", "−0.0214", "+0.0214", "+4.0000", "$4.00"):
            assert words in page

    def test_the_ledger_has_pages(self, ada: Account, ada_client: Client) -> None:
        for _ in range(ENTRIES + 1):
            credits.add(ada, "top_up", Decimal("0.5"))

        assert len(ada_client.get(ACCOUNT).context["entries"]) == ENTRIES
        assert len(ada_client.get(ACCOUNT, {"page": 2}).context["entries"]) == 1
        assert len(ada_client.get(ACCOUNT, {"page": "nonsense"}).context["entries"]) == ENTRIES

    def test_a_long_ledger_costs_few_queries(
        self, ada: Account, ada_client: Client, django_assert_max_num_queries
    ) -> None:
        for _ in range(ENTRIES):
            credits.add(ada, "top_up", Decimal("0.5"))

        with django_assert_max_num_queries(11):
            ada_client.get(ACCOUNT)

    def test_nobody_sees_anothers_books(self, ada: Account, bob_client: Client) -> None:
        credits.add(ada, "top_up", Decimal("4"), note="for ada alone")

        assert "for ada alone" not in _text(bob_client.get(ACCOUNT))


class TestWelcome:
    def _url(self, token: str) -> str:
        return reverse("effects:welcome", args=[token])

    def test_the_first_administrator_is_made_once(self, client: Client, db: None) -> None:
        url = self._url(first_run.token())
        assert client.get(url).status_code == 200

        response = client.post(url, NEW)

        assert response.url == reverse("admin:index")
        assert User.objects.get().is_superuser
        assert client.get(url).url == reverse("effects:sign_in")
        assert User.objects.count() == 1

    def test_a_guessed_token_opens_nothing(self, client: Client, db: None) -> None:
        assert client.get(self._url("guessed")).status_code == 404
        assert client.post(self._url("guessed"), NEW).status_code == 404
        assert not User.objects.exists()

    def test_passwords_that_differ_are_refused(self, client: Client, db: None) -> None:
        response = client.post(self._url(first_run.token()), NEW | {"password2": "another one"})

        assert response.status_code == 422
        assert not User.objects.exists()


def test_guessing_at_a_password_ends_in_a_pause_for_that_guesser_alone(ada: Account, client: Client) -> None:
    door = reverse("effects:sign_in")
    right = {"username": "ada", "password": "a long enough secret"}
    answers = [client.post(door, right | {"password": f"guess {n}"}).status_code for n in range(8)]
    assert answers[0] == 422
    assert answers[-1] == 429
    assert client.post(door, right).status_code == 429
    assert client.post(door, right, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_behind_a_proxy_too_the_guesser_alone_is_stopped(ada: Account, client: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://studio.example"
    door = reverse("effects:sign_in")
    right = {"username": "ada", "password": "a long enough secret"}
    guesser = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9"}
    for number in range(8):
        client.post(door, right | {"password": f"guess {number}"}, headers=guesser)
    assert (
        client.post(door, right, headers=guesser | {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}).status_code == 429
    )
    assert client.post(door, right, headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 302


def test_a_guest_who_enters_by_the_admin_keeps_his_work_too(
    owner_of_studio: Account, effect: Effect, client: Client
) -> None:
    client.post(reverse("effects:portrait_upload") + "?slot=left", {"left": photos.upload()})
    client.post(reverse("admin:login"), {"username": "mei", "password": "a long enough secret"})
    assert owner_of_studio.portraits.count() == 1


def test_work_under_the_same_request_key_does_not_stand_in_the_way_of_signing_in(
    ada: Account, effect: Effect, client: Client
) -> None:
    def order(who: Client) -> None:
        order = {"request_key": "same-page", "left": photos.upload()}
        assert who.post(reverse("effects:order", args=[effect.name]), order).status_code == 302

    order(client)
    member = Client()
    member.force_login(ada.user)
    order(member)
    client.post(reverse("effects:sign_in"), {"username": "ada", "password": "a long enough secret"})
    assert ada.jobs.count() == 2
