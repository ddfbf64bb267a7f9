"""The client of the hosted service, against a server that speaks its contract and breaks it in every way."""

import base64
import json
import socket
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from effects import outbound
from effects.providers import (
    KeyRefused,
    NoSuchTask,
    Order,
    OutOfFunds,
    ProviderError,
    Refused,
    Report,
    State,
    Stopped,
    Unavailable,
    Unconfirmed,
    Verdict,
    apimodels,
)
from effects.providers.apimodels import ApiModels
from effects.providers.verdicts import verdict_of
from tests.upstream import (
    KEY,
    PATH,
    Fault,
    Handler,
    Upstream,
    breaks_off,
    drips,
    drops,
    endless,
    half,
    hangs,
    made_but,
    redirects,
    says,
    sends,
    slow,
    tells,
)

# Every value that a byte can have, so that nothing that is done to text on the way goes unseen.
LEFT, RIGHT = bytes(range(256)) * 40, bytes(reversed(range(256))) * 40
SOON, LONG = 0.3, 6  # seconds that an impatient client waits, and that a slow server takes
CLIP = b"a result" * 1000


@pytest.fixture
def service() -> Iterator[Upstream]:
    with Upstream(CLIP) as service:
        yield service


@pytest.fixture
def api(service: Upstream) -> ApiModels:
    return ApiModels(service.url, KEY, allow_private=True)


@pytest.fixture
def order(tmp_path: Path) -> Order:
    (tmp_path / "left.jpg").write_bytes(LEFT)
    return Order("some-order", "balloon_parade", (tmp_path / "left.jpg",))


@pytest.fixture
def dual(order: Order, tmp_path: Path) -> Order:
    (tmp_path / "right.jpg").write_bytes(RIGHT)
    return replace(order, effect="hug_pro", pictures=(*order.pictures, tmp_path / "right.jpg"))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apimodels, "SUBMIT_TIME", SOON)
    monkeypatch.setattr(apimodels, "LOOK_TIME", SOON)
    monkeypatch.setattr(apimodels, "FETCH_TIME", SOON)


def no_frames(done: int, total: int) -> None:
    raise AssertionError("nothing is made here")


def look(api: ApiModels, task_id: str) -> Report:
    return api.look(Order("some-order", "balloon_parade", ()), task_id, no_frames)


def error_of(call: Callable[[], object]) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        call()
    return caught.value


def all_said(error: ProviderError) -> str:
    """Everything that a log may say of an error: its own words, and those of what it came from."""
    return "".join(traceback.format_exception(error))


def open_in_the_end(service: Upstream, expected: int) -> int:
    """Return how many connections are open, after a moment in which the server hears of those that were closed."""
    ends = time.monotonic() + 2
    while service.open_connections > expected and time.monotonic() < ends:
        time.sleep(0.005)
    return service.open_connections


def in_body(code: object, message: str = "no") -> Fault:
    """Say no the other way: with status 200, and the code in the body alone."""
    return sends(json.dumps({"code": code, "msg": message, "data": None}).encode())


def data(**fields: Any) -> Fault:
    return sends(json.dumps({"code": 200, "msg": "success", "data": fields}).encode())


def raw(answer: bytes) -> Fault:
    """Send these bytes where an answer should come, and hang up."""

    def fault(handler: Handler) -> bool:
        handler.wfile.write(answer)
        handler.hang_up()
        return True

    return fault


def drips_the_body(handler: Handler) -> bool:
    """Send the head at once, and of the body a byte now and then, each well within the time of its phase."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    try:
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(LONG / 100)
    except OSError:
        pass
    handler.close_connection = True
    return True


class TestARequest:
    def test_goes_to_the_one_path_with_the_key_as_json(self, service: Upstream, api: ApiModels, order: Order) -> None:
        api.submit(order)
        ((method, path, headers),) = service.heads
        assert (method, path) == ("POST", "/api/v1/video/generations")
        assert headers["authorization"] == f"Bearer {KEY}"
        assert headers["content-type"] == "application/json"
        assert headers["host"] == service.url.removeprefix("http://")

    def test_for_one_photo_is_this_and_nothing_else(self, service: Upstream, api: ApiModels, order: Order) -> None:
        api.submit(order)
        image = base64.b64encode(LEFT).decode()
        assert service.posts == [
            {"model": "kling-effects", "effect_scene": "balloon_parade", "input": {"image": image}}
        ]

    def test_for_two_photos_has_the_left_one_first(self, service: Upstream, api: ApiModels, dual: Order) -> None:
        api.submit(dual)
        images = [base64.b64encode(photo).decode() for photo in (LEFT, RIGHT)]
        assert service.posts == [{"model": "kling-effects", "effect_scene": "hug_pro", "input": {"images": images}}]

    def test_holds_the_very_bytes_of_the_photo(self, service: Upstream, api: ApiModels, order: Order) -> None:
        api.submit(order)
        sent = service.posts[0]["input"]["image"]
        assert base64.b64decode(sent, validate=True) == LEFT

    def test_holds_the_options_of_the_order_as_strings(self, service: Upstream, api: ApiModels, dual: Order) -> None:
        options = {"model_name": "kling-v1-6", "mode": "pro", "duration": "10"}
        api.submit(replace(dual, options=options, seconds=10))
        images = [base64.b64encode(photo).decode() for photo in (LEFT, RIGHT)]
        assert service.posts[0]["input"] == {"images": images, **options}

    def test_names_a_callback_only_where_there_is_one(self, service: Upstream, api: ApiModels, order: Order) -> None:
        address = "https://studio.example/callbacks/token/"
        api.submit(replace(order, callback_url=address))
        api.submit(order)
        named, silent = service.posts
        assert named == silent | {"callback_url": address}
        assert "callback_url" not in silent

    def test_to_look_names_the_task_and_the_key_and_has_no_body(
        self, service: Upstream, api: ApiModels, order: Order
    ) -> None:
        task_id = api.submit(order)
        look(api, task_id)
        method, path, headers = service.heads[-1]
        assert (method, path) == ("GET", f"{PATH}?task_id={task_id}")
        assert headers["authorization"] == f"Bearer {KEY}"
        assert not {"content-type", "content-length"} & headers.keys()

    def test_to_look_spells_a_strange_id_so_that_it_stays_one_parameter(
        self, service: Upstream, api: ApiModels
    ) -> None:
        with pytest.raises(NoSuchTask):
            look(api, "a&task_id=b#c/../d e")
        assert service.heads[-1][1] == f"{PATH}?task_id=a%26task_id%3Db%23c%2F..%2Fd+e"

    def test_asks_for_json_without_compression(self, service: Upstream, api: ApiModels, order: Order) -> None:
        look(api, api.submit(order))
        for _, _, headers in service.heads:
            assert (headers["accept"], headers["accept-encoding"]) == ("application/json", "identity")

    def test_is_built_from_the_settings(self, service: Upstream, order: Order, settings: Any) -> None:
        settings.KLING_API_BASE_URL, settings.KLING_API_KEY = service.url, KEY
        assert apimodels.from_settings().submit(order) == "clx000001"

    def test_keeps_to_the_path_of_the_base_address(self, service: Upstream, order: Order) -> None:
        ApiModels(f"{service.url}/behind/a/proxy", KEY).submit(order)
        assert service.heads[0][1] == f"/behind/a/proxy{PATH}"


class TestWithoutAKeyThatCanBeSent:
    @pytest.mark.parametrize(
        ("key", "error"),
        [("", Unavailable), ("sk-two\nlines", KeyRefused), ("sk-密钥", KeyRefused), ("sk-\x00", KeyRefused)],
    )
    def test_nothing_leaves(self, service: Upstream, order: Order, key: str, error: type[ProviderError]) -> None:
        api = ApiModels(service.url, key, allow_private=True)
        for call in (lambda: api.submit(order), lambda: look(api, "clx000001"), api.check):
            caught = error_of(call)
            assert type(caught) is error
            assert not key or key not in all_said(caught)
        assert service.connections == 0


class TestSending:
    def test_returns_the_id_of_the_task(self, service: Upstream, api: ApiModels, order: Order) -> None:
        assert [api.submit(order), api.submit(order)] == ["clx000001", "clx000002"] == list(service.tasks)

    @pytest.mark.parametrize(
        ("sent", "task_id"),
        [("clx-7_:/?", "clx-7_:/?"), ("x" * 120, "x" * 120), (705123, "705123"), (0, "0"), ("任务", "任务")],
    )
    def test_takes_any_id_that_can_be_written_in_a_line(
        self, service: Upstream, api: ApiModels, order: Order, sent: object, task_id: str
    ) -> None:
        service.does("POST", data(taskId=sent))
        assert api.submit(order) == task_id

    def test_does_not_mind_what_it_does_not_know(self, service: Upstream, api: ApiModels, order: Order) -> None:
        service.does("POST", sends(b'{"data": {"taskId": "clx1", "state": "lost", "more": [{}]}, "code": "200"}'))
        assert api.submit(order) == "clx1"

    @pytest.mark.parametrize("no", [says, in_body], ids=["as the status", "in the body"])
    @pytest.mark.parametrize(
        ("code", "error"),
        [
            *((400, Refused), (401, KeyRefused), (402, OutOfFunds), (403, KeyRefused), (422, Refused)),
            *((429, Unavailable), (404, Unconfirmed), (500, Unconfirmed), (502, Unconfirmed), (503, Unconfirmed)),
        ],
    )
    def test_a_no_says_what_may_be_done_next(
        self,
        service: Upstream,
        api: ApiModels,
        order: Order,
        no: Callable[[int], Fault],
        code: int,
        error: type[ProviderError],
    ) -> None:
        service.does("POST", no(code))
        assert type(error_of(lambda: api.submit(order))) is error
        assert service.asked == {"POST": 1}
        assert not service.tasks

    def test_a_wrong_key_is_refused_by_the_service_itself(self, service: Upstream, order: Order) -> None:
        error = error_of(lambda: ApiModels(service.url, "sk-wrong", allow_private=True).submit(order))
        assert type(error) is KeyRefused
        assert not service.posts

    @pytest.mark.parametrize("no", [says, in_body], ids=["as the status", "in the body"])
    @pytest.mark.parametrize(
        ("message", "verdict"),
        [
            ("Content policy violation", Verdict.POLICY),
            ("No face detected in the image", Verdict.NO_FACE),
            ("Unknown effect_scene: balloon_parade", Verdict.UNKNOWN_EFFECT),
            ("The image is too small", Verdict.OTHER),
            ("", Verdict.OTHER),
        ],
    )
    def test_a_refusal_brings_its_reason_and_what_it_is_about(
        self,
        service: Upstream,
        api: ApiModels,
        order: Order,
        no: Callable[[int, str], Fault],
        message: str,
        verdict: Verdict,
    ) -> None:
        service.does("POST", no(400, message))
        error = error_of(lambda: api.submit(order))
        assert isinstance(error, Refused)
        assert (type(error), str(error), error.verdict) == (Refused, message, verdict)

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"msg": ["no"]}', b'{"code": "400"}'])
    def test_a_400_counts_as_a_no_whatever_its_body_says(
        self, service: Upstream, api: ApiModels, order: Order, body: bytes
    ) -> None:
        service.does("POST", sends(body, 400))
        error = error_of(lambda: api.submit(order))
        assert (type(error), str(error)) == (Refused, "")

    @pytest.mark.parametrize("code", [True, "401", 401.5, None, [402], 399, 600, 10**400])
    def test_a_code_that_is_none_does_not_hide_the_task(
        self, service: Upstream, api: ApiModels, order: Order, code: object
    ) -> None:
        service.does("POST", sends(json.dumps({"code": code, "data": {"taskId": "clx1"}}).encode()))
        assert api.submit(order) == "clx1"


class TestAnOrderThatNeverLeft:
    """It may be sent again, so nothing of it may have arrived."""

    def test_finds_nobody_listening(self, order: Order) -> None:
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            api = ApiModels(f"http://127.0.0.1:{deaf.getsockname()[1]}", KEY)
            assert type(error_of(lambda: api.submit(order))) is Unavailable

    @pytest.mark.usefixtures("impatient")
    def test_finds_nobody_who_takes_the_call(self, order: Order) -> None:
        with socket.socket() as busy:
            busy.bind(("127.0.0.1", 0))
            busy.listen(0)
            waiting = [socket.socket() for _ in range(4)]
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(busy.getsockname())
            started = time.monotonic()
            api = ApiModels(f"http://127.0.0.1:{busy.getsockname()[1]}", KEY)
            error = error_of(lambda: api.submit(order))
            for one in waiting:
                one.close()
        assert type(error) is Unavailable and "ConnectTimeout" in str(error)
        assert time.monotonic() - started < SOON + 2

    def test_finds_a_name_without_an_address(self, order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
        def nowhere(*_: object, **__: object) -> list[Any]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", nowhere)
        assert type(error_of(lambda: ApiModels("http://video.example", KEY).submit(order))) is Unavailable

    def test_finds_one_who_does_not_speak_tls(self, service: Upstream, order: Order) -> None:
        api = ApiModels(service.url.replace("http:", "https:"), KEY)
        assert type(error_of(lambda: api.submit(order))) is Unavailable
        assert service.connections == 1 and not service.heads

    def test_has_an_address_without_a_scheme(self, order: Order) -> None:
        assert type(error_of(lambda: ApiModels("apimodels.app", KEY).submit(order))) is Unavailable

    def test_has_lost_its_photo(self, service: Upstream, api: ApiModels, order: Order) -> None:
        order.pictures[0].unlink()
        with pytest.raises(Unavailable):
            api.submit(order)
        assert service.connections == 0


NO_TASK_ID = {
    "an empty id": "",
    "no id": None,
    "a list for an id": ["clx1"],
    "an object for an id": {"id": "clx1"},
    "a truth for an id": True,
    "a fraction for an id": 1.5,
    "not a number for an id": float("nan"),
    "an id of two lines": "clx1\nclx2",
    "an id that turns the line around": "clx\u202e1",
    "an id with half a character": "clx\ud800",
    "an id with a zero byte": "clx\x00",
    "an id that is too long": "x" * 121,
    "a number that is too long": 10**120,
}
# What the service may do wrong, to an order or to a look.
WRONG = {
    "hangs up": drops,
    "sends half an answer": half,
    "sends nothing": sends(b""),
    "sends a page": sends(b"<html>Welcome</html>", kind="text/html"),
    "sends bytes": sends(bytes(range(256))),
    "sends half of its JSON": sends(b'{"code": 200, "data": {"taskId": "clx'),
    "sends a list": sends(b'[{"taskId": "clx1"}]'),
    "sends a number": sends(b"200"),
    "sends null": sends(b"null"),
    "sends no data": sends(b'{"code": 200, "msg": "success"}'),
    "sends a list for data": sends(b'{"code": 200, "data": [{"taskId": "clx1"}]}'),
    "sends a text for data": sends(b'{"code": 200, "data": "clx1"}'),
    "sends the id in the wrong place": sends(b'{"code": 200, "taskId": "clx1", "data": {}}'),
    "sends lists without end": sends(b"[" * 100_000),
    "sends a number without end": sends(b'{"data": {"taskId": ' + b"9" * 100_000 + b"}}"),
    "sends more than anybody reads": sends(b" " * (1024 * 1024) + b'{"data": {"taskId": "clx1"}}'),
    "does not stop sending": endless,
    "does not speak HTTP": raw(b"220 mail.example ESMTP\r\n"),
    "speaks HTTP badly": raw(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
    "changes the subject": raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"),
    "only ever says that it goes on": raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "sends a redirect": redirects("/api/v1/video/generations"),
    "sends a redirect to nowhere": raw(b"HTTP/1.1 307 Go\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n"),
    "sends a redirect without a place": sends(b"", 308),
    "answers that there is nothing to say": raw(b"HTTP/1.1 204 No Content\r\n\r\n"),
} | {f"sends {what}": data(taskId=task_id, state="pending") for what, task_id in NO_TASK_ID.items()}
MADE_BUT = {
    "makes it and hangs up": made_but(drops),
    "makes it and sends half an answer": made_but(half),
    "makes it and says that it failed": made_but(says(500)),
    "makes it and says that there is no such task": made_but(says(404)),
}
TOO_SLOW = {
    "keeps silent": hangs(LONG),
    "drips a head": drips(LONG),
    "drips a body": drips_the_body,
}


class TestAnOrderThatMayHaveArrived:
    """It must not be sent again: not by the caller, and not by anything below."""

    @pytest.mark.parametrize("fault", [*WRONG.values(), *MADE_BUT.values()], ids=[*WRONG, *MADE_BUT])
    def test_is_unconfirmed_and_was_sent_once_when_the_service(
        self, service: Upstream, api: ApiModels, order: Order, fault: Fault
    ) -> None:
        service.does("POST", fault)
        assert type(error_of(lambda: api.submit(order))) is Unconfirmed
        assert service.asked == {"POST": 1} and len(service.posts) == len(service.heads) == 1

    @pytest.mark.usefixtures("impatient")
    @pytest.mark.parametrize("fault", TOO_SLOW.values(), ids=TOO_SLOW)
    def test_is_unconfirmed_in_time_and_was_sent_once_when_the_service(
        self, service: Upstream, api: ApiModels, order: Order, fault: Fault
    ) -> None:
        service.does("POST", fault)
        started = time.monotonic()
        assert type(error_of(lambda: api.submit(order))) is Unconfirmed
        assert SOON - 0.05 < time.monotonic() - started < SOON + 2
        assert service.asked == {"POST": 1} and len(service.posts) == len(service.heads) == 1

    @pytest.mark.usefixtures("impatient")
    def test_is_unconfirmed_in_time_when_nobody_reads_it_to_its_end(self, order: Order) -> None:
        order.pictures[0].write_bytes(bytes(12_000_000))
        with socket.socket() as lazy:
            lazy.bind(("127.0.0.1", 0))
            lazy.listen(5)
            api = ApiModels(f"http://127.0.0.1:{lazy.getsockname()[1]}", KEY)
            started = time.monotonic()
            error = error_of(lambda: api.submit(order))
        assert type(error) is Unconfirmed and "WriteTimeout" in str(error)
        assert time.monotonic() - started < SOON + 2

    def test_is_answered_however_long_the_service_thinks_within_the_total_time(
        self, service: Upstream, order: Order, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(outbound, "PHASES", httpx2.Timeout(LONG, read=0.1))
        service.does("POST", slow(0.5))
        assert ApiModels(service.url, KEY).submit(order) == "clx000001"


class TestConnections:
    def test_many_looks_share_one(self, service: Upstream, api: ApiModels, order: Order) -> None:
        task = service.create({})
        for _ in range(20):
            look(api, task.id)
        assert service.connections == 1

    def test_each_order_has_its_own_and_gives_it_back(self, service: Upstream, api: ApiModels, order: Order) -> None:
        look(api, service.create({}).id)
        for count in range(2, 7):
            api.submit(order)
            assert service.connections == count
        assert open_in_the_end(service, 1) == 1

    def test_a_look_after_a_broken_one_goes_over_a_new_one(self, service: Upstream, api: ApiModels) -> None:
        task = service.create({})
        service.does("GET", half)
        with pytest.raises(Unavailable):
            look(api, task.id)
        assert look(api, task.id).state is State.COMPLETED
        assert service.connections == 2

    @pytest.mark.parametrize("fault", [endless, sends(b" " * 3_000_000)], ids=["endless", "long"])
    def test_an_answer_that_is_cut_short_gives_its_own_up(
        self, service: Upstream, api: ApiModels, fault: Fault
    ) -> None:
        service.does("GET", fault)
        with pytest.raises(Unavailable):
            look(api, "clx000001")
        assert open_in_the_end(service, 0) == 0


def quoting(status: int) -> list[Fault]:
    """Quote the key: in the middle, at the place where long sentences are cut, and with something in between."""
    sentences = [f"Key {KEY} is no good", "x" * 290 + KEY, KEY, f"{KEY[:9]}\u200b{KEY[9:]}", f"{KEY[:9]}\x00{KEY[9:]}"]
    return [no(status, sentence) for sentence in sentences for no in (says, in_body)]


class TestTheKey:
    @pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 429, 500])
    def test_is_not_in_what_is_said_when_the_service_quotes_it(
        self, service: Upstream, api: ApiModels, order: Order, status: int
    ) -> None:
        for fault in quoting(status):
            service.does("POST", fault)
            service.does("GET", fault)
            for error in (error_of(lambda: api.submit(order)), error_of(lambda: look(api, "clx000001"))):
                assert KEY not in all_said(error)
                assert KEY[:9] not in str(error)

    @pytest.mark.parametrize(
        "answer",
        [
            f"{KEY}\r\n\r\n",
            f"HTTP/1.1 200 OK\r\n{KEY}\r\n\r\n",
            f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{KEY}\r\n",
            f"HTTP/1.1 302 Found\r\nLocation: http://[{KEY}\r\nContent-Length: 0\r\n\r\n",
            f"HTTP/1.1 500 {KEY}\r\nContent-Length: 0\r\n\r\n",
        ],
    )
    def test_is_not_in_what_is_said_of_an_answer_that_is_none(
        self, service: Upstream, api: ApiModels, order: Order, answer: str
    ) -> None:
        for what in ("POST", "GET"):
            service.does(what, raw(answer.encode()))
        for error in (error_of(lambda: api.submit(order)), error_of(lambda: look(api, "clx000001"))):
            assert KEY not in all_said(error)

    def test_is_not_in_the_reason_of_a_failed_task(self, service: Upstream, api: ApiModels) -> None:
        task = service.create({})
        service.does("GET", tells(state="failed", failMsg=f"No more credit for\n {KEY}!"))
        assert look(api, task.id).reason == "No more credit for [key]!"

    def test_does_not_go_where_the_result_lies(self, service: Upstream, api: ApiModels, tmp_path: Path) -> None:
        api.fetch(f"{service.url}/results/clx1.mp4", tmp_path / "clip.mp4", lambda: None)
        ((_, _, headers),) = service.heads
        assert "authorization" not in headers and KEY not in str(headers)


class TestWords:
    @pytest.mark.parametrize(
        ("sent", "read"),
        [
            ("two\nlines\t and   blanks", "two lines and blanks"),
            ("a\x00b\x1b[31m\u202ec\u200bd", "ab[31mcd"),
            ("half a character: \ud83d.", "half a character: ."),
            ("图片不符合要求", "图片不符合要求"),
            ("x" * 10_000, "x" * 300),
            (" \n\x00 ", ""),
            (["a", "list"], ""),
            (None, ""),
            (400, ""),
        ],
    )
    def test_become_one_short_line_that_can_be_stored(
        self, service: Upstream, api: ApiModels, order: Order, sent: Any, read: str
    ) -> None:
        service.does("POST", says(400, sent))
        service.does("GET", tells(state="failed", failMsg=sent))
        error = error_of(lambda: api.submit(order))
        assert str(error).strip() == read
        assert look(api, service.create({}).id).reason.strip() == read
        str(error).encode()


class TestLooking:
    @pytest.mark.parametrize(
        ("told", "report"),
        [
            ({"state": "pending"}, Report(State.PENDING)),
            ({"state": "processing", "resultUrls": ["https://a.example/x"]}, Report(State.PROCESSING)),
            ({"state": "failed", "failMsg": "Server busy"}, Report(State.FAILED, reason="Server busy")),
            ({"state": "failed"}, Report(State.FAILED)),
            (
                {
                    "state": "completed",
                    "resultUrls": ["https://a.example/x.mp4"],
                    "createTime": 1,
                    "completeTime": 50_001,
                },
                Report(State.COMPLETED, "https://a.example/x.mp4", made_in=50),
            ),
        ],
    )
    def test_reports_each_state(self, service: Upstream, api: ApiModels, told: dict[str, Any], report: Report) -> None:
        service.does("GET", data(taskId="clx1", **told))
        assert look(api, "clx1") == report

    def test_reports_what_the_service_really_does(self, service: Upstream, api: ApiModels, order: Order) -> None:
        service.making = 50
        task = service.tasks[api.submit(order)]
        assert look(api, task.id) == Report(State.PENDING)
        task.created -= 49
        assert look(api, task.id) == Report(State.PROCESSING)
        task.created -= 1
        assert look(api, task.id) == Report(State.COMPLETED, f"{service.url}/results/{task.id}.mp4", made_in=50)

    @pytest.mark.parametrize(
        ("message", "verdict"),
        [
            ("Content policy violation", Verdict.POLICY),
            ("no human in the picture", Verdict.NO_FACE),
            ("effect_scene is not supported", Verdict.UNKNOWN_EFFECT),
            ("Out of memory", Verdict.OTHER),
        ],
    )
    def test_a_failure_brings_its_reason_and_what_it_is_about(
        self, service: Upstream, api: ApiModels, message: str, verdict: Verdict
    ) -> None:
        task = service.create({})
        task.fail_message = message
        assert look(api, task.id) == Report(State.FAILED, reason=message, verdict=verdict)

    def test_a_number_for_an_id_is_the_same_task(self, service: Upstream, api: ApiModels) -> None:
        service.does("GET", data(taskId=705, state="pending"))
        assert look(api, "705") == Report(State.PENDING)

    @pytest.mark.parametrize("task_id", ["clx000002", "CLX000001", "clx000001 ", "", None, ["clx000001"], True])
    def test_an_answer_for_another_task_does_not_count(
        self, service: Upstream, api: ApiModels, task_id: object
    ) -> None:
        task = service.create({})
        service.does("GET", tells(taskId=task_id))
        assert type(error_of(lambda: look(api, task.id))) is Unavailable

    @pytest.mark.parametrize(
        "state", ["succeed", "COMPLETED", "", None, 1, True, ["completed"], {"state": "completed"}]
    )
    def test_a_state_that_nobody_knows_does_not_count(self, service: Upstream, api: ApiModels, state: object) -> None:
        task = service.create({})
        service.does("GET", tells(state=state))
        assert type(error_of(lambda: look(api, task.id))) is Unavailable

    @pytest.mark.parametrize("no", [says, in_body], ids=["as the status", "in the body"])
    @pytest.mark.parametrize(
        ("code", "error"),
        [
            *((404, NoSuchTask), (401, KeyRefused), (400, Unavailable), (402, Unavailable), (403, Unavailable)),
            *((429, Unavailable), (500, Unavailable), (502, Unavailable), (599, Unavailable)),
        ],
    )
    def test_a_no_never_speaks_for_the_task(
        self, service: Upstream, api: ApiModels, no: Callable[[int], Fault], code: int, error: type[ProviderError]
    ) -> None:
        task = service.create({})
        service.does("GET", no(code))
        assert type(error_of(lambda: look(api, task.id))) is error

    @pytest.mark.parametrize("fault", WRONG.values(), ids=WRONG)
    def test_is_to_be_tried_again_when_the_service(self, service: Upstream, api: ApiModels, fault: Fault) -> None:
        task = service.create({})
        service.does("GET", fault)
        assert type(error_of(lambda: look(api, task.id))) is Unavailable
        assert service.asked == {"GET": 1}

    @pytest.mark.usefixtures("impatient")
    @pytest.mark.parametrize("fault", TOO_SLOW.values(), ids=TOO_SLOW)
    def test_ends_in_time_when_the_service(self, service: Upstream, api: ApiModels, fault: Fault) -> None:
        task = service.create({})
        service.does("GET", fault)
        started = time.monotonic()
        assert type(error_of(lambda: look(api, task.id))) is Unavailable
        assert SOON - 0.05 < time.monotonic() - started < SOON + 2

    def test_finds_nobody_listening(self) -> None:
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            api = ApiModels(f"http://127.0.0.1:{deaf.getsockname()[1]}", KEY)
            assert type(error_of(lambda: look(api, "clx1"))) is Unavailable


class TestAResultsAddress:
    GOOD = "https://cdn.example/x.mp4?sign=%2F+a"
    BAD = (
        *("javascript:alert(1)", "file:///etc/passwd", "ftp://cdn.example/x.mp4", "data:video/mp4;base64,AAAA"),
        *("//cdn.example/x.mp4", "/results/x.mp4", "cdn.example/x.mp4", "", "http://", "https:///x.mp4", "http://["),
        *("https://cdn.example/x\n.mp4", "https://cdn.example/\u202e4pm.x", "https://cdn.example/\ud800"),
        *(
            "https://cdn.example/" + "x" * 4000,
            None,
            5,
            True,
            ["https://cdn.example/x.mp4"],
            {"url": "https://a.example"},
        ),
    )

    @pytest.mark.parametrize("addresses", [*([bad] for bad in BAD), BAD, [], None, "https://cdn.example/x.mp4", {}, 5])
    def test_that_is_none_is_waited_for(self, service: Upstream, api: ApiModels, addresses: object) -> None:
        task = service.create({})
        service.does("GET", tells(resultUrls=addresses))
        assert type(error_of(lambda: look(api, task.id))) is Unavailable

    def test_may_be_missing_altogether(self, service: Upstream, api: ApiModels) -> None:
        service.does("GET", data(taskId="clx1", state="completed"))
        assert type(error_of(lambda: look(api, "clx1"))) is Unavailable

    @pytest.mark.parametrize("bad", BAD)
    def test_is_the_first_good_one(self, service: Upstream, api: ApiModels, bad: object) -> None:
        task = service.create({})
        service.does("GET", tells(resultUrls=[bad, self.GOOD, "https://cdn.example/second.mp4"]))
        assert look(api, task.id).result_url == self.GOOD

    @pytest.mark.parametrize(
        "address",
        ["HTTPS://CDN.example/x", "http://a", "https://视频.example/片.mp4", "https://a.example/" + "x" * 3982],
    )
    def test_is_taken_as_it_is(self, service: Upstream, api: ApiModels, address: str) -> None:
        task = service.create({})
        service.does("GET", tells(resultUrls=[address]))
        assert look(api, task.id).result_url == address


class TestTheTimeItTook:
    @pytest.mark.parametrize(
        ("begun", "ended", "seconds"),
        [
            (1705123450000, 1705123500000, 50),
            (1705123450000.5, 1705123450001.5, 0.001),
            (0, 1, 0.001),
            (10**400, 10**400 + 2000, 2),
            (1705123500000, 1705123450000, None),
            (1705123450000, 1705123450000, None),
            (0, 1705123500000, None),
            (0, 10**400, None),
            (-(10**400), 0, None),
            (1.5, 10**400, None),
            ("1705123450000", "1705123500000", None),
            (None, 1705123500000, None),
            (1705123450000, None, None),
            (False, True, None),
            ([0], [1], None),
            (float("nan"), 5, None),
            (5, float("nan"), None),
            (0, float("inf"), None),
            (float("-inf"), float("inf"), None),
            (float("inf"), float("inf"), None),
        ],
    )
    def test_is_in_seconds_by_the_services_own_clock_or_unknown(
        self, service: Upstream, api: ApiModels, begun: object, ended: object, seconds: float | None
    ) -> None:
        task = service.create({})
        service.does("GET", tells(createTime=begun, completeTime=ended))
        report = look(api, task.id)
        assert (report.state, report.made_in) == (State.COMPLETED, seconds)


class TestAResult:
    def test_is_brought_to_its_place(self, service: Upstream, api: ApiModels, order: Order, tmp_path: Path) -> None:
        report = look(api, api.submit(order))
        api.fetch(report.result_url, tmp_path / "clip.mp4", lambda: None)
        assert (tmp_path / "clip.mp4").read_bytes() == CLIP

    @pytest.mark.parametrize("fault", [says(403), says(404), says(500), drops, breaks_off(0), redirects("ftp://a/")])
    def test_that_does_not_come_is_unavailable(
        self, service: Upstream, api: ApiModels, tmp_path: Path, fault: Fault
    ) -> None:
        service.always["result"] = fault
        with pytest.raises(Unavailable):
            api.fetch(f"{service.url}/results/clx1.mp4", tmp_path / "clip.mp4", lambda: None)

    def test_that_lies_in_a_private_network_is_not_fetched(self, service: Upstream, tmp_path: Path) -> None:
        api = ApiModels(service.url, KEY)
        with pytest.raises(Unavailable):
            api.fetch(f"{service.url}/results/clx1.mp4", tmp_path / "clip.mp4", lambda: None)
        assert service.connections == 0

    def test_that_is_not_wanted_any_more_is_left(self, service: Upstream, api: ApiModels, tmp_path: Path) -> None:
        def unwanted() -> None:
            raise Stopped

        with pytest.raises(Stopped):
            api.fetch(f"{service.url}/results/clx1.mp4", tmp_path / "clip.mp4", unwanted)

    @pytest.mark.usefixtures("impatient")
    def test_that_takes_too_long_is_unavailable(self, service: Upstream, api: ApiModels, tmp_path: Path) -> None:
        service.always["result"] = drips_the_body
        started = time.monotonic()
        with pytest.raises(Unavailable):
            api.fetch(f"{service.url}/results/clx1.mp4", tmp_path / "clip.mp4", lambda: None)
        assert time.monotonic() - started < SOON + 2

    def test_that_is_too_large_is_unavailable(
        self, service: Upstream, api: ApiModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(apimodels, "MOST_RESULT", len(CLIP) - 1)
        with pytest.raises(Unavailable):
            api.fetch(f"{service.url}/results/clx1.mp4", tmp_path / "clip.mp4", lambda: None)


class TestACheck:
    def test_of_a_good_key_spends_nothing(self, service: Upstream, api: ApiModels) -> None:
        api.check()
        assert service.asked == {"GET": 1}
        assert not service.tasks

    def test_takes_the_no_in_the_body_as_well(self, service: Upstream, api: ApiModels) -> None:
        service.does("GET", in_body(404, "task not found"))
        api.check()

    def test_of_a_wrong_key_says_so(self, service: Upstream) -> None:
        assert type(error_of(ApiModels(service.url, "sk-wrong").check)) is KeyRefused

    @pytest.mark.parametrize("fault", [says(401), says(403), in_body(401), in_body(403)])
    def test_of_a_key_without_rights_says_so(self, service: Upstream, api: ApiModels, fault: Fault) -> None:
        service.does("GET", fault)
        assert type(error_of(api.check)) is KeyRefused

    @pytest.mark.parametrize(
        "fault",
        [
            sends(b"<html>Welcome</html>", kind="text/html"),
            sends(b"<html>Not found</html>", 404, "text/html"),
            sends(b"", 404),
            sends(b"[404]", 404),
            sends(b'{"detail": "Not Found"}', 404),
            sends(b'{"code": 200, "msg": "success", "data": {"taskId": "clx1", "state": "pending"}}'),
            sends(b'{"code": 200}', 404),
            *(redirects("/login"), says(400), says(500), says(503), in_body(500), half, drops, endless),
        ],
    )
    def test_of_something_else_is_no_good(self, service: Upstream, api: ApiModels, fault: Fault) -> None:
        service.does("GET", fault)
        assert type(error_of(api.check)) is Unavailable

    @pytest.mark.usefixtures("impatient")
    def test_of_one_who_keeps_silent_ends_in_time(self, service: Upstream, api: ApiModels) -> None:
        service.does("GET", hangs(LONG))
        assert type(error_of(api.check)) is Unavailable


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Content policy violation", Verdict.POLICY),
        ("Failure to pass the risk control system", Verdict.POLICY),
        ("The image contains SENSITIVE content", Verdict.POLICY),
        ("Blocked by moderation", Verdict.POLICY),
        ("no face detected", Verdict.NO_FACE),
        ("Two faces are needed", Verdict.NO_FACE),
        ("No person in the image", Verdict.NO_FACE),
        ("unknown effect", Verdict.UNKNOWN_EFFECT),
        ("unsupported effect_scene: balloon_parade", Verdict.UNKNOWN_EFFECT),
        ("Invalid effect scene 'balloon_parade'", Verdict.UNKNOWN_EFFECT),
        ("effect_scene is invalid", Verdict.UNKNOWN_EFFECT),
        ("effect_scene value 'balloon_parade' is not supported.", Verdict.UNKNOWN_EFFECT),
        ("The effect balloon_parade does not exist", Verdict.UNKNOWN_EFFECT),
        ("Effect 'face_warp' not found", Verdict.UNKNOWN_EFFECT),
        ("This effect is no longer available", Verdict.UNKNOWN_EFFECT),
        ("scene not found, see the list", Verdict.UNKNOWN_EFFECT),
        # One person's photo must not take an effect away from everybody.
        ("Failed to apply the effect: invalid image", Verdict.OTHER),
        ("Effect balloon_parade: the image is invalid", Verdict.OTHER),
        ("effect_scene hug_pro is not supported with a single image", Verdict.OTHER),
        ("This effect does not support the image format", Verdict.OTHER),
        ("The effect is not available in your plan", Verdict.OTHER),
        ("Invalid effect image", Verdict.OTHER),
        ("Effect failed, image not found", Verdict.OTHER),
        ("invalid image", Verdict.OTHER),
        ("The surface is too small", Verdict.OTHER),
        ("", Verdict.OTHER),
    ],
)
def test_a_sentence_is_about(sentence: str, verdict: Verdict) -> None:
    assert verdict_of(sentence) is verdict


# Any JSON at all, and JSON that is nearly an answer.
FIELDS = st.sampled_from(["code", "msg", "data", "taskId", "state", "resultUrls", "failMsg", "createTime"])
LEAVES = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    st.sampled_from([10**400, -(10**400), 400, 401, 404, 500, "\ud800", "completed", "http://a.example/", "http://["]),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS | st.text(max_size=5), inner, max_size=5),
    max_leaves=15,
)
TASK = st.fixed_dictionaries(
    {"taskId": st.just("clx1") | ANYTHING, "state": st.sampled_from([*(it.value for it in State), "?"]) | ANYTHING},
    optional={
        "resultUrls": st.lists(LEAVES | st.just("http://a.example/x.mp4"), max_size=3) | ANYTHING,
        "failMsg": ANYTHING,
        "createTime": ANYTHING,
        "completeTime": ANYTHING,
    },
)
ANSWERS = ANYTHING | st.fixed_dictionaries({"data": TASK | ANYTHING}, optional={"code": LEAVES, "msg": LEAVES})


@given(answer=ANSWERS, status=st.sampled_from([200, 200, 200, 400, 401, 402, 404, 500]))
@hypothesis_settings(
    max_examples=80,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_json_comes_it_is_an_id_or_a_report_or_an_error_of_a_provider(
    service: Upstream, api: ApiModels, order: Order, answer: object, status: int
) -> None:
    fault = sends(json.dumps(answer).encode(), status)
    service.does("POST", fault)
    service.does("GET", fault, fault)
    before = service.asked.copy()
    for call, kind in ((lambda: api.submit(order), str), (lambda: look(api, "clx1"), Report), (api.check, type(None))):
        try:
            result = call()
        except ProviderError as error:
            str(error).encode()
        else:
            assert type(result) is kind
            for text in (result,) if isinstance(result, str) else (result.result_url, result.reason) if result else ():
                text.encode()
                assert text.isprintable()
    assert service.asked - before == {"POST": 1, "GET": 2}
