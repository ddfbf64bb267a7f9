"""The worker killed without warning at every point of a hosted order's way: never paid twice, never lost."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from effects.models import Job, Status, Video
from effects.services import callbacks
from tests import deaths
from tests.hosted import kinds
from tests.upstream import KEY, Handler, Upstream
from tests.workers import hurry, let_time_pass, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("hosted worker")]

BY_THE_SERVICE = ("order read, not answered", "half of the result sent")
# A real worker takes seconds to start, so one point of each kind is tried each time, and all of them with DEATH_RUNS=4;
# the machine of faults kills forked workers at every point in every run.
SOME = ("before the order leaves", "answered, not noted", "task noted", "told, not noted", "files stored, no row")
ALL = ("task taken", *deaths.POINTS)
POINTS = [*(ALL if "DEATH_RUNS" in os.environ else SOME), *BY_THE_SERVICE]
# After these nobody knows whether the order arrived: it is never sent again.
UNKNOWN = {"submitting noted", "before the order leaves", "order read, not answered", "answered, not noted"}
NEVER_LEFT = {"submitting noted", "before the order leaves"}
RUNS = int(os.environ.get("DEATH_RUNS", "1"))


@pytest.mark.parametrize("run", range(RUNS))
@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_anywhere_pays_once_and_loses_nothing(
    point: str,
    run: int,
    upstream: Upstream,
    hosted_job: Job,
    start_worker: Callable[[], subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    environment = {"KLING_API_KEY": KEY, "KLING_API_BASE_URL": upstream.url, "STUDIO_ALLOW_PRIVATE_ADDRESSES": "1"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TEST_DIE_AT", point)
    if point == "order read, not answered":
        upstream.does("POST", lambda handler: takes_the_order_and_kills(handler, first))
    if point == "half of the result sent":
        upstream.does("result", lambda handler: sends_half_and_kills(handler, first))
    first = start_worker()
    hurry(lambda: first.poll() is not None)
    assert first.returncode == -signal.SIGKILL
    assert now(hosted_job).is_open
    monkeypatch.delenv("TEST_DIE_AT")
    let_time_pass()
    start_worker()
    if point in UNKNOWN:
        wait_until(lambda: now(hosted_job).status == Status.UNCONFIRMED)
    for task in upstream.tasks.values():
        callbacks.heed(now(hosted_job).callback_token, f'{{"data": {{"taskId": "{task.id}"}}}}'.encode())
    if point in NEVER_LEFT:
        assert upstream.posts == []
        assert kinds(hosted_job) == ["charge"]
        return
    hurry(lambda: not now(hosted_job).is_open)
    job = now(hosted_job)
    assert (job.status, job.failure) == (Status.COMPLETED, "")
    assert len(upstream.posts) == len(upstream.tasks) == 1
    assert kinds(job) == ["charge"]
    assert Video.objects.count() == 1 and job.video
    assert Path(job.video.file.path).read_bytes() == upstream.clip
    wait_until(lambda: not list((settings.DATA_DIR / "incoming").glob(f"{job.key}*")))


def now(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def takes_the_order_and_kills(handler: Handler, worker: subprocess.Popen[bytes]) -> bool:
    handler.server.upstream.create(handler.body)
    os.killpg(worker.pid, signal.SIGKILL)
    handler.hang_up()
    return True


def sends_half_and_kills(handler: Handler, worker: subprocess.Popen[bytes]) -> Any:
    clip = handler.server.upstream.clip
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(clip)))
    handler.end_headers()
    handler.wfile.write(clip[: len(clip) // 2])
    handler.wfile.flush()
    os.killpg(worker.pid, signal.SIGKILL)
    handler.hang_up()
    return True
