import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from effects.forms import OrderForm
from effects.models import Account, Effect, Portrait
from effects.services import portraits
from effects.services.portraits import keep_portrait
from tests import photos
from tests.stand_in import PaidProvider

HTMX = {"HX-Request": "true"}
KEY = "a request key"


@pytest.fixture
def client(db: None) -> Client:
    return Client()


def send(client: Client, slot: str = "left", of: int = 1, photo: Any = None, **headers: str) -> Any:
    address = f"{reverse('effects:portrait_upload')}?slot={slot}&of={of}"
    return client.post(address, {slot: photo or photos.upload()}, headers=headers)


def order_form(owner: Account, effect: Effect, files: dict[str, Any] | None = None, **data: str) -> OrderForm:
    sent = MultiValueDict({side: [file] for side, file in (files or {}).items()})
    return OrderForm(owner, effect, {"request_key": KEY, **data}, sent)


def test_a_visitors_first_photo_makes_him_a_guest(client: Client) -> None:
    response = send(client, **HTMX)
    portrait = Portrait.objects.get()
    assert portrait.owner.is_guest
    assert f'name="left_key" value="{portrait.key}"' in response.content.decode()
    assert client.get(reverse("effects:thumbnail", args=[portrait.key])).status_code == 200


def test_a_members_photo_is_his(ada: Account, ada_client: Client) -> None:
    send(ada_client, **HTMX)
    assert Portrait.objects.get().owner == ada


def test_the_answer_offers_the_photo_for_the_next_time_too(ada_client: Client) -> None:
    shown = send(ada_client, "right", 2, **HTMX).content.decode()
    assert 'id="slot-right"' in shown
    assert re.search(r'id="recent-portraits" data-hx-swap-oob="true">', shown)
    assert f'data-portrait="{Portrait.objects.get().key}"' in shown


def test_a_photo_that_is_none_is_refused_beside_its_slot(client: Client) -> None:
    response = send(client, photo=photos.upload(b"no photo at all"), **HTMX)
    assert response.status_code == 422
    assert "This is not a photo that we can read." in response.content.decode()
    assert not Portrait.objects.exists()


def test_a_photo_too_heavy_is_refused_as_such(client: Client) -> None:
    response = send(client, photo=photos.upload(b"\xff" * (10 * 1024 * 1024 + 1)), **HTMX)
    assert response.status_code == 413


def test_an_empty_file_is_refused_with_a_sentence(client: Client) -> None:
    response = send(client, photo=photos.upload(b""), **HTMX)
    assert response.status_code == 422
    assert "This file is empty." in response.content.decode()


@pytest.mark.parametrize(("slot", "of"), [("middle", 2), ("right", 1)])
def test_a_slot_that_does_not_exist_takes_nothing(client: Client, slot: str, of: int) -> None:
    assert send(client, slot, of).status_code == 400


def test_an_upload_without_a_photo_is_a_bad_request(client: Client) -> None:
    assert client.post(reverse("effects:portrait_upload") + "?slot=left").status_code == 400
    assert not Account.objects.exists()


def test_looking_is_not_uploading(client: Client) -> None:
    assert client.get(reverse("effects:portrait_upload")).status_code == 405


def test_without_htmx_the_reader_goes_back_with_his_photo(client: Client, effect: Effect) -> None:
    page = f"http://testserver{reverse('effects:effect', args=[effect.name])}"
    response = send(client, Referer=page)
    assert response["Location"] == f"/effects/{effect.name}/?left={Portrait.objects.get().key}"


def test_without_htmx_the_refusal_stands_on_the_page(client: Client, effect: Effect) -> None:
    page = f"http://testserver{reverse('effects:effect', args=[effect.name])}"
    response = send(client, photo=photos.upload(b"nonsense"), Referer=page)
    assert "This is not a photo that we can read." in client.get(response["Location"]).content.decode()


def test_an_order_takes_a_file_or_a_photo_kept_before(ada: Account, dual_effect: Effect, portrait: Portrait) -> None:
    form = order_form(ada, dual_effect, {"right": photos.upload(seed=5)}, left_key=portrait.key)
    assert form.is_valid()
    assert form.cleaned_data["portrait"] == portrait
    assert form.cleaned_data["partner"] == Portrait.objects.latest("pk")
    assert form.cleaned_data["request_key"] == KEY


def test_an_order_without_photos_says_which_are_missing(ada: Account, dual_effect: Effect) -> None:
    form = order_form(ada, dual_effect)
    assert set(form.errors) == {"left", "right"}
    assert form.status == 422


def test_an_effect_of_one_ignores_a_second_photo(ada: Account, effect: Effect, portrait: Portrait) -> None:
    form = order_form(ada, effect, left_key=portrait.key, right_key=portrait.key)
    assert form.is_valid()
    assert form.cleaned_data["partner"] is None


def test_a_good_photo_stays_when_the_other_is_refused(ada: Account, dual_effect: Effect) -> None:
    form = order_form(ada, dual_effect, {"left": photos.upload(), "right": photos.upload(b"nonsense")})
    assert set(form.errors) == {"right"}
    assert form.portraits["left"] == ada.portraits.get()


def test_a_photo_too_heavy_is_said_with_its_own_status(ada: Account, effect: Effect) -> None:
    form = order_form(ada, effect, {"left": photos.upload(b"\xff" * (10 * 1024 * 1024 + 1))})
    assert not form.is_valid()
    assert form.status == 413


def test_a_strangers_photo_does_not_exist(bob: Account, effect: Effect, portrait: Portrait) -> None:
    with pytest.raises(Http404):
        order_form(bob, effect, left_key=portrait.key).is_valid()


@pytest.mark.parametrize("key", ["", "short", "x" * 65])
def test_a_request_key_out_of_bounds_is_refused(ada: Account, effect: Effect, portrait: Portrait, key: str) -> None:
    assert "request_key" in order_form(ada, effect, left_key=portrait.key, request_key=key).errors


@pytest.mark.parametrize("status", ["retired", "unlisted"])
def test_what_kling_may_refuse_needs_a_yes(
    ada: Account, effect: Effect, portrait: Portrait, paid: PaidProvider, status: str
) -> None:
    effect.upstream_status = status
    assert "accept_retired" in order_form(ada, effect, left_key=portrait.key).errors
    assert order_form(ada, effect, left_key=portrait.key, accept_retired="on").is_valid()


def test_a_refused_order_keeps_photos_and_request_key(ada_client: Client, dual_effect: Effect) -> None:
    order = reverse("effects:order", args=[dual_effect.name])
    files = {"left": photos.upload(), "right": photos.upload(b"nonsense")}
    response = ada_client.post(order, {"request_key": KEY, **files}, headers=HTMX)
    shown = response.content.decode()
    assert response.status_code == 422
    assert f'name="left_key" value="{Portrait.objects.get().key}"' in shown
    assert f'name="request_key" value="{KEY}"' in shown
    assert "This is not a photo that we can read." in shown


def test_no_photo_of_a_refused_upload_is_left_behind(ada: Account) -> None:
    before = set(Path(settings.MEDIA_ROOT).rglob("*.jpg"))
    send(Client(), photo=photos.upload(b"nonsense"), **HTMX)
    assert set(Path(settings.MEDIA_ROOT).rglob("*.jpg")) == before
    assert keep_portrait(ada, photos.upload()).path.exists()


def test_one_guest_cannot_fill_the_disk(client: Client, effect: Effect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portraits, "GUEST_PHOTOS_A_DAY", 2)
    address = reverse("effects:portrait_upload") + "?slot=left"
    answers = [client.post(address, {"left": photos.upload(seed=n)}, headers={"HX-Request": "true"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_an_upload_never_leads_to_another_site(client: Client, effect: Effect) -> None:
    response = client.post(
        reverse("effects:portrait_upload") + "?slot=left",
        {"left": photos.upload()},
        headers={"Referer": "http://testserver//evil.test/"},
    )
    assert response["Location"].startswith("/evil.test/")
