"""Bring a finished video home: fetch it, check that it plays, store it."""

import logging
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction

from effects import providers
from effects.media import images, videos
from effects.models import FailureReason, Job, Status, Video
from effects.providers import ProviderError, State, StillWanted, Stopped

from .following import look_at
from .turns import LEASE, MOST_ATTEMPTS, SOON, retry

log = logging.getLogger(__name__)

# Longer than the longest video takes to be decoded.
CHECKING = timedelta(minutes=5)
SIGN_OF_LIFE = 10  # seconds


def collect(job: Job) -> timedelta | None:
    incoming = _incoming(job)
    try:
        _refresh_address(job)
        providers.named(job.provider).fetch(job.result_url, incoming, _still_wanted(job))
        _renew(job, CHECKING)
        probe = videos.probe(incoming)
        _store(job, incoming, probe)
    except (ProviderError, videos.BadVideo) as error:
        if isinstance(error, Stopped):
            raise
        job.log("fetch", str(error))
        return _again(job)
    finally:
        incoming.unlink(missing_ok=True)
    log.info("Job %s completed", job.key)
    return None


def _incoming(job: Job) -> Path:
    """Return the file that this turn writes, and remove what an earlier one has left behind."""
    folder = settings.DATA_DIR / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{job.key}.*"):
        old.unlink(missing_ok=True)
    return folder / f"{job.key}.{job.lease_token}.mp4"


def _again(job: Job) -> timedelta | None:
    if job.is_local and job.attempts + 1 < MOST_ATTEMPTS:  # what was made here can be made again
        job.move_to(Status.PENDING, start=[Status.COLLECTING], attempts=job.attempts + 1)
        return SOON
    return retry(job, FailureReason.BROKEN_RESULT)


def _refresh_address(job: Job) -> None:
    """Ask for the result's address once more before another try: addresses are signed, and run out."""
    if job.is_local or not job.attempts:
        return
    try:
        report = look_at(job, job.task_id)
    except ProviderError:
        return
    if report.state is State.COMPLETED and report.result_url != job.result_url:
        job.result_url = report.result_url
        job.hold().update(result_url=report.result_url)


def _still_wanted(job: Job) -> StillWanted:
    last = time.monotonic()

    def renew_now_and_then() -> None:
        nonlocal last
        if time.monotonic() - last > SIGN_OF_LIFE:
            last = time.monotonic()
            _renew(job, LEASE)

    return renew_now_and_then


def _renew(job: Job, lease: timedelta) -> None:
    if not job.renew(lease):
        raise Stopped


def _store(job: Job, incoming: Path, probe: videos.Probe) -> None:
    """Save the video's files, then the rows; take the files back if the job would not move."""
    video = Video(digest=probe.digest, size=probe.size, width=probe.width, height=probe.height, seconds=probe.seconds)
    try:
        with incoming.open("rb") as file:
            video.file.save("video", File(file), save=False)
        video.poster.save("poster", ContentFile(images.encode_webp(probe.poster)), save=False)
        with transaction.atomic():
            # Read again: a guest's job is his member account's since he signed up.
            video.owner = Job.objects.select_for_update().select_related("owner").get(pk=job.pk).owner
            video.save()
            if not job.move_to(Status.COMPLETED, video=video, result_url=""):
                raise Stopped
    except BaseException:
        video.file.delete(save=False)
        video.poster.delete(save=False)
        raise
