"""Kling's effects over the hosted API: one request, one answer, and an error that says what may be done next."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeGuard
from urllib.parse import urlsplit

import httpx2
from django.conf import settings

from effects import outbound

from .base import (
    KeyRefused,
    NoSuchTask,
    OnFrame,
    Order,
    OutOfFunds,
    ProviderError,
    Refused,
    Report,
    State,
    StillWanted,
    Unavailable,
    Unconfirmed,
)
from .verdicts import verdict_of

PATH = "/api/v1/video/generations"
MODEL = "kling-effects"
SUBMIT_TIME, LOOK_TIME, FETCH_TIME = 120, 20, 600  # seconds in all
MOST_ANSWER = 1024 * 1024
MOST_RESULT = 500 * 1024 * 1024
LONGEST_ID, LONGEST_URL = 120, 4000
NO_TASK = "studio-doctor-asks-for-no-task"
WEEK = 7 * 24 * 3600 * 1000  # milliseconds

Answer = tuple[int, dict[str, Any]]


def from_settings() -> "ApiModels":
    return ApiModels(settings.KLING_API_BASE_URL, settings.KLING_API_KEY, settings.ALLOW_PRIVATE_ADDRESSES)


class ApiModels:
    """Speaks the contract of the hosted API.

    A POST goes out over a connection of its own: one that the other side has just given up would leave the outcome of
    a paid order unknown for nothing. Looks share their connections.
    """

    name = "apimodels"
    is_paid = True
    may_send_again = False

    def __init__(self, base_url: str, key: str, allow_private: bool = False) -> None:
        self.key = key
        self.allow_private = allow_private
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        options: dict[str, Any] = {"base_url": base_url, "headers": headers, "guarded": False}
        # An order whose answer is only slow must not be taken for lost: its phases end with the total time alone.
        patient = httpx2.Timeout(SUBMIT_TIME, connect=outbound.PHASES.connect)
        self._fresh = outbound.client(limits=httpx2.Limits(max_keepalive_connections=0), timeout=patient, **options)
        self._kept = outbound.client(limits=httpx2.Limits(max_connections=64, keepalive_expiry=30), **options)

    def submit(self, order: Order) -> str:
        body = json.dumps(_request(order)).encode()
        self._need_key()
        with outbound.within(SUBMIT_TIME), _sent_or_not():
            status, answer = self._ask(self._fresh, "POST", content=body)
        if status != 200:
            raise self._no_to_order(status, answer)
        task_id = text_id(_data(answer, Unconfirmed).get("taskId"))
        if not task_id:
            raise Unconfirmed("The answer names no task.")
        return task_id

    def look(self, order: Order, task_id: str, on_frame: OnFrame) -> Report:
        status, answer = self._get(task_id)
        if status == 404 and answer.get("code") == 404:  # and not the 404 of some gateway on the way
            raise NoSuchTask("The video service does not know this task.")
        if status == 401:
            raise KeyRefused("The video service does not accept the key.")
        if status != 200:
            raise Unavailable(f"The video service answered {status}.")
        data = _data(answer, Unavailable)
        if text_id(data.get("taskId")) != task_id:
            raise Unavailable("The video service answered for another task.")
        return self._report(data)

    def fetch(self, result_url: str, target: Path, still_wanted: StillWanted) -> None:
        limits = outbound.Limits(MOST_RESULT, FETCH_TIME, self.allow_private)
        try:
            outbound.download(result_url, target, limits, still_wanted)
        except (outbound.NotFetched, outbound.Forbidden) as error:
            raise Unavailable(str(error)) from error

    def check(self) -> None:
        """Ask for a task that does not exist: a key that is accepted gets 404, and nothing is spent."""
        status, answer = self._get(NO_TASK)
        if status in (401, 403):
            raise KeyRefused("The video service does not accept the key.")
        if status != 404 or answer.get("code") != 404:  # without the code, it is the 404 of some other site
            raise Unavailable(f"The video service answered {status} where it should say that there is no such task.")

    def _get(self, task_id: str) -> Answer:
        self._need_key()
        try:
            with outbound.within(LOOK_TIME):
                return self._ask(self._kept, "GET", params={"task_id": task_id})
        except httpx2.TransportError as error:
            raise Unavailable(f"The video service did not answer: {type(error).__name__}.") from None

    def _ask(self, http: httpx2.Client, method: str, **request: Any) -> Answer:
        """Return the status that counts and the JSON object that came, empty if none did."""
        headers = {"Authorization": f"Bearer {self.key}"}
        headers |= {"Content-Type": "application/json"} if "content" in request else {}
        with http.stream(method, PATH, headers=headers, **request) as response:
            content = b""
            for piece in response.iter_raw():
                content += piece
                if len(content) > MOST_ANSWER:
                    raise httpx2.ReadError("The answer is too long")
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            answer = {}
        answer = answer if isinstance(answer, dict) else {}
        code = answer.get("code")
        if response.status_code == 200 and isinstance(code, int) and 400 <= code <= 599:
            return code, answer
        return response.status_code, answer

    def _no_to_order(self, status: int, answer: dict[str, Any]) -> ProviderError:
        reason = self._sentence(answer.get("msg"))
        if status in (400, 422):
            return Refused(reason, verdict_of(reason))
        if status in (401, 403):
            return KeyRefused(reason or "The video service does not accept the key.")
        if status == 402:
            return OutOfFunds(reason or "The credit at the video service is used up.")
        if status == 429:
            return Unavailable("The video service takes no more orders at the moment.")
        return Unconfirmed(f"The video service answered {status}.")

    def _report(self, data: dict[str, Any]) -> Report:
        try:
            state = State(data.get("state"))
        except ValueError as error:
            raise Unavailable("The video service named a state that nobody knows.") from error
        if state is State.FAILED:
            reason = self._sentence(data.get("failMsg"))
            return Report(state, reason=reason, verdict=verdict_of(reason))
        if state is not State.COMPLETED:
            return Report(state)
        result_url = _first_address(data.get("resultUrls"))
        if not result_url:
            raise Unavailable("The video is said to be made, but no address came with it.")
        return Report(state, result_url=result_url, made_in=_seconds(data))

    def _sentence(self, said: Any) -> str:
        """Return what the upstream said as one short line, without the key if it quotes it."""
        words = " ".join(said.split()) if isinstance(said, str) else ""
        line = "".join(letter for letter in words if letter.isprintable())
        return line.replace(self.key, "[key]")[:300]

    def _need_key(self) -> None:
        """Stop where the key was taken out of the settings while there were still jobs, or is none that can be sent."""
        if not self.key:
            raise Unavailable("There is no API key in the settings.")
        if not (self.key.isascii() and self.key.isprintable()):
            raise KeyRefused("The API key in the settings has characters that no key has.")


def _request(order: Order) -> dict[str, Any]:
    try:
        photos = [base64.b64encode(picture.read_bytes()).decode() for picture in order.pictures]
    except OSError as error:
        raise Unavailable("A photo of the order cannot be read.") from error
    of_photos = {"image": photos[0]} if len(photos) == 1 else {"images": photos}
    request = {"model": MODEL, "effect_scene": order.effect, "input": of_photos | dict(order.options)}
    return request | ({"callback_url": order.callback_url} if order.callback_url else {})


@contextmanager
def _sent_or_not() -> Iterator[None]:
    """Tell a failure before anything was sent from one after which the order may be there.

    What the library says of it may quote the upstream, and that the key; so it is not chained.
    """
    try:
        yield
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol) as error:
        raise Unavailable(f"The video service cannot be reached: {type(error).__name__}.") from None
    except (httpx2.HTTPError, httpx2.StreamError) as error:
        raise Unconfirmed(f"The order left, and then: {type(error).__name__}.") from None


def _data(answer: dict[str, Any], error: type[ProviderError]) -> dict[str, Any]:
    data = answer.get("data")
    if not isinstance(data, dict):
        raise error("The video service answered with something else than a task.")
    return data


def text_id(value: Any) -> str:
    """Return a task's id as text, empty if it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value)
    return text if 0 < len(text) <= LONGEST_ID and text.isprintable() else ""


def _first_address(value: Any) -> str:
    addresses = value if isinstance(value, list) else []
    for address in addresses:
        is_line = isinstance(address, str) and address.isprintable() and len(address) <= LONGEST_URL
        if is_line and _is_of_the_web(address):
            return str(address)
    return ""


def _is_of_the_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _seconds(data: dict[str, Any]) -> float | None:
    """Return how long a task took by the upstream's own clock, unless that clock runs backwards."""
    begun, ended = data.get("createTime"), data.get("completeTime")
    if not (_is_number(begun) and _is_number(ended)):
        return None
    # Compared first: a number too large for a float cannot be divided.
    return (ended - begun) / 1000 if begun < ended < begun + WEEK else None


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
