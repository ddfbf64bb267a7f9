"""How soon the studio notices that a video is made elsewhere, with a thousand in flight and one worker process.

Starts a stand-in for the video service, and on a scratch data folder a worker of its own (for callbacks also the web
server), twice: first they have to ask, then they are called back as well. The videos are of full size until the last
one is noticed; a short one stands for those that are still to be fetched then, because they say nothing more about
noticing, and a machine that decodes one of full size in half a second would be busy with a thousand for ten minutes.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.upstream import KEY

if TYPE_CHECKING:
    from effects.models import Job
    from effects.models.job import JobQuerySet

ROOT = Path(__file__).resolve().parents[2]
LIMITS = {"polling": 5.0, "callbacks": 1.0}  # seconds of lag, at the 95th percentile
MAKING = (40, 80)  # seconds that a task takes
EFFECTS = 40
PER_ACCOUNT = 8
LONGEST = 900  # seconds that a part may take
PIECES = 20


@dataclass
class Part:
    """What one part of the benchmark has measured; times in seconds."""

    name: str
    jobs: int
    workers: int
    ordering: float
    sending: float = 0
    stored: float = 0
    completed: int = 0
    posts: int = 0
    in_flight: int = 0
    most_looks: int = 0
    memory: float = 0
    lags: list[float] = field(default_factory=list)
    gets: list[int] = field(default_factory=list)
    full_size: int = 0
    uncalled: int = 0


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("It was ended."))  # and so is all that it has started
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        full, short = clips(Path(folder))
        stand_in = [sys.executable, "-m", "tests.upstream", str(full), "--calls-back", "--making", *map(str, MAKING)]
        service = stack.enter_context(started(stand_in, stdout=subprocess.PIPE, text=True))
        url = service.stdout.readline().strip() if service.stdout else ""
        os.environ |= {
            "STUDIO_DATA_DIR": f"{folder}/data",
            "DJANGO_SETTINGS_MODULE": "kling_studio.settings",
            "KLING_API_KEY": KEY,
            "KLING_API_BASE_URL": url,
            "STUDIO_ALLOW_PRIVATE_ADDRESSES": "1",
        }
        prepare()
        parts = []
        for name in options.parts:
            put(url, full)
            with web_server() if name == "callbacks" else contextlib.nullcontext():
                parts.append(measure(name, options, url, short))
            report(parts[-1])
    sys.exit(0 if all(holds(part) for part in parts) else 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=list(LIMITS), help="polling or callbacks; both if none is named")
    parser.add_argument("--jobs", type=int, default=1000, metavar="N")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="worker processes")
    return parser.parse_args()


def clips(folder: Path) -> tuple[Path, Path]:
    """Make a video as the service makes them, 720 x 1280, five seconds and a good megabyte, and a short one."""
    from effects.catalogue.recipes import recipe_for
    from effects.render import render_clip
    from tests.bench.render import opened, portraits
    from tests.clips import make_clip

    full = folder / "full.mp4"
    render_clip(recipe_for("dollar_rain"), opened(portraits("dollar_rain", folder)), full, seed=1, seconds=5)
    return full, make_clip(folder / "short.mp4")


@contextlib.contextmanager
def started(command: list[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a program in a session of its own, and end it with all that it has started."""
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, **options)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def prepare() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from effects.models import Studio

    call_command("migrate", verbosity=0)
    call_command("load_catalogue", verbosity=0)
    Studio.objects.update_or_create(pk=1, defaults={"monthly_cap": Decimal(100_000)})


@contextlib.contextmanager
def web_server() -> Iterator[None]:
    """Run the web server as script/server does, and let the worker name it to the video service."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    os.environ["STUDIO_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--port", str(port)]
    command += ["--workers", "2", "--blocking-threads", "16", "--log-level", "error", "--no-ws"]
    with started([*command, "kling_studio.wsgi:application"]):
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield
    del os.environ["STUDIO_PUBLIC_URL"]


def measure(name: str, options: argparse.Namespace, url: str, short: Path) -> Part:
    from effects.models import Status
    from effects.providers.slots import take_slot
    from effects.services import samples

    begun = time.monotonic()
    jobs = order(options.jobs)
    part = Part(name, options.jobs, options.workers, time.monotonic() - begun)
    posts_before = ask(url)["posts"]
    worker = [sys.executable, "manage.py", "run_huey", "--quiet", "--workers", str(part.workers)]
    # As in a studio that has made its samples: holding the one place of their makers keeps the worker from it.
    with (
        take_slot(samples.folder(), 1),
        started(worker, stderr=subprocess.DEVNULL) as consumer,
        watched_memory(consumer.pid) as memory,
    ):
        part.sending = wait_until_none(jobs.filter(status__in=[Status.QUEUED, Status.SUBMITTING]))
        wait_until_none(jobs.filter(status__in=[Status.PENDING, Status.PROCESSING]))
        part.full_size = jobs.filter(status=Status.COMPLETED).count()
        put(url, short)
        wait_until_none(jobs.open())
    part.memory = max(memory) / 2**20
    stats = ask(url)
    part.posts = stats["posts"] - posts_before
    part.most_looks = stats["most_looks_at_once"]
    fill(part, jobs, stats["tasks"])
    return part


def order(count: int) -> "JobQuerySet":
    """Order in bulk, for many accounts and of many effects; return the jobs."""
    from effects.models import Account, CreditEntry, Effect, Job
    from effects.services import credits, orders
    from effects.services.portraits import keep_portrait
    from tests.photos import photo_bytes, upload

    effects = list(Effect.objects.filter(upstream_status="current", subjects="single").order_by("pk")[:EFFECTS])
    newest = Job.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    photo = photo_bytes(300, 400)  # a callback repeats it, and may have 64 KiB
    for number in range(count):
        if number % PER_ACCOUNT == 0:
            owner = Account.objects.create()
            credits.add(owner, CreditEntry.Kind.TOP_UP, Decimal(100))
            portrait = keep_portrait(owner, upload(photo))
        orders.order_video(owner, effects[number % len(effects)], portrait, request_key=uuid.uuid4().hex)
    return Job.objects.filter(pk__gt=newest)


def wait_until_none(jobs: "JobQuerySet") -> float:
    """Wait until no such jobs are left; return the seconds that took."""
    begun = time.monotonic()
    while jobs.exists():
        if time.monotonic() - begun > LONGEST:
            break
        time.sleep(0.2)
    return time.monotonic() - begun


def fill(part: Part, jobs: "JobQuerySet", tasks: dict[str, dict[str, Any]]) -> None:
    """Put into `part` what the jobs' timelines say beside what the service says."""
    from effects.models import JobEvent, Status

    ours = dict(jobs.exclude(task_id="").values_list("pk", "task_id"))
    noticed = dict(JobEvent.objects.filter(job__in=jobs, what=Status.COLLECTING).values_list("job", "at"))
    mine = [tasks[task] for task in ours.values()]
    part.lags = sorted(at.timestamp() - tasks[ours[job]]["ends_at"] for job, at in noticed.items())
    part.gets = sorted(task["gets"] for task in mine)
    part.in_flight = most_at_once(mine)
    part.uncalled = sum(not task["callback_states"] or task["callback_states"][0] != 200 for task in mine)
    part.completed = sum(file.exists() for file in video_files(jobs.filter(status=Status.COMPLETED)))
    ended = JobEvent.objects.filter(job__in=jobs, what=Status.COMPLETED).order_by("at").last()
    if ended:
        part.stored = ended.at.timestamp() - max(task["ends_at"] for task in mine)


def video_files(jobs: "JobQuerySet") -> "Iterator[Path]":
    def path(job: "Job") -> Path:
        assert job.video
        return Path(job.video.file.path)

    return map(path, jobs.select_related("video"))


def most_at_once(tasks: list[dict[str, Any]]) -> int:
    """Return how many tasks were in the making at the same time, by the service's own clock."""
    steps = sorted([(task["created"], 1) for task in tasks] + [(task["ends_at"], -1) for task in tasks])
    now = most = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most


@contextlib.contextmanager
def watched_memory(session: int) -> Iterator[list[int]]:
    """Yield a list that grows by the bytes that a session's processes hold together, once a second."""
    seen = [0]
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(1):
            seen.append(memory_of(session))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        thread.join()


def memory_of(session: int) -> int:
    """Return the proportional share of memory of all processes of a session; 0 where the system does not tell."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            if os.getsid(int(folder.name)) == session:
                total += int((folder / "smaps_rollup").read_text().split("\nPss:")[1].split()[0]) * 1024
    return total


def ask(url: str) -> dict[str, Any]:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{url}/stats") as answer:
        return dict(json.load(answer))


def put(url: str, clip: Path) -> None:
    request = urllib.request.Request(f"{url}/clip", data=clip.read_bytes(), method="PUT")
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).close()


def late(part: Part) -> float:
    return statistics.quantiles(part.lags, n=PIECES)[-1]


def holds(part: Part) -> bool:
    return late(part) <= LIMITS[part.name] and part.completed == part.posts == part.jobs


def report(part: Part) -> None:
    limit, p95 = LIMITS[part.name], late(part)

    def told(is_so: bool) -> str:
        return f"({'holds' if is_so else 'FAILS'})"

    print(f"follow, {part.name}: {part.jobs} jobs, worker processes: {part.workers}")
    print(f"  ordered in {part.ordering:.0f} s, sent in {part.sending:.0f} s, most in flight at once {part.in_flight}")
    print(f"  noticed after  p50 {statistics.median(part.lags):.2f} s   p95 {p95:.2f} s   max {part.lags[-1]:.2f} s")
    print(f"  p95 / limit of {limit:.0f} s = {p95 / limit:.2f}  {told(p95 <= limit)}")
    gets_p95 = statistics.quantiles(part.gets, n=PIECES)[-1]
    print(f"  GETs per job  mean {statistics.mean(part.gets):.1f}   p95 {gets_p95:.0f}   at once {part.most_looks}")
    if part.name == "callbacks":
        print(f"  callbacks not taken at the first try: {part.uncalled}")
    print(f"  orders POSTed {part.posts} / {part.jobs}  {told(part.posts == part.jobs)}")
    print(f"  videos stored {part.completed} / {part.jobs}  {told(part.completed == part.jobs)}")
    print(f"  the last one stored {part.stored:.0f} s after it was made; {part.full_size} of full size before that")
    print(f"  memory of the consumer and its workers {part.memory:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
