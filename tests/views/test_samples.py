"""What the catalogue and an effect's page show of it, and how long a browser may keep that."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from effects.models import Effect
from effects.services import own_samples, samples
from effects.services.samples import Kind
from tests.clips import make_clip, upload

FOR_GOOD, NOT_AT_ALL = "public, max-age=31536000, immutable", "public, max-age=0"


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(samples, "folder", lambda: tmp_path)


@pytest.fixture
def made(effect: Effect, clip: Path) -> Effect:
    """An effect whose samples are made."""
    samples.path_of(effect, Kind.LOOP).write_bytes(clip.read_bytes())
    for kind in (Kind.CARD, Kind.LARGE):
        samples.path_of(effect, kind).write_bytes(b"RIFF....WEBP" + kind.encode())
    return effect


def address(page: str, effect: Effect, version: str = "") -> str:
    return f"{reverse(f'effects:{page}', args=[effect.name])}?v={version or samples.version(effect)}"


def body(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def page_of(client: Client, effect: Effect) -> str:
    return client.get(reverse("effects:effect", args=[effect.name])).content.decode()


def test_before_there_is_a_poster_the_bare_sitter_is_shown_and_not_kept(client: Client, effect: Effect) -> None:
    response = client.get(address("effect_poster", effect))

    assert response["Cache-Control"] == NOT_AT_ALL
    assert body(response)[8:12] == b"WEBP"
    assert client.get(address("effect_loop", effect)).status_code == 404
    assert "The moving sample is being made" in page_of(client, effect)
    assert "data-src" not in client.get("/").content.decode()


def test_each_size_of_the_poster_is_kept_for_good(client: Client, made: Effect) -> None:
    for page, kind in (("effect_poster", Kind.CARD), ("effect_poster_large", Kind.LARGE)):
        response = client.get(address(page, made))
        assert response["Cache-Control"] == FOR_GOOD
        assert body(response).endswith(kind.encode())


def test_an_address_of_another_version_is_not_kept(client: Client, made: Effect) -> None:
    for page in ("effect_poster", "effect_loop"):
        assert client.get(address(page, made, "older"))["Cache-Control"] == NOT_AT_ALL


def test_a_loop_comes_in_ranges(client: Client, made: Effect, clip: Path) -> None:
    whole = client.get(address("effect_loop", made))
    part = client.get(address("effect_loop", made), headers={"Range": "bytes=10-19"})

    assert (whole["Content-Type"], whole["Cache-Control"], whole["Accept-Ranges"]) == ("video/mp4", FOR_GOOD, "bytes")
    assert (part.status_code, body(part)) == (206, clip.read_bytes()[10:20])
    assert client.get(address("effect_loop", made), headers={"If-None-Match": whole["ETag"]}).status_code == 304


def test_the_pages_name_the_samples_by_their_version(client: Client, made: Effect) -> None:
    card, page = client.get("/").content.decode(), page_of(client, made)

    assert f'data-src="{address("effect_loop", made)}"' in card
    assert "<video" not in card
    assert f'src="{address("effect_poster", made)}"' in card
    assert f'poster="{address("effect_poster_large", made)}"' in page
    assert f'<video src="{address("effect_loop", made)}"' in page
    assert "Sample made by this studio's own renderer" in page


def test_nothing_is_shown_of_what_is_not_offered(client: Client, made: Effect) -> None:
    Effect.objects.update(is_enabled=False)

    for page in ("effect_poster", "effect_poster_large", "effect_loop"):
        assert client.get(address(page, made)).status_code == 404
        assert client.get(reverse(f"effects:{page}", args=["nothing"])).status_code == 404


def test_the_owners_video_stands_in_for_the_rendered_one_until_it_is_removed(
    client: Client, made: Effect, tmp_path: Path
) -> None:
    rendered = samples.version(made)
    own = upload(make_clip(tmp_path / "own.webm", codec="libvpx-vp9"))
    own_samples.replace(made, own, own_samples.check(own))
    own.seek(0)

    loop = client.get(address("effect_loop", made))
    assert (loop["Content-Type"], loop["Cache-Control"]) == ("video/webm", FOR_GOOD)
    assert body(loop) == own.read()
    assert client.get(address("effect_loop", made, rendered))["Cache-Control"] == NOT_AT_ALL
    assert not body(client.get(address("effect_poster", made))).endswith(Kind.CARD.encode())
    assert "Sample chosen by the studio" in page_of(client, made)

    own_samples.restore(made)
    assert samples.version(made) == rendered
    assert body(client.get(address("effect_poster", made))).endswith(Kind.CARD.encode())


def test_behind_a_reverse_proxy_the_proxy_sends_the_owners_video(
    client: Client, effect: Effect, clip: Path, settings: object
) -> None:
    settings.ACCEL_PREFIX = "/protected"  # type: ignore[attr-defined]
    own = upload(clip)
    own_samples.replace(effect, own, own_samples.check(own))

    response = client.get(address("effect_loop", effect))

    assert response["X-Accel-Redirect"] == f"/protected/{effect.sample.name}"
    assert response["Cache-Control"] == FOR_GOOD
