"""Real workers in processes of their own, on the test's database and queue."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.utils import timezone

from effects import tasks
from effects.models import Job
from tests.settings import FOLDER


def start() -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.worker_settings",
        "TEST_FOLDER": FOLDER,
        "TEST_DATABASE": str(connection.settings_dict["NAME"]),
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "run_huey", "--quiet", "--workers", "1"],
        cwd=settings.BASE_DIR,
        env=environment,
        start_new_session=True,
    )


def kill(worker: subprocess.Popen[bytes]) -> None:
    """SIGKILL the consumer and its worker processes, as a power cut would."""
    try:
        os.killpg(worker.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    worker.wait()


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"waited {seconds} s in vain; {Job.objects.values_list('status', 'failure')}"
        time.sleep(0.02)


def let_time_pass() -> None:
    """Pretend that the lease of whoever died has run out and the minute's sweep comes round."""
    Job.objects.exclude(leased_until=None).update(leased_until=timezone.now())
    Job.objects.update(next_turn_at=timezone.now())
    tasks.sweep()


def hurry(is_so: Callable[[], bool]) -> None:
    """Wait, letting turns that are booked for later have theirs at once."""

    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end, f"waited in vain; {Job.objects.values_list('status', 'failure')}"
        Job.objects.filter(leased_until=None).call()
        tasks.sweep.call_local()
        time.sleep(0.5)
