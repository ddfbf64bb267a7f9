"""The worker as its own process, killed without warning at every step."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from effects.models import Account, Effect, Job, Portrait, Status, Video, Worker
from effects.services import orders
from tests.workers import hurry, let_time_pass, wait_until

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
    assert first.wait(timeout=60) == -signal.SIGKILL
    job.refresh_from_db()
    assert job.status == POINTS[point]
    monkeypatch.delenv("TEST_DIE_AT")
    let_time_pass()
    start_worker()
    hurry(lambda: not Job.objects.get(pk=job.pk).is_open)
    job.refresh_from_db()
    assert (job.status, job.failure) == (Status.COMPLETED, "")
    assert Path(job.video.file.path).stat().st_size > 10_000
    assert Video.objects.count() == 1
    wait_until(lambda: not list((settings.DATA_DIR / "incoming").glob(f"{job.key}*")))


def test_a_worker_that_is_alive_says_so(start_worker: Callable[[], subprocess.Popen[bytes]]) -> None:
    assert not Worker.any_alive()
    start_worker()
    wait_until(Worker.any_alive)
