"""The worker as its own process, killed without warning at every step."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from effects import tasks
from effects.models import Account, Effect, Job, Portrait, Status, Video, Worker
from effects.services import orders
from tests.settings import FOLDER

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]

# Where the worker is killed, and where that leaves the job.
POINTS = {
    "task taken": Status.QUEUED,
    "before sending": Status.SUBMITTING,
    "sent, not noted": Status.SUBMITTING,
    "before rendering": Status.PENDING,
    "while rendering": Status.PROCESSING,
    "rendered, not noted": Status.PROCESSING,
    "before fetching": Status.COLLECTING,
    "fetched, not stored": Status.COLLECTING,
}


@pytest.fixture
def start_worker() -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start real workers on the test's database and queue; none of them outlives the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.worker_settings",
            "TEST_FOLDER": FOLDER,
            "TEST_DATABASE": str(connection.settings_dict["NAME"]),
        }
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "run_huey", "--quiet", "--workers", "1"],
            cwd=settings.BASE_DIR,
            env=environment,
            start_new_session=True,
        )
        started.append(worker)
        return worker

    yield start
    for worker in started:
        kill(worker)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """SIGKILL the consumer and its worker processes, as a power cut would."""
    try:
        os.killpg(worker.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    worker.wait()


def wait_until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"waited {seconds} s in vain; {Job.objects.values_list('status', 'failure')}"
        time.sleep(0.02)


def let_time_pass() -> None:
    """Pretend that the lease of whoever died has run out and the minute's sweep comes round."""
    Job.objects.exclude(leased_until=None).update(leased_until=timezone.now())
    Job.objects.update(next_turn_at=timezone.now())
    tasks.sweep()


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_at_any_point_leaves_a_job_that_the_next_one_finishes(
    point: str,
    ada: Account,
    effect: Effect,
    portrait: Portrait,
    start_worker: Callable[[], subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEST_DIE_AT", point)
    job = orders.order_video(ada, effect, portrait, request_key="killed-on-the-way")
    first = start_worker()
    assert first.wait(timeout=30) == -signal.SIGKILL
    job.refresh_from_db()
    assert job.status == POINTS[point]
    monkeypatch.delenv("TEST_DIE_AT")
    let_time_pass()
    start_worker()
    wait_until(lambda: not Job.objects.get(pk=job.pk).is_open)
    job.refresh_from_db()
    assert (job.status, job.failure) == (Status.COMPLETED, "")
    assert Path(job.video.file.path).stat().st_size > 10_000
    assert Video.objects.count() == 1
    incoming = settings.DATA_DIR / "incoming" / f"{job.key}.mp4"
    wait_until(lambda: not incoming.exists())


def test_a_worker_that_is_alive_says_so(start_worker: Callable[[], subprocess.Popen[bytes]]) -> None:
    assert not Worker.any_alive()
    start_worker()
    wait_until(Worker.any_alive)
