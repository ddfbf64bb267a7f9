"""A stand-in for the hosted video service: a real HTTP server that speaks its contract, and misbehaves on request.

In a test it runs in a thread of its own (`Upstream(clip)` as a context manager); `python -m tests.upstream` runs it
alone, for the benchmark.
"""

import argparse
import heapq
import json
import threading
import time
import urllib.request
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "sk-stand-in-0123456789"
PATH = "/api/v1/video/generations"
MODEL = "kling-video/kling-effects"
GOLDEN = 0.618034  # its multiples spread evenly, in no order

# Method, path and headers of a request, their names in lower case.
Head = tuple[str, str, dict[str, str]]
# What a request meets instead of a plain answer; it returns whether that was all.
Fault = Callable[["Handler"], bool]


@dataclass
class Task:
    id: str
    request: dict[str, Any]
    created: float
    making: float
    fail_message: str = ""
    state: str = ""
    gets: int = 0
    callback_states: list[int] = field(default_factory=list)

    @property
    def ends_at(self) -> float:
        return self.created + self.making

    def state_now(self) -> str:
        if self.state:
            return self.state
        if time.time() >= self.ends_at:
            return "failed" if self.fail_message else "completed"
        return "pending" if time.time() < self.created + self.making / 10 else "processing"


class Upstream:
    """The service: what it was sent, what it made of it, and what it is to do wrong."""

    def __init__(self, clip: bytes, making: float = 0.0, calls_back: bool = False, spread: float = 0.0) -> None:
        self.clip = clip
        self.making = making
        self.spread = spread
        self.calls_back = calls_back
        self.posts: list[dict[str, Any]] = []
        self.tasks: dict[str, Task] = {}
        self.asked: Counter[str] = Counter()
        self.heads: deque[Head] = deque(maxlen=1000)
        self.etag = '"clip"'
        self.at_once = self.most_at_once = 0
        self.connections = self.open_connections = 0
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.always: dict[str, Fault] = {}
        self.lock = threading.Lock()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.upstream = self
        self._due: list[tuple[float, int, Task, int]] = []

    def __enter__(self) -> "Upstream":
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        if self.calls_back:
            for _ in range(4):
                threading.Thread(target=self._keep_calling_back, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def does(self, what: str, *faults: Fault) -> None:
        """Let the next requests of a kind (POST, GET, result) meet these faults, one each."""
        self.faults[what].extend(faults)

    def create(self, request: dict[str, Any]) -> Task:
        with self.lock:
            number = len(self.tasks) + 1
            making = self.making + self.spread * (number * GOLDEN % 1)
            task = Task(f"clx{number:06}", request, time.time(), making)
            self.tasks[task.id] = task
        if self.calls_back and request.get("callback_url"):
            with self.lock:
                heapq.heappush(self._due, (task.ends_at, number, task, 0))
        return task

    def answer_for(self, task: Task) -> dict[str, Any]:
        state = task.state_now()
        data: dict[str, Any] = {"taskId": task.id, "state": state, "model": MODEL}
        if state == "completed":
            data |= {"resultUrls": [f"{self.url}/results/{task.id}.mp4"], "createTime": _ms(task.created)}
            data["completeTime"] = _ms(task.ends_at)
        if state == "failed":
            data["failMsg"] = task.fail_message
        return {"code": 200, "msg": "success", "data": data}

    def stats(self) -> dict[str, Any]:
        known = ("created", "ends_at", "gets", "callback_states")
        tasks = {task.id: {name: getattr(task, name) for name in known} for task in list(self.tasks.values())}
        return {"tasks": tasks, "posts": len(self.posts), "most_looks_at_once": self.most_at_once}

    def call_back(self, task: Task, **lies: Any) -> int:
        """Send the callback of a task; return the status that it was answered with."""
        result = {"resultUrls": [f"{self.url}/results/{task.id}.mp4"], "videoDuration": 5}
        data = {"taskId": task.id, "model": MODEL, "state": task.state_now(), "param": json.dumps(task.request)}
        data |= {"resultJson": json.dumps(result), "failCode": None, "failMsg": None, "costTime": 12345} | lies
        return post(task.request["callback_url"], json.dumps({"code": 200, "msg": "success", "data": data}).encode())

    def _keep_calling_back(self) -> None:
        while True:
            with self.lock:
                due = heapq.heappop(self._due) if self._due and self._due[0][0] <= time.time() else None
            if due is None:
                time.sleep(0.02)
                continue
            _, number, task, tries = due
            status = self.call_back(task)
            task.callback_states.append(status)
            if status >= 300 and tries < 3:
                with self.lock:
                    heapq.heappush(self._due, (time.time() + 2**tries, number, task, tries + 1))


def post(url: str, body: bytes) -> int:
    """POST a callback as the service does; 0 if nobody answered."""
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    upstream: Upstream

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: Server

    def setup(self) -> None:
        super().setup()
        with self.server.upstream.lock:
            self.server.upstream.connections += 1
            self.server.upstream.open_connections += 1

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            with self.server.upstream.lock:
                self.server.upstream.open_connections -= 1

    def parse_request(self) -> bool:
        is_one = super().parse_request()
        if is_one:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.server.upstream.heads.append((self.command, self.path, headers))
        return is_one

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self._refuses("POST"):
            return None
        try:
            self.body = json.loads(content)
        except ValueError:
            return self.answer(400, "the body is no JSON")
        with self.server.upstream.lock:
            self.server.upstream.posts.append(self.body)
        if self._meets("POST"):
            return None
        return self.created()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/results/"):
            return self._result()
        if parts.path == "/stats":
            return self.send_json(200, self.server.upstream.stats())
        if self._refuses("GET"):
            return None
        self.task = self.server.upstream.tasks.get(parse_qs(parts.query).get("task_id", [""])[0])
        if self.task:
            self.task.gets += 1
        upstream = self.server.upstream
        with upstream.lock:
            upstream.at_once += 1
            upstream.most_at_once = max(upstream.most_at_once, upstream.at_once)
        try:
            if not self._meets("GET"):
                self.looked()
        finally:
            with upstream.lock:
                upstream.at_once -= 1
        return None

    def do_PUT(self) -> None:
        """Let every task have made this clip from now on; only a benchmark asks for that."""
        self.server.upstream.clip = self.rfile.read(int(self.headers["Content-Length"]))
        self.send(204, b"", "text/plain")

    def created(self) -> None:
        """Do what was asked, and say so."""
        task = self.server.upstream.create(self.body)
        data = {"taskId": task.id, "state": "pending", "model": MODEL}
        self.send_json(200, {"code": 200, "msg": "success", "data": data})

    def looked(self) -> None:
        if self.task is None:
            return self.answer(404, "task not found")
        return self.send_json(200, self.server.upstream.answer_for(self.task))

    def answer(self, status: int, message: str) -> None:
        self.send_json(status, {"code": status, "msg": message, "data": None})

    def send_json(self, status: int, said: Any) -> None:
        self.send(status, json.dumps(said).encode(), "application/json")

    def send(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def hang_up(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.close()

    def log_message(self, *_: Any) -> None:
        """The tests ask the upstream itself."""

    def _result(self) -> None:
        if self._meets("result"):
            return None
        clip, etag, start = self.server.upstream.clip, self.server.upstream.etag, self._range_start()
        if not start or self.headers.get("If-Range", etag) != etag:
            return self.send(200, clip, "video/mp4", ETag=etag)
        where = f"bytes {start}-{len(clip) - 1}/{len(clip)}"
        return self.send(206, clip[start:], "video/mp4", ETag=etag, Content_Range=where)

    def _range_start(self) -> int:
        wanted = self.headers.get("Range", "")
        return int(wanted.removeprefix("bytes=").split("-")[0]) if wanted else 0

    def _refuses(self, what: str) -> bool:
        self.server.upstream.asked[what] += 1
        if self.headers.get("Authorization") == f"Bearer {KEY}":
            return False
        self.answer(401, "invalid api key")
        return True

    def _meets(self, what: str) -> bool:
        upstream = self.server.upstream
        if what == "result":
            upstream.asked[what] += 1
        with upstream.lock:
            fault = upstream.faults[what].pop(0) if upstream.faults[what] else upstream.always.get(what)
        return fault(self) if fault else False


def says(status: int, message: str = "no") -> Fault:
    """Answer with an error of the contract, and do nothing."""

    def fault(handler: Handler) -> bool:
        handler.answer(status, message)
        return True

    return fault


def sends(body: bytes, status: int = 200, kind: str = "application/json") -> Fault:
    """Answer with this, and do nothing."""

    def fault(handler: Handler) -> bool:
        handler.send(status, body, kind)
        return True

    return fault


def tells(**data: Any) -> Fault:
    """Answer a look with the truth but for this."""

    def fault(handler: Handler) -> bool:
        if handler.task is None:
            return False
        said = handler.server.upstream.answer_for(handler.task)
        handler.send_json(200, said | {"data": said["data"] | data})
        return True

    return fault


def drops(handler: Handler) -> bool:
    """Hang up without a word."""
    handler.hang_up()
    return True


def hangs(seconds: float) -> Fault:
    """Keep silent for so long, and hang up."""

    def fault(handler: Handler) -> bool:
        time.sleep(seconds)
        handler.hang_up()
        return True

    return fault


def slow(seconds: float) -> Fault:
    """Answer properly, but later."""

    def fault(handler: Handler) -> bool:
        time.sleep(seconds)
        return False

    return fault


def half(handler: Handler) -> bool:
    """Send the head and half of the body, and hang up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "200")
    handler.end_headers()
    handler.wfile.write(b'{"code": 200, "msg": "success", "data": {"taskId": "clx')
    handler.hang_up()
    return True


def drips(seconds: float) -> Fault:
    """Send a head that never ends, a byte now and then, for so long."""

    def fault(handler: Handler) -> bool:
        end = time.monotonic() + seconds
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while time.monotonic() < end:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)
        handler.hang_up()
        return True

    return fault


def made_but(fault: Fault) -> Fault:
    """Take the order and make it, but let the client hear something else."""

    def both(handler: Handler) -> bool:
        handler.server.upstream.create(handler.body)
        return fault(handler)

    return both


def breaks_off(after: int) -> Fault:
    """Send so many bytes of the rest of the result, and hang up."""

    def fault(handler: Handler) -> bool:
        clip, start = handler.server.upstream.clip, handler._range_start()
        handler.send_response(206 if start else 200)
        handler.send_header("ETag", '"clip"')
        handler.send_header("Content-Length", str(len(clip) - start))
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(clip) - 1}/{len(clip)}")
        handler.end_headers()
        handler.wfile.write(clip[start : start + after])
        handler.hang_up()
        return True

    return fault


def redirects(to: str) -> Fault:
    def fault(handler: Handler) -> bool:
        handler.send(302, b"", "text/plain", Location=to)
        return True

    return fault


def endless(handler: Handler) -> bool:
    """Send a result that never ends."""
    handler.send_response(200)
    handler.send_header("Content-Type", "video/mp4")
    handler.send_header("Connection", "close")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(bytes(64 * 1024))
    except OSError:
        handler.hang_up()
    return True


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the stand-in alone; it prints its address.")
    parser.add_argument("clip", type=Path, help="what every task makes")
    parser.add_argument("--making", type=float, nargs=2, default=(50.0, 50.0), metavar=("FROM", "TO"), help="seconds")
    parser.add_argument("--calls-back", action="store_true", help="whoever names an address for it")
    options = parser.parse_args()
    least, most = options.making
    with Upstream(options.clip.read_bytes(), least, options.calls_back, most - least) as upstream:
        print(upstream.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
