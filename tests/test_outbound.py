"""How the studio asks others over HTTP: never where it was not meant to, never for longer, and to the last byte."""

import hashlib
import socket
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from effects import outbound
from effects.outbound import Forbidden, Limits, NotFetched, client, download, is_public, within
from tests.upstream import Fault, Handler, Upstream, breaks_off, drips, drops, endless, half, hangs, redirects, sends

FILE = hashlib.shake_256(b"the file").digest(700_000)
OTHER_FILE = hashlib.shake_256(b"another file").digest(600_000)
MOST = 1_000_000
SOON, LONG = 0.4, 6  # seconds that a download may take, and that a slow server takes
OPEN = "93.184.215.14"  # an address of the internet, that nobody here ever connects to


@pytest.fixture
def server() -> Iterator[Upstream]:
    """A server with a file, to which no connection may be left when the test is over."""
    with Upstream(FILE) as server:
        yield server
        ends = time.monotonic() + 2
        while server.open_connections and time.monotonic() < ends:
            time.sleep(0.005)
        assert server.open_connections == 0


@pytest.fixture
def slow_server() -> Iterator[Upstream]:
    """A server that may still be asleep when the test is over."""
    with Upstream(FILE) as server:
        yield server


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "result.mp4"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> "Names":
    return Names(monkeypatch)


class Names:
    """The names of a small internet: to each, what it resolves to, time after time; the last answer stays."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: dict[str, list[list[str]]] = {}
        self.asked: Counter[str] = Counter()
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)

    def __setitem__(self, name: str, answers: list[list[str]]) -> None:
        self.answers[name] = answers

    def _look_up(self, host: Any, port: Any, *rest: Any, **options: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else host
        self.asked[name] += 1
        answers = self.answers.get(name)
        if answers is None:
            return self._real(host, port, *rest, **options)
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [entry for address in addresses for entry in self._real(address, port, *rest, **options)]


@pytest.fixture
def one_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let 127.0.0.1 pass for an address of the internet; the rest of 127.0.0.0/8 is as private as ever."""
    monkeypatch.setattr(outbound, "is_public", lambda address: address == "127.0.0.1" or is_public(address))


def beat() -> None:
    """Want the result for ever."""


def anywhere(seconds: float = 20, most: int = MOST) -> Limits:
    return Limits(most, seconds, allow_private=True)


PUBLIC_ONLY = Limits(MOST, 20)


def file_at(server: Upstream, host: str = "127.0.0.1") -> str:
    return f"http://{host}:{server.server.server_address[1]}/results/x.mp4"


def ranges_asked_of(server: Upstream) -> list[tuple[str | None, str | None]]:
    return [(headers.get("range"), headers.get("if-range")) for _, _, headers in server.heads]


class Gone(Exception):
    """Nobody wants the result any more."""


def drips_a_file(handler: Handler) -> bool:
    """Send the head at once, and of the file a byte now and then, each well within the time of its phase."""
    handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(FILE)}\r\n\r\n".encode())
    try:
        for start in range(100):
            handler.wfile.write(FILE[start : start + 1])
            handler.wfile.flush()
            time.sleep(LONG / 100)
    except OSError:
        pass
    handler.close_connection = True
    return True


class TestAnAddress:
    @pytest.mark.parametrize(
        "address",
        [
            *(
                "1.1.1.1",
                "8.8.8.8",
                OPEN,
                "172.15.255.255",
                "172.32.0.1",
                "192.167.1.1",
                "100.63.255.255",
                "100.128.0.1",
            ),
            *("223.255.255.255", "2606:4700:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888"),
            *("::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"),
        ],
    )
    def test_of_the_internet_is_public(self, address: str) -> None:
        assert is_public(address)

    @pytest.mark.parametrize(
        "address",
        [
            *("127.0.0.1", "127.255.255.254", "::1"),  # this machine
            *("0.0.0.0", "0.1.2.3", "::"),  # this machine too, to some systems  # noqa: S104
            *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "fc00::1", "fd12:3456::1", "fec0::1"),
            *("169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "febf::1"),  # this wire
            *("100.64.0.1", "100.100.100.200", "100.127.255.255"),  # behind a provider
            *("192.0.0.1", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "2001:db8::1"),
            *("224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"),  # many at once
            *("240.0.0.1", "255.255.255.255", "4000::1", "5f00::1", "100::1", "2001::1"),  # nobody's
            *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1"),
            *("::127.0.0.1", "::10.0.0.1"),
            *("64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "64:ff9b:1::808:808"),
            *("2002:7f00:1::1", "2002:a00:1::1", "2002:c0a8:1::1", "2002:a9fe:a9fe::"),
        ],
    )
    def test_of_any_other_kind_is_not(self, address: str) -> None:
        assert not is_public(address)


class TestAGuardedClient:
    @pytest.mark.parametrize(
        "host",
        [
            *("127.0.0.1", "localhost", "LocalHost", "127.1", "127.0.1", "2130706433", "017700000001", "0177.1"),
            *("0x7f000001", "0x7f.1", "0x7F.0x0.0x0.0x1", "0", "me@127.0.0.1", "cdn.example@127.0.0.1"),
        ],
    )
    def test_is_kept_from_this_machine_by_nothing_but_its_guard(
        self, server: Upstream, target: Path, host: str
    ) -> None:
        with pytest.raises(Forbidden):
            download(file_at(server, host), target, PUBLIC_ONLY, beat)
        assert server.connections == 0
        download(file_at(server, host), target, anywhere(), beat)
        assert target.read_bytes() == FILE

    @pytest.mark.parametrize("host", ["127.8.9.10", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"])
    def test_does_not_go_to_this_machine_by_its_other_addresses(
        self, server: Upstream, target: Path, host: str
    ) -> None:
        with pytest.raises(Forbidden):
            download(file_at(server, host), target, PUBLIC_ONLY, beat)

    @pytest.mark.parametrize("host", ["0177.0.0.1", "127.0.0.01", "①②⑦.⓪.⓪.①", "１２７.1"])
    def test_does_not_know_spellings_that_are_none(self, server: Upstream, target: Path, host: str) -> None:
        with pytest.raises(NotFetched):
            download(file_at(server, host), target, PUBLIC_ONLY, beat)
        assert server.connections == 0

    @pytest.mark.parametrize(
        "addresses",
        [
            *(["127.0.0.1"], ["10.1.2.3"], ["169.254.169.254"], ["::1"], ["::ffff:127.0.0.1"], ["fd00::1"]),
            *([OPEN, "127.0.0.1"], ["127.0.0.1", OPEN], [OPEN, OPEN, "::1"]),
        ],
    )
    def test_does_not_go_by_a_name_of_which_one_address_is_private(
        self,
        server: Upstream,
        target: Path,
        names: Names,
        addresses: list[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def connect(*_: Any, **__: Any) -> None:
            raise AssertionError("it has connected")

        monkeypatch.setattr(socket, "create_connection", connect)
        names["cdn.example"] = [addresses]
        with pytest.raises(Forbidden):
            download(file_at(server, "cdn.example"), target, PUBLIC_ONLY, beat)
        assert names.asked == {"cdn.example": 1}
        assert server.connections == 0

    @pytest.mark.usefixtures("one_open")
    def test_connects_to_the_very_address_that_it_has_checked(
        self, server: Upstream, target: Path, names: Names
    ) -> None:
        names["rebinding.example"] = [["127.0.0.1"], ["127.0.0.2"]]
        download(file_at(server, "rebinding.example"), target, PUBLIC_ONLY, beat)
        assert target.read_bytes() == FILE
        assert names.asked["rebinding.example"] == 1
        ((_, _, headers),) = server.heads
        assert headers["host"].startswith("rebinding.example:")

    @pytest.mark.usefixtures("one_open")
    def test_checks_anew_when_it_connects_anew(self, server: Upstream, target: Path, names: Names) -> None:
        names["rebinding.example"] = [["127.0.0.1"], ["127.0.0.2"]]
        server.does("result", breaks_off(300_000))
        with pytest.raises(Forbidden):
            download(file_at(server, "rebinding.example"), target, PUBLIC_ONLY, beat)
        assert (names.asked["rebinding.example"], server.connections) == (2, 1)

    @pytest.mark.usefixtures("one_open")
    def test_takes_the_next_address_when_nobody_is_at_the_first(
        self, server: Upstream, target: Path, names: Names
    ) -> None:
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.2", server.server.server_address[1]))
            names["cdn.example"] = [["127.0.0.2", "127.0.0.1"]]
            download(file_at(server, "cdn.example"), target, anywhere(), beat)
        assert target.read_bytes() == FILE

    def test_does_not_ask_the_surroundings_for_a_proxy(
        self, server: Upstream, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, server.url)
        with pytest.raises(Forbidden):
            download("http://10.1.2.3/x.mp4", target, PUBLIC_ONLY, beat)
        assert server.connections == 0

    def test_finds_no_address(self, target: Path, names: Names) -> None:
        names["nowhere.example"] = [[]]
        with pytest.raises(NotFetched):
            download("http://nowhere.example/x.mp4", target, PUBLIC_ONLY, beat)

    def test_guards_every_request_and_not_downloads_alone(self, server: Upstream) -> None:
        with client(guarded=True) as http, pytest.raises(Forbidden):
            http.get(server.url)
        with client(guarded=False) as http:
            assert http.get(server.url).status_code == 401
        assert server.connections == 1


@pytest.mark.usefixtures("one_open")
class TestARedirect:
    def test_is_followed_to_a_public_address(self, server: Upstream, target: Path) -> None:
        server.does("result", redirects("/results/elsewhere.mp4"))
        download(file_at(server), target, PUBLIC_ONLY, beat)
        assert target.read_bytes() == FILE
        assert [path for _, path, _ in server.heads] == ["/results/x.mp4", "/results/elsewhere.mp4"]

    @pytest.mark.parametrize(
        "host", ["127.0.0.2", "10.0.0.1", "169.254.169.254", "[::1]", "2130706434", "inner.example", "user@127.0.0.2"]
    )
    def test_into_a_private_network_is_not_followed(
        self, server: Upstream, target: Path, names: Names, host: str
    ) -> None:
        names["inner.example"] = [["192.168.1.1"]]
        server.does("result", redirects(file_at(server, host)))
        with pytest.raises(Forbidden):
            download(file_at(server), target, PUBLIC_ONLY, beat)
        assert len(server.heads) == server.connections == 1

    @pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://127.0.0.1/x.mp4", "gopher://127.0.0.1/x"])
    def test_to_another_scheme_is_not_followed(self, server: Upstream, target: Path, place: str) -> None:
        server.does("result", redirects(place))
        with pytest.raises(Forbidden):
            download(file_at(server), target, PUBLIC_ONLY, beat)
        assert target.read_bytes() == b""

    @pytest.mark.parametrize(
        "place", ["http://[", "//[::1", "http://a\u2100b/", "http://a:99999999999999999999/", "javascript:alert(1)"]
    )
    def test_to_nowhere_brings_nothing(self, server: Upstream, target: Path, place: str) -> None:
        def leads_nowhere(handler: Handler) -> bool:
            handler.wfile.write(f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())
            return True

        server.does("result", leads_nowhere)
        with pytest.raises(NotFetched):
            download(file_at(server), target, PUBLIC_ONLY, beat)

    @pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
    def test_without_a_place_brings_nothing(self, server: Upstream, target: Path, status: int) -> None:
        server.does("result", sends(b"", status))
        with pytest.raises(NotFetched):
            download(file_at(server), target, PUBLIC_ONLY, beat)

    def test_in_circles_comes_to_an_end(self, server: Upstream, target: Path) -> None:
        server.always["result"] = redirects("/results/x.mp4")
        with pytest.raises(NotFetched):
            download(file_at(server), target, PUBLIC_ONLY, beat)
        assert len(server.heads) == outbound.MOST_HOPS


class TestADownload:
    def test_brings_the_whole_file(self, server: Upstream, target: Path) -> None:
        target.write_bytes(b"what was here before" * 100_000)
        download(file_at(server), target, anywhere(), beat)
        assert target.read_bytes() == FILE
        ((method, _, headers),) = server.heads
        assert (method, headers["accept-encoding"], "range" in headers) == ("GET", "identity", False)

    def test_goes_on_where_it_broke_off(self, server: Upstream, target: Path) -> None:
        server.does("result", breaks_off(300_000), breaks_off(250_000))
        download(file_at(server), target, anywhere(), beat)
        assert target.read_bytes() == FILE
        assert ranges_asked_of(server) == [
            (None, None),
            ("bytes=300000-", '"clip"'),
            ("bytes=550000-", '"clip"'),
        ]

    def test_begins_afresh_when_the_file_has_changed(self, server: Upstream, target: Path) -> None:
        def changes(handler: Handler) -> bool:
            server.clip, server.etag = OTHER_FILE, '"other"'
            return False

        server.does("result", breaks_off(650_000), changes)
        download(file_at(server), target, anywhere(), beat)
        assert target.read_bytes() == OTHER_FILE

    def test_begins_afresh_where_files_come_whole_only(self, server: Upstream, target: Path) -> None:
        def knows_no_ranges(handler: Handler) -> bool:
            handler.send(200, FILE, "video/mp4", ETag='"clip"')
            return True

        server.does("result", breaks_off(300_000), knows_no_ranges)
        download(file_at(server), target, anywhere(), beat)
        assert target.read_bytes() == FILE

    @pytest.mark.parametrize("etag", ["", 'ETag: W/"clip"\r\n'])
    def test_asks_for_no_rest_of_what_may_be_another_file(self, server: Upstream, target: Path, etag: str) -> None:
        def breaks_off_unmarked(handler: Handler) -> bool:
            handler.wfile.write(f"HTTP/1.1 200 OK\r\n{etag}Content-Length: {len(FILE)}\r\n\r\n".encode() + FILE[:9999])
            handler.hang_up()
            return True

        server.does("result", breaks_off_unmarked)
        download(file_at(server), target, anywhere(), beat)
        assert target.read_bytes() == FILE
        assert ranges_asked_of(server) == [(None, None), (None, None)]

    @pytest.mark.parametrize(
        "part",
        [
            f"bytes 299999-699999/{len(FILE)}",
            f"bytes 300001-699999/{len(FILE)}",
            f"bytes 3000000-699999/{len(FILE)}",
            f"bytes 300000-499999/{len(FILE)}",
            f"bytes */{len(FILE)}",
            "bytes 300000-",
            "",
        ],
    )
    def test_does_not_take_another_part_for_the_rest(self, server: Upstream, target: Path, part: str) -> None:
        def sends_another(handler: Handler) -> bool:
            handler.send(206, FILE[300_000:], "video/mp4", ETag='"clip"', Content_Range=part)
            return True

        server.does("result", breaks_off(300_000), sends_another)
        with pytest.raises(NotFetched):
            download(file_at(server), target, anywhere(), beat)

    def test_does_not_take_an_error_for_the_rest(self, server: Upstream, target: Path) -> None:
        def says_no(handler: Handler) -> bool:
            handler.send(503, b"<html>" * 1000, "text/html", Content_Range=f"bytes 300000-699999/{len(FILE)}")
            return True

        server.does("result", breaks_off(300_000), says_no)
        with pytest.raises(NotFetched, match="503"):
            download(file_at(server), target, anywhere(), beat)

    def test_takes_a_rest_of_unknown_size(self, server: Upstream, target: Path) -> None:
        def sends_rest(handler: Handler) -> bool:
            handler.send(206, FILE[300_000:], "video/mp4", Content_Range="bytes 300000-699999/*")
            return True

        server.does("result", breaks_off(300_000), sends_rest)
        download(file_at(server), target, anywhere(), beat)
        assert target.read_bytes() == FILE

    def test_gives_up_on_what_breaks_off_again_and_again(self, server: Upstream, target: Path) -> None:
        server.always["result"] = breaks_off(1000)
        with pytest.raises(NotFetched, match="4000 bytes"):
            download(file_at(server), target, anywhere(), beat)
        assert len(server.heads) == outbound.RESUMES

    @pytest.mark.parametrize("fault", [breaks_off(0), drops, half])
    def test_gives_up_at_once_on_what_does_not_come_further(self, server: Upstream, target: Path, fault: Fault) -> None:
        server.always["result"] = fault
        with pytest.raises(NotFetched):
            download(file_at(server), target, anywhere(), beat)
        assert len(server.heads) <= 2

    @pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 410, 416, 429, 500, 503])
    def test_says_with_what_it_was_answered(self, server: Upstream, target: Path, status: int) -> None:
        target.write_bytes(b"what was here before")
        server.does("result", sends(b"" if status == 204 else b"<html>no</html>", status))
        with pytest.raises(NotFetched, match=str(status)):
            download(file_at(server), target, anywhere(), beat)
        assert target.read_bytes() == b""

    def test_that_breaks_off_may_find_the_file_gone(self, server: Upstream, target: Path) -> None:
        server.does("result", breaks_off(300_000), sends(b"<html>gone</html>", 403))
        with pytest.raises(NotFetched, match="403"):
            download(file_at(server), target, anywhere(), beat)
        assert target.read_bytes() == FILE[:300_000]

    def test_may_be_just_as_large_as_it_may(self, server: Upstream, target: Path) -> None:
        download(file_at(server), target, anywhere(most=len(FILE)), beat)
        assert target.read_bytes() == FILE

    def test_stops_at_the_most_that_it_may_bring(self, server: Upstream, target: Path) -> None:
        with pytest.raises(NotFetched, match="more than"):
            download(file_at(server), target, anywhere(most=len(FILE) - 1), beat)
        assert target.stat().st_size < len(FILE)
        assert len(server.heads) == 1

    def test_counts_all_parts_towards_the_most(self, server: Upstream, target: Path) -> None:
        server.does("result", breaks_off(400_000))
        with pytest.raises(NotFetched, match="more than"):
            download(file_at(server), target, anywhere(most=500_000), beat)
        assert target.stat().st_size <= 500_000

    def test_of_what_has_no_end_stops_too(self, server: Upstream, target: Path) -> None:
        server.does("result", endless)
        with pytest.raises(NotFetched, match="more than"):
            download(file_at(server), target, anywhere(), beat)
        assert target.stat().st_size <= MOST

    @pytest.mark.parametrize("host", ["", "[", "[::1", "a..b", "a\u2100b", "xn--", "x" * 300, "a:99999999999999999999"])
    def test_from_nowhere_brings_nothing(self, target: Path, host: str) -> None:
        with pytest.raises(NotFetched):
            download(f"http://{host}/x.mp4", target, PUBLIC_ONLY, beat)

    @pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/x", "javascript:alert(1)", "/x.mp4", ""])
    def test_from_elsewhere_than_the_web_is_refused(self, target: Path, url: str) -> None:
        with pytest.raises(Forbidden):
            download(url, target, anywhere(), beat)


class TestTheHeartbeat:
    def test_is_felt_with_every_piece(self, server: Upstream, target: Path) -> None:
        sizes: list[int] = []
        server.does("result", breaks_off(300_000))
        download(file_at(server), target, anywhere(), lambda: sizes.append(target.stat().st_size))
        assert len(sizes) >= len(FILE) / outbound.PIECE
        assert sizes == sorted(sizes) and sizes[0] < 100_000

    def test_is_felt_where_bytes_come_few_and_far_between(self, slow_server: Upstream, target: Path) -> None:
        beats: list[float] = []

        def stop_at_third() -> None:
            beats.append(time.monotonic())
            if len(beats) == 3:
                raise Gone

        slow_server.does("result", drips_a_file)
        with pytest.raises(Gone):
            download(file_at(slow_server), target, anywhere(), stop_at_third)
        assert beats[-1] - beats[0] < LONG / 2

    def test_that_stops_ends_the_download_at_once(self, server: Upstream, target: Path) -> None:
        def stop() -> None:
            raise Gone

        with pytest.raises(Gone):
            download(file_at(server), target, anywhere(), stop)
        assert 0 < target.stat().st_size < len(FILE)
        assert len(server.heads) == 1


class TestTime:
    @pytest.mark.parametrize("fault", [hangs(LONG), drips(LONG), drips_a_file])
    def test_ends_a_download(self, slow_server: Upstream, target: Path, fault: Fault) -> None:
        slow_server.always["result"] = fault
        started = time.monotonic()
        with pytest.raises(NotFetched):
            download(file_at(slow_server), target, anywhere(SOON), beat)
        assert SOON - 0.05 < time.monotonic() - started < SOON + 2

    def test_is_one_for_all_tries(self, slow_server: Upstream, target: Path) -> None:
        def comes_a_little_further(handler: Handler) -> bool:
            time.sleep(SOON * 0.7)
            return breaks_off(1000)(handler)

        slow_server.always["result"] = comes_a_little_further
        started = time.monotonic()
        with pytest.raises(NotFetched):
            download(file_at(slow_server), target, anywhere(SOON), beat)
        assert time.monotonic() - started < SOON * 0.7 * 2
        assert slow_server.connections == 2

    def test_of_a_phase_ends_a_try_and_not_the_download(
        self, slow_server: Upstream, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stops_for_long(handler: Handler) -> bool:
            handler.send_response(200)
            handler.send_header("ETag", '"clip"')
            handler.send_header("Content-Length", str(len(FILE)))
            handler.end_headers()
            handler.wfile.write(FILE[:1234])
            handler.wfile.flush()
            time.sleep(LONG)
            return True

        monkeypatch.setattr(outbound, "PHASES", httpx2.Timeout(LONG, read=0.2))
        slow_server.does("result", stops_for_long)
        started = time.monotonic()
        download(file_at(slow_server), target, anywhere(), beat)
        assert target.read_bytes() == FILE
        assert ranges_asked_of(slow_server)[1] == ("bytes=1234-", '"clip"')
        assert time.monotonic() - started < LONG / 2

    def test_that_is_over_starts_nothing(self, server: Upstream) -> None:
        with client(guarded=False) as http, within(0), pytest.raises(httpx2.ConnectTimeout):
            http.get(server.url)
        assert server.connections == 0

    def test_is_given_back_when_a_block_ends(self, server: Upstream) -> None:
        with client(guarded=False) as http:
            with within(0.001):
                time.sleep(0.002)
            assert http.get(server.url).status_code == 401

    def test_inside_a_longer_one_ends_by_itself(self, server: Upstream) -> None:
        with client(guarded=False) as http, within(20):
            with within(0), pytest.raises(httpx2.ConnectTimeout):
                http.get(server.url)
            assert http.get(server.url).status_code == 401

    def test_covers_what_is_sent(self, tmp_path: Path) -> None:
        with socket.socket() as lazy:
            lazy.bind(("127.0.0.1", 0))
            lazy.listen(5)
            started = time.monotonic()
            with client(guarded=False) as http, within(SOON), pytest.raises(httpx2.WriteTimeout):
                http.post(f"http://127.0.0.1:{lazy.getsockname()[1]}", content=bytes(16_000_000))
            assert time.monotonic() - started < SOON + 2
