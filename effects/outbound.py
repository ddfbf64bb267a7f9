"""How the studio asks others over HTTP: within a total time, and never where it was not meant to. No Django inside.

httpx knows a time for each phase; a server that drips a byte now and then stays within all of them for ever. And an
address that somebody else has named may lead into the network that the studio stands in.
"""

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpcore2
import httpx2

PHASES = httpx2.Timeout(connect=10, read=20, write=20, pool=30)
MOST_HOPS = 3
RESUMES = 4
PIECE = 64 * 1024
NAT64 = ipaddress.ip_network("64:ff9b::/96")
GIVEN_OUT = ipaddress.ip_network("2000::/3")  # all of IPv6 that anybody on the internet has an address in
# Not private to every Python; some clouds tell a machine its secrets there.
PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


class Forbidden(Exception):
    """The address is not one that the studio goes to."""


class NotFetched(Exception):
    """The file did not come, or not whole; another try may bring it."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let requests in this block take so long in all; a time-out of the phase they are in ends them."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def client(*, guarded: bool, **options: Any) -> httpx2.Client:
    """Return a client that keeps to `within`. A guarded one connects to public addresses alone, and to no others
    behind a name that changes its mind: it resolves once and connects to what it has checked."""
    limits = options.pop("limits", httpx2.Limits())
    transport = httpx2.HTTPTransport(verify=_certificates(), limits=limits, trust_env=False)
    # The pool takes a backend, but the transport has no argument for it.
    transport._pool._network_backend = _Backend(is_public if guarded else lambda address: True)
    return httpx2.Client(transport=transport, trust_env=False, **{"timeout": PHASES, **options})


@cache
def _certificates() -> ssl.SSLContext:
    """Return whom to trust; to read that takes longer than many a request."""
    return httpx2.create_ssl_context(trust_env=False)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: not private, loopback, link-local, multicast or reserved."""
    ip = ipaddress.ip_address(address.split("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if ip in NAT64:
        inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if inner:
        return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and ip not in PROTOCOLS and (ip.version == 4 or ip in GIVEN_OUT)


@dataclass(frozen=True)
class Limits:
    """How large a file may be in bytes, how many seconds it may take, and whether it may lie in a private network."""

    most_bytes: int
    seconds: float
    allow_private: bool = False


def download(url: str, target: Path, limits: Limits, heartbeat: Callable[[], None]) -> None:
    """Stream a file to `target`, going on where it broke off; Forbidden or NotFetched if it did not come whole.

    `heartbeat` is called after each piece; what it raises ends the download.
    """
    headers = {"Accept-Encoding": "identity"}
    with within(limits.seconds), client(guarded=not limits.allow_private, headers=headers) as http:
        download = _Download(http, url, target, limits.most_bytes, heartbeat)
        for _ in range(RESUMES):
            have = download.have
            if download.go_on():
                return
            if download.have == have:
                break
    raise NotFetched(download.fault)


class _Download:
    def __init__(
        self, http: httpx2.Client, url: str, target: Path, most_bytes: int, heartbeat: Callable[[], None]
    ) -> None:
        self.http = http
        self.url = url
        self.target = target
        self.most_bytes = most_bytes
        self.heartbeat = heartbeat
        self.have = 0
        self.etag = ""
        self.fault = ""
        target.write_bytes(b"")

    def go_on(self) -> bool:
        """Bring what is missing; return whether that is all, else say in `fault` why not."""
        wanted = {"Range": f"bytes={self.have}-", "If-Range": self.etag} if self.have and self.etag else {}
        try:
            with _followed(self.http, self.url, wanted) as response:
                if response.status_code == 200:
                    self.have = 0
                elif not _is_the_rest(response, self.have):
                    raise NotFetched(f"The address of the result answered {response.status_code}")
                return self._take(response)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            self.fault = f"The download broke off after {self.have} bytes: {type(error).__name__}"
            return False

    def _take(self, response: httpx2.Response) -> bool:
        self.etag = response.headers.get("etag", "")
        self.etag = "" if self.etag.startswith("W/") else self.etag
        with self.target.open("r+b") as file:
            file.truncate(self.have)
            file.seek(self.have)
            for piece in response.iter_raw():
                self.have += len(piece)
                if self.have > self.most_bytes:
                    raise NotFetched(f"The result has more than {self.most_bytes} bytes")
                file.write(piece)
                self.heartbeat()
        return True


def _is_the_rest(response: httpx2.Response, have: int) -> bool:
    """Whether an answer goes on where the file broke off, and to its end."""
    part = re.fullmatch(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", response.headers.get("content-range", ""))
    if response.status_code != 206 or not part:
        return False
    start, last, size = part.groups()
    return int(start) == have and size in ("*", str(int(last) + 1))


@contextmanager
def _followed(http: httpx2.Client, url: str, headers: dict[str, str]) -> Iterator[httpx2.Response]:
    """Ask for an address, and for where it redirects to, each checked like the first."""
    for _ in range(MOST_HOPS):
        if not url.lower().startswith(("http://", "https://")):
            raise Forbidden("The address of the result is not one of the web")
        with http.stream("GET", url, headers=headers) as response:
            if response.next_request is None:  # no redirect, or one to nowhere
                yield response
                return
            url = str(response.next_request.url)
    raise NotFetched("The address of the result redirects in circles")


class _Backend(httpcore2.NetworkBackend):
    """Connects to an address that it has resolved and checked itself."""

    def __init__(self, allows: Callable[[str], bool]) -> None:
        self.allows = allows
        self.sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, ValueError, OverflowError) as error:  # the last two for names and ports that are none
            raise httpcore2.ConnectError(str(error)) from error
        addresses = [str(entry[4][0]) for entry in found]
        if not all(map(self.allows, addresses)):
            raise Forbidden(f"{host} is not an address of the open internet")
        return self._first_of(addresses, port, timeout, local_address, socket_options)

    def _first_of(
        self, addresses: list[str], port: int, timeout: float | None, *options: Any
    ) -> httpcore2.NetworkStream:
        fault: Exception = httpcore2.ConnectError("The name has no address")
        for number, address in enumerate(addresses):
            left = _left(timeout, httpcore2.ConnectTimeout)
            share = left and left / (len(addresses) - number)  # so that a silent one leaves time for the others
            try:
                return _Stream(self.sockets.connect_tcp(address, port, share, *options))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                fault = error
        raise fault


class _Stream(httpcore2.NetworkStream):
    """A connection whose every read and write ends with the total time."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self.inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE):
            self.inner.write(buffer[start : start + PIECE], _left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> "_Stream":
        return _Stream(self.inner.start_tls(ssl_context, server_hostname, _left(timeout, httpcore2.ConnectTimeout)))

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


def _left(timeout: float | None, expired: type[Exception]) -> float | None:
    end = _deadline.get()
    if end is None:
        return timeout
    left = end - time.monotonic()
    if left <= 0:
        raise expired("The total time is over")
    return left if timeout is None else min(timeout, left)
