import os
import shutil
import time
from pathlib import Path

import av
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from effects.models import Effect, Job, Portrait
from effects.providers.slots import take_slot
from effects.services import previews
from tests import photos
from tests.stand_in import PaidProvider

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def videos_cost_something(paid: PaidProvider) -> PaidProvider:
    shutil.rmtree(settings.DATA_DIR / "previews", ignore_errors=True)
    return paid


def _ask(client: Client, effect: Effect, headers: dict | None = None, **fields):
    return client.post(reverse("effects:preview", args=[effect.name]), fields, headers=headers or {})


def _address(response) -> str:
    text = response.content.decode()
    return text.split('<video src="', 1)[1].split('"', 1)[0]


def test_a_preview_is_a_small_video_and_neither_job_nor_charge(
    ada_client: Client, effect: Effect, portrait: Portrait, videos_cost_something: PaidProvider, tmp_path: Path
) -> None:
    response = _ask(ada_client, effect, HTMX, left_key=portrait.key)

    (tmp_path / "preview.mp4").write_bytes(b"".join(ada_client.get(_address(response)).streaming_content))
    with av.open(str(tmp_path / "preview.mp4")) as clip:
        stream = clip.streams.video[0]
        assert min(stream.width, stream.height) in (360, 480)
        assert len(list(clip.decode(stream))) == 120
    assert not Job.objects.exists()
    assert not videos_cost_something.orders


def test_the_same_preview_is_rendered_once(ada_client: Client, effect: Effect, portrait: Portrait) -> None:
    first = _address(_ask(ada_client, effect, HTMX, left_key=portrait.key))
    [made] = _kept()
    inode = made.stat().st_ino
    second = _address(_ask(ada_client, effect, HTMX, left_key=portrait.key))

    assert first == second
    assert made.stat().st_ino == inode


def test_nobody_else_sees_it(
    ada_client: Client, bob_client: Client, client: Client, effect: Effect, portrait: Portrait
) -> None:
    address = _address(_ask(ada_client, effect, HTMX, left_key=portrait.key))

    assert ada_client.get(address).status_code == 200
    assert bob_client.get(address).status_code == 404
    assert client.get(address).status_code == 404
    assert _ask(bob_client, effect, HTMX, left_key=portrait.key).status_code == 404


def test_without_script_the_page_comes_back_with_preview_and_photo(client: Client, effect: Effect) -> None:
    response = _ask(client, effect, left=photos.upload())

    text = response.content.decode()
    assert "<html" in text and "<video" in text
    assert f'value="{Portrait.objects.get().key}"' in text


def test_without_a_photo_the_composer_says_so(client: Client, effect: Effect) -> None:
    response = _ask(client, effect, HTMX)

    assert response.status_code == 422
    assert response["HX-Retarget"] == "#composer"
    assert "Choose a photo first." in response.content.decode()


def test_when_too_many_ask_at_once_it_says_so(
    ada_client: Client, effect: Effect, portrait: Portrait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "LONGEST_WAIT", 0.1)
    with take_slot(settings.DATA_DIR / "previews", 1):
        response = _ask(ada_client, effect, HTMX, left_key=portrait.key)

    assert response.status_code == 429
    assert "Many previews" in response.content.decode()


def test_a_preview_is_offered_only_where_a_video_costs_something(client: Client, effect: Effect, settings) -> None:
    page = reverse("effects:effect", args=[effect.name])
    assert "Free preview" in client.get(page).content.decode()
    settings.PROVIDER = "local"
    assert "Free preview" not in client.get(page).content.decode()
    assert _ask(client, effect, left=photos.upload()).status_code == 404


@pytest.mark.parametrize(
    "changes", [{"refused_at": "2026-01-01T00:00Z"}, {"upstream_status": "retired"}, {"upstream_status": "unlisted"}]
)
def test_what_kling_may_refuse_is_previewed_all_the_same(
    ada_client: Client, effect: Effect, portrait: Portrait, changes: dict
) -> None:
    Effect.objects.update(**changes)

    assert "<video" in _ask(ada_client, effect, HTMX, left_key=portrait.key).content.decode()


def test_a_preview_stands_beside_the_price_and_needs_no_consent(client: Client, effect: Effect) -> None:
    Effect.objects.update(upstream_status="retired")
    page = client.get(reverse("effects:effect", args=[effect.name])).content.decode()

    pay = page[page.index('<div class="pay">') :]
    assert pay.index("$0.0214") < pay.index("formnovalidate") < pay.index("Free preview")


def test_a_preview_is_gone_after_an_hour(ada_client: Client, effect: Effect, portrait: Portrait) -> None:
    _ask(ada_client, effect, HTMX, left_key=portrait.key)
    previews.clear_old()
    [preview] = _kept()
    long_ago = time.time() - 3700
    os.utime(preview, (long_ago, long_ago))
    previews.clear_old()

    assert not preview.exists()


@pytest.mark.django_db(transaction=True)
def test_a_preview_goes_with_any_portrait_in_it(
    admin_client: Client, ada_client: Client, dual_effect: Effect, portrait: Portrait, partner: Portrait
) -> None:
    address = _address(_ask(ada_client, dual_effect, HTMX, left_key=portrait.key, right_key=partner.key))
    assert ada_client.get(address).status_code == 200

    admin_client.post(reverse("admin:effects_portrait_delete", args=[partner.pk]), {"post": "yes"})

    assert ada_client.get(address).status_code == 404
    assert not _kept()


def test_a_guest_who_signs_up_keeps_his_preview(client: Client, effect: Effect) -> None:
    address = _address(_ask(client, effect, HTMX, left=photos.upload()))
    secret = "a long enough secret"
    client.post(reverse("effects:sign_up"), {"username": "eve", "password1": secret, "password2": secret})

    assert client.get(address).status_code == 200


def _kept() -> list[Path]:
    return list((settings.DATA_DIR / "previews").rglob("*.mp4"))
