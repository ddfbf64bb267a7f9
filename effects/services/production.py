"""Make the video that was asked for: one turn, one short step, until the job has ended.

The row is the truth. A turn that is lost with its worker is taken up again when its lease runs out.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import timezone

from effects import providers
from effects.media import images, videos
from effects.models import FailureReason, Job, Status, Video
from effects.providers import OnFrame, Order, ProviderError, Refused, State, Stopped, Unavailable, Unconfirmed
from effects.services import credits

log = logging.getLogger(__name__)

# Longer than the slowest single call; a render renews it as it goes.
LEASE = timedelta(seconds=45)
SOON = timedelta(0)
LOOK_EVERY = timedelta(seconds=5)
# A place to render is announced by the one who leaves it; this is for the case that the announcement is lost.
PLACE_WAIT = timedelta(seconds=10)
RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=10)
MOST_ATTEMPTS = 3
PATIENCE = timedelta(days=1)


class NoPortrait(Exception):
    """A photo of the order is gone."""


def advance(job: Job, on_frame: OnFrame = lambda done, total: None) -> timedelta | None:
    """Do the next step of a claimed job; return the wait until the one after it, or None if there is none.

    While frames are made here, `on_frame` hears how many about twice a second.
    """
    follow = partial(_follow, on_frame=on_frame)
    steps: dict[Status, Callable[[Job], timedelta | None]] = {
        Status.QUEUED: _submit,
        Status.SUBMITTING: _resume_submission,
        Status.PENDING: follow,
        Status.PROCESSING: follow,
        Status.COLLECTING: _collect,
    }
    if job.is_free and job.attempts > MOST_ATTEMPTS:  # it took its worker down with it, again and again
        fail(job, FailureReason.NOT_RENDERED)
        return None
    try:
        return steps[Status(job.status)](job)
    except Stopped:
        return None
    except NoPortrait:
        fail(job, FailureReason.NO_PORTRAIT)
        return None
    except Exception:
        log.exception("Job %s: the step %s broke", job.key, job.status)
        return _retry(job, FailureReason.NOT_RENDERED)


def waiting_for_place() -> Job | None:
    """Return the job that has waited longest for a place at the local renderer."""
    return Job.objects.free_to_claim().filter(provider="local", status=Status.PENDING).order_by("created_at").first()


@transaction.atomic
def fail(job: Job, reason: FailureReason, note: str = "", start: list[Status] | None = None) -> bool:
    """End a job without a video and pay it back, if it stands at `start` or anywhere open; return whether it did."""
    is_ended = job.move_to(Status.FAILED, failure=reason, note=note, start=start)
    if is_ended:
        log.info("Job %s failed: %s", job.key, reason)
        credits.refund(job)
    return is_ended


def _submit(job: Job) -> timedelta | None:
    order = _order_of(job)
    if not job.move_to(Status.SUBMITTING, submitted_at=timezone.now(), attempts=job.attempts):
        return None
    provider = providers.named(job.provider)
    try:
        task_id = provider.submit(order)
    except Refused as error:
        fail(job, FailureReason.REFUSED, str(error))
        return None
    except Unavailable as error:
        return _queue_again(job, str(error))
    except Unconfirmed as error:
        _park(job, str(error))
        return None
    except Exception:
        if provider.may_send_again:
            raise
        log.exception("Job %s: sending it broke", job.key)
        _park(job, "Something broke while the order was sent.")
        return None
    log.info("Job %s is task %s of %s", job.key, task_id, provider.name)
    if not job.move_to(Status.PENDING, task_id=task_id):
        Job.objects.filter(pk=job.pk).update(task_id=task_id)
        job.log("task", task_id)
        return None
    return LOOK_EVERY if provider.is_paid else SOON


def _queue_again(job: Job, note: str) -> timedelta | None:
    """Put back an order of which nothing was sent, for as long as patience lasts."""
    if timezone.now() - job.created_at > PATIENCE:
        fail(job, FailureReason.TOOK_TOO_LONG, note)
        return None
    job.move_to(Status.QUEUED, note=note, submitted_at=None, attempts=job.attempts)
    return _back_off(job)


def _resume_submission(job: Job) -> timedelta | None:
    """Take up a job whose worker was cut off while it sent the order."""
    if providers.named(job.provider).may_send_again:
        return _queue_again(job, "The worker stopped here; the order is sent again.")
    _park(job, "The worker stopped while it sent the order.")
    return None


def _park(job: Job, note: str) -> None:
    """Leave a job whose outcome nobody knows to a callback or a person."""
    job.move_to(Status.UNCONFIRMED, note=note, leased_until=None)


def _follow(job: Job, on_frame: OnFrame) -> timedelta | None:
    provider = providers.named(job.provider)
    try:
        order = _order_of(job, needs_pictures=not provider.is_paid)
        report = provider.look(order, job.task_id, _progress_of(job, on_frame))
    except Stopped:
        raise
    except ProviderError as error:
        job.log("look", str(error))
        return _retry(job, FailureReason.NOT_MADE)
    if provider.is_paid and job.attempts:
        job.hold().update(attempts=0)
        job.attempts = 0
    if report.state is State.COMPLETED:
        is_made = job.move_to(Status.COLLECTING, result_url=report.result_url, attempts=job.attempts)
        return SOON if is_made else None
    if report.state is State.FAILED:
        fail(job, FailureReason.NOT_MADE, report.reason)
        return None
    if report.state is State.PROCESSING:
        job.move_to(Status.PROCESSING)
    return LOOK_EVERY if provider.is_paid else PLACE_WAIT


def _collect(job: Job) -> timedelta | None:
    folder = settings.DATA_DIR / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    incoming = folder / f"{job.key}.mp4"
    try:
        providers.named(job.provider).fetch(job.result_url, incoming)
        probe = videos.probe(incoming)
    except (ProviderError, videos.BadVideo) as error:
        job.log("fetch", str(error))
        incoming.unlink(missing_ok=True)
        if job.is_free and job.attempts + 1 < MOST_ATTEMPTS:  # what was made here can be made again
            job.move_to(Status.PENDING, start=[Status.COLLECTING], attempts=job.attempts + 1)
            return SOON
        return _retry(job, FailureReason.BROKEN_RESULT)
    try:
        _store(job, incoming, probe)
    except Stopped:
        incoming.unlink(missing_ok=True)
        raise
    log.info("Job %s completed", job.key)
    incoming.unlink(missing_ok=True)
    return None


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
            if not job.move_to(Status.COMPLETED, video=video):
                raise Stopped
    except BaseException:
        video.file.delete(save=False)
        video.poster.delete(save=False)
        raise


def _retry(job: Job, reason: FailureReason) -> timedelta | None:
    """Try the step again later; give up when that has not helped, but never soon on what was paid for."""
    is_hopeless = job.attempts + 1 >= MOST_ATTEMPTS
    if is_hopeless and (job.is_free or timezone.now() - job.step_since > PATIENCE):
        fail(job, reason)
        return None
    return _back_off(job)


def _back_off(job: Job) -> timedelta:
    job.hold().update(attempts=job.attempts + 1)
    return min(RETRY * 2 ** min(job.attempts, 10), LONGEST_RETRY)


def _order_of(job: Job, *, needs_pictures: bool = True) -> Order:
    """Return what the provider has to know; once it has been sent, a deleted photo is no reason to lose the video."""
    portraits = [job.portrait, job.partner] if job.effect.is_dual else [job.portrait]
    pictures = [portrait.path for portrait in portraits if portrait]
    if needs_pictures and len(pictures) < len(portraits):
        raise NoPortrait
    return Order(key=job.key, effect=job.effect.name, pictures=tuple(pictures), seconds=job.effect.seconds)


def _progress_of(job: Job, on_frame: OnFrame) -> OnFrame:
    def note(done: int, total: int) -> None:
        on_frame(done, total)
        if job.status == Status.PENDING and total:
            job.move_to(Status.PROCESSING)
        if not job.renew(LEASE, frames_done=done, frames_total=total):
            raise Stopped

    return note
