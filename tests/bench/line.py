"""How long a new job waits for its first move while the renderer is busy with others.

Starts a worker of its own on a scratch data folder, keeps every place of the renderer taken, and orders on.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

LIMIT = 1000  # milliseconds, at the 95th percentile
ORDERS = 40
ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"STUDIO_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "kling_studio.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("load_catalogue", verbosity=0)
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "run_huey", "--quiet"], cwd=ROOT, start_new_session=True
        )
        try:
            report(measure())
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()


def measure() -> list[float]:
    """Return each order's seconds from the click until the worker has taken it up."""
    from django.conf import settings

    from effects.models import Account, Effect, Job, Status, Worker
    from effects.services import orders
    from effects.services.portraits import keep_portrait
    from tests.photos import upload

    effect = Effect.objects.get(name="balloon_parade")

    def order() -> Job:
        owner = Account.objects.create()
        return orders.order_video(owner, effect, keep_portrait(owner, upload()), request_key=uuid.uuid4().hex)

    while not Worker.any_alive():
        time.sleep(0.1)
    busy = Job.objects.filter(status=Status.PROCESSING)
    delays = []
    while len(delays) < ORDERS:
        while busy.count() < settings.RENDER_SLOTS:
            if Job.objects.open().count() < 2 * settings.RENDER_SLOTS:
                order()
            time.sleep(0.05)
        begun = time.monotonic()
        job = order()
        while Job.objects.values_list("status", flat=True).get(pk=job.pk) == Status.QUEUED:
            time.sleep(0.005)
        delays.append(time.monotonic() - begun)
        orders.cancel(Job.objects.get(pk=job.pk))
    return sorted(delays)


def report(delays: list[float]) -> None:
    middle, late, last = (round(1000 * delay) for delay in (*statistics.quantiles(delays, n=20)[9::9], delays[-1]))
    print(f"line: {len(delays)} orders while every place of the renderer was taken")
    print(f"  first move after  p50 {middle} ms   p95 {late} ms   max {last} ms")
    print(f"  p95 / limit of {LIMIT} ms = {late / LIMIT:.2f}  ({'holds' if late <= LIMIT else 'FAILS'})")


if __name__ == "__main__":
    main()
