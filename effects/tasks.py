"""The queue's door: it only nudges, the table is the truth."""

import logging
import os
import socket
import threading
import time
from datetime import timedelta

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import HUEY, db_periodic_task, db_task, on_startup

from effects.models import Job, Status, Worker
from effects.models.job import FOLLOWED
from effects.services import line, own_samples, previews, production, samples, videos

log = logging.getLogger(__name__)

LOOKS, RESULTS, JOBS, SAMPLES = 20, 15, 10, 0  # priorities
# The sweep fills the queue up to here: what has no room comes with a later one.
MOST_NUDGES = 500
BEAT = 5  # seconds


@db_task(priority=JOBS)
def advance_job(job_id: int) -> None:
    """Give one job its turn, and book the next."""
    job = Job.objects.claim(job_id, production.LEASE)
    if job is None:
        return
    try:
        wait = production.advance(job)
    except BaseException:  # the worker is being stopped: the next one goes on at once
        job.book(timezone.now())
        raise
    if wait is None:
        job.hold().update(leased_until=None)
    elif job.book(timezone.now() + wait):
        _nudge(job, wait)
    if job.is_local and job.status != Status.PENDING:
        call_next_in_line()


@db_task(priority=LOOKS)
def follow_tasks() -> None:
    """Ask after the tasks whose look is due, and book the next round."""
    done = production.take_round()
    for job_id in done.made:
        advance_job(job_id, priority=RESULTS)
    if done.wait is not None:
        follow_tasks.schedule(delay=done.wait.total_seconds())


def _nudge(job: Job, wait: timedelta) -> None:
    if job.is_local or job.status not in FOLLOWED:
        advance_job.schedule(args=(job.pk,), delay=wait.total_seconds())
    else:
        follow_tasks.schedule(delay=wait.total_seconds())


def call_next_in_line() -> None:
    """Tell whoever waits for a place at the renderer that one may have become free."""
    waiting = production.waiting_for_place()
    if waiting and Job.objects.filter(pk=waiting.pk).call():
        advance_job(waiting.pk)


@db_periodic_task(crontab(minute="*"), priority=JOBS)
def sweep() -> None:
    """Take up every job whose turn has come, so that a lost queue loses nothing, and samples that are missing."""
    line.check()
    overdue = Job.objects.overdue()
    others = overdue.exclude(pk__in=overdue.followed().values("pk")).order_by("created_at")
    for job_id in others.values_list("pk", flat=True)[: max(0, MOST_NUDGES - HUEY.pending_count())]:
        advance_job(job_id)
    if overdue.followed().exists():
        follow_tasks()
    make_samples()


@db_periodic_task(crontab(minute="17"), priority=SAMPLES)
def clear_up() -> None:
    """Empty the trash of what is over its time, and remove what nobody will ask for again."""
    videos.purge_old_trash()
    videos.clear_leftovers()
    samples.clear_old()
    previews.clear_old()
    own_samples.clear_leftovers()
    Worker.objects.filter(seen_at__lt=timezone.now() - timedelta(days=1)).delete()
    call_command("clearsessions")


@db_task(priority=SAMPLES)
def make_samples() -> None:
    """Make a few of the missing samples while nobody waits for a video, and book the next few."""
    if samples.make_some():
        make_samples()
    call_next_in_line()


@on_startup()
def start_heartbeat() -> None:
    threading.Thread(target=give_signs_of_life, name="heartbeat", daemon=True).start()


@on_startup()
def take_up_work() -> None:
    line.try_soon()
    sweep()


def give_signs_of_life() -> None:
    """Say every few seconds that this process lives, and end it when the consumer that started it is gone."""
    name, consumer = f"{socket.gethostname()}:{os.getpid()}", os.getppid()
    while os.getppid() == consumer:
        try:
            Worker.beat(name)
        except DatabaseError:
            log.exception("The sign of life could not be given")
        finally:
            connection.close()
        time.sleep(BEAT)
    os._exit(1)
