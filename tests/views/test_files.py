"""Pictures and videos, in ranges and behind the permission check."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from effects.models import Portrait, Video


@pytest.fixture
def address(video: Video) -> str:
    return reverse("effects:video_file", args=[video.key])


def body(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_the_whole_video_says_that_it_can_be_asked_for_in_ranges(ada_client: Client, address: str, clip: Path) -> None:
    response = ada_client.get(address)
    assert response.status_code == 200
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Type"] == "video/mp4"
    assert "Content-Disposition" not in response
    assert "private" in response["Cache-Control"]
    assert body(response) == clip.read_bytes()


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, None),
        ("bytes=100-199", 100, 199),
        ("bytes=-50", -50, None),
        ("bytes=200-99999999", 200, None),
    ],
)
def test_a_range_is_answered_with_just_its_bytes(
    ada_client: Client, address: str, clip: Path, asked: str, first: int, last: int | None
) -> None:
    content = clip.read_bytes()
    expected = content[first : None if last is None else last + 1]
    response = ada_client.get(address, headers={"Range": asked})
    assert response.status_code == 206
    assert body(response) == expected
    assert response["Content-Length"] == str(len(expected))
    start = first % len(content)
    assert response["Content-Range"] == f"bytes {start}-{start + len(expected) - 1}/{len(content)}"


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_answered_416(ada_client: Client, address: str, clip: Path, asked: str) -> None:
    response = ada_client.get(address, headers={"Range": asked})
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{clip.stat().st_size}"


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=0-" + "9" * 5000, "bytes=-", "items=0-5", "bytes=0-1,5-6", "bytes=a-b", "bytes=²-"]
)
def test_a_range_that_makes_no_sense_is_ignored(ada_client: Client, address: str, asked: str) -> None:
    assert ada_client.get(address, headers={"Range": asked}).status_code == 200


def test_a_range_of_an_older_file_is_answered_with_the_whole_new_one(ada_client: Client, address: str) -> None:
    headers = {"Range": "bytes=0-9", "If-Range": '"older"'}
    assert ada_client.get(address, headers=headers).status_code == 200


def test_a_video_that_the_browser_has_is_not_sent_again(ada_client: Client, address: str) -> None:
    etag = ada_client.get(address)["ETag"]
    assert ada_client.get(address, headers={"If-None-Match": etag}).status_code == 304


def test_behind_a_reverse_proxy_the_proxy_sends_the_file(
    ada_client: Client, address: str, video: Video, settings: object
) -> None:
    settings.ACCEL_PREFIX = "/protected/"  # type: ignore[attr-defined]
    response = ada_client.get(address)
    assert response["X-Accel-Redirect"] == f"/protected/{video.file.name}"
    assert response.content == b""


def test_behind_a_reverse_proxy_too_a_stranger_sees_nothing(bob_client: Client, address: str, settings: object) -> None:
    settings.ACCEL_PREFIX = "/protected/"  # type: ignore[attr-defined]
    response = bob_client.get(address)
    assert response.status_code == 404
    assert "X-Accel-Redirect" not in response


def test_a_stranger_sees_no_video_poster_portrait_or_thumbnail(
    bob_client: Client, client: Client, video: Video, portrait: Portrait
) -> None:
    for stranger in (bob_client, client):
        for name, key in [
            ("video_file", video.key),
            ("video_poster", video.key),
            ("photo", portrait.key),
            ("thumbnail", portrait.key),
        ]:
            assert stranger.get(reverse(f"effects:{name}", args=[key])).status_code == 404


def test_the_owner_sees_them_all(ada_client: Client, video: Video, portrait: Portrait) -> None:
    for name, key in [("video_poster", video.key), ("photo", portrait.key), ("thumbnail", portrait.key)]:
        assert ada_client.get(reverse(f"effects:{name}", args=[key])).status_code == 200


def test_a_video_whose_file_is_gone_is_a_404(ada_client: Client, address: str, video: Video) -> None:
    Path(video.file.path).unlink()
    assert ada_client.get(address).status_code == 404
