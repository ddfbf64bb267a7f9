"""Say in words how a job stands: everything that its card shows."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from typing import Literal

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from effects.models import CreditEntry, FailureReason, Job, Status, Worker
from effects.models.fields import dollars

LOCAL = "local"
WAITING = (Status.QUEUED, Status.PENDING)
RECENT_JOBS = 20
USUAL_KEPT_FOR = 60  # seconds
NEARLY_DONE = 95  # an estimate never claims the end


@dataclass(frozen=True)
class Bar:
    """Measured: true frames. Guess: elapsed against the usual time. Waiting: no promise."""

    kind: Literal["measured", "guess", "waiting"]
    label: str
    value: int = 0
    max: int = 100


@dataclass(frozen=True)
class JobView:
    """What a job's card says. `ticking` is `left` with {time} in it, for the clock that runs in the browser."""

    job: Job
    title: str
    look: str
    elapsed: int
    is_local: bool
    state: str = ""
    icon: str = "clock"
    short: str = ""
    why: str = ""
    lines: tuple[str, ...] = ()
    bar: Bar | None = None
    left: str = ""
    ticking: str = ""
    right: str = ""
    place: int | None = None
    usual: int | None = None
    wants_photo: bool = False

    @property
    def cancel_label(self) -> str:
        if not self.job.may_cancel:
            return ""
        return _("Cancel") if self.job.is_free else _("Cancel, free")

    @property
    def seen(self) -> str:
        """A fingerprint of what the card shows, but for the clock."""
        measured = self.bar.value if self.bar and self.bar.kind == "measured" else 0
        shown = (self.look, self.state, self.why, *self.lines, measured, self.right)
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:12]

    @property
    def pace(self) -> int:
        """Seconds between two looks."""
        return 1 if self.is_local else 3


@dataclass(frozen=True)
class Step:
    """A line of a job's timeline."""

    at: datetime
    what: str


def describe(job: Job, worker_alive: bool, line: Sequence[int] | None = None) -> JobView:
    """Say how a job stands. `line` is `in_line()`, for those who describe many."""
    view = JobView(
        job=job,
        title=job.effect.title,
        look=job.status,
        elapsed=_elapsed(job),
        is_local=job.provider == LOCAL,
        usual=usual_seconds(job.provider) if job.is_open else None,
    )
    if job.status in WAITING and not worker_alive:
        return _unattended(view)
    return TELLERS[Status(job.status)](_placed(view, line) if job.status in WAITING else view)


def describe_all(jobs: Sequence[Job]) -> list[JobView]:
    """Describe a page of jobs with one look at the workers and one at the line."""
    waiting = any(job.status in WAITING for job in jobs)
    alive = waiting and Worker.any_alive()
    line = in_line() if any(job.status in WAITING and job.provider == LOCAL for job in jobs) else []
    return [describe(job, alive, line) for job in jobs]


def in_line() -> list[int]:
    """Return the jobs that wait for the local renderer, the next one first."""
    waiting = Job.objects.filter(provider=LOCAL, status__in=WAITING)
    return list(waiting.order_by("created_at", "pk").values_list("pk", flat=True))


def usual_seconds(provider_name: str) -> int | None:
    """Return how long a provider's last videos took, or None before its first."""
    return cache.get_or_set(f"usual-seconds:{provider_name}", lambda: _usual_now(provider_name), USUAL_KEPT_FOR)


def timeline(job: Job) -> list[Step]:
    """Tell a job's history in words. Notes stay with the studio: they may quote the provider."""
    said = _told_of(job)
    steps = [Step(event.at, said[event.what]) for event in job.events.all() if event.what in said]
    return [step for before, step in zip([None, *steps], steps, strict=False) if not before or before.what != step.what]


def clock(seconds: int) -> str:
    """Write a running time: 0:31, 12:05, 1:02:03."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def duration(seconds: int) -> str:
    """Write how long something took: 48 s, 2 min 5 s."""
    if seconds < 60:
        return _("{seconds} s").format(seconds=max(1, seconds))
    return _("{minutes} min {seconds} s").format(minutes=seconds // 60, seconds=seconds % 60)


def _elapsed(job: Job) -> int:
    return max(0, round(((job.ended_at or timezone.now()) - job.created_at).total_seconds()))


def _usual_now(provider_name: str) -> int | None:
    completed = Job.objects.filter(provider=provider_name, status=Status.COMPLETED)
    times = completed.order_by("-ended_at").values_list("created_at", "ended_at")[:RECENT_JOBS]
    took = [(ended - created).total_seconds() for created, ended in times if ended]
    return max(1, round(median(took))) if took else None


def _placed(view: JobView, line: Sequence[int] | None) -> JobView:
    if not view.is_local:
        return view
    line = in_line() if line is None else line
    return replace(view, place=line.index(view.job.pk) + 1 if view.job.pk in line else None)


def _since(view: JobView, pattern: str) -> JobView:
    """Add a caption whose clock runs."""
    return replace(view, ticking=pattern, left=pattern.replace("{time}", clock(view.elapsed)))


def _unattended(view: JobView) -> JobView:
    view = _since(view, _("Waiting for {time}"))
    return replace(
        view,
        look="unattended",
        icon="warn",
        state=_("The render room is not answering"),
        short=_("Waiting"),
        why=_("Your order is safe and starts by itself as soon as it is back."),
        bar=Bar("waiting", _("Waiting for the render room")),
    )


def _waiting(view: JobView) -> JobView:
    view = _since(view, _("Waiting for {time}"))
    usual = _("Usually {time} in all").format(time=clock(view.usual)) if view.usual else ""
    return replace(
        view, state=_state_of_waiting(view), short=_("Waiting"), bar=Bar("waiting", _("Waiting")), right=usual
    )


def _state_of_waiting(view: JobView) -> str:
    if view.place == 1:
        return _("Next in line")
    if view.place:
        return _("Number {place} in line").format(place=view.place)
    return _("Waiting for its turn") if view.job.status == Status.QUEUED else _("In line at the video service")


def _submitting(view: JobView) -> JobView:
    state = _("Getting ready") if view.is_local else _("Being sent")
    view = _since(view, _("{time} so far"))
    return replace(view, state=state, icon="upload", short=state, bar=Bar("waiting", state))


def _unconfirmed(view: JobView) -> JobView:
    return replace(
        view,
        icon="question",
        state=_("We do not know yet"),
        short=_("Not known yet"),
        why=_(
            "The order left, but no answer came back. It is not sent twice. "
            "A person settles it: with the video, or with your {price} back."
        ).format(price=dollars(view.job.price)),
    )


def _processing(view: JobView) -> JobView:
    if view.is_local:
        return _rendering(view)
    view = replace(view, icon="film", state=_("Being made"), short=_("Being made"))
    if not view.usual:
        return replace(_since(view, _("{time} so far")), bar=Bar("waiting", _("Being made")))
    guess = min(NEARLY_DONE, round(100 * view.elapsed / view.usual))
    late = view.elapsed > view.usual
    view = _since(view, _("{time} of about {usual}").replace("{usual}", clock(view.usual)))
    return replace(
        view,
        bar=Bar("guess", _("Estimated progress"), guess),
        right=_("A little longer than usual") if late else _("Estimated"),
    )


def _rendering(view: JobView) -> JobView:
    done, total = view.job.frames_done, view.job.frames_total
    view = replace(view, icon="film", state=_("Rendering"), short=_("Rendering"), right=_("Local render"))
    if not total:
        return replace(view, bar=Bar("waiting", _("Rendering")), left=_("Studying the photo"))
    return replace(
        view,
        short=_("{percent}%").format(percent=100 * done // total),
        bar=Bar("measured", _("Frames rendered"), done, total),
        left=_("Frame {done} of {total}").format(done=done, total=total),
    )


def _collecting(view: JobView) -> JobView:
    return replace(
        view,
        icon="download",
        state=_("Made. Bringing it home"),
        short=_("Nearly ready"),
        bar=Bar("waiting", _("Bringing the video home")),
        left=_("Last step"),
        right=_("Local render") if view.is_local else "",
    )


def _completed(view: JobView) -> JobView:
    state = _("Ready. It took {time}").format(time=duration(view.elapsed))
    return replace(view, icon="check", state=state, short=_("Ready"))


def _failed(view: JobView) -> JobView:
    what = str(view.job.get_failure_display())
    return replace(
        view,
        icon="warn",
        state=_("Not made"),
        short=_("Not made"),
        lines=(what, _cost_of(view.job), _next_after(view.job)),
        wants_photo=view.job.failure in (FailureReason.REFUSED, FailureReason.NO_PORTRAIT),
    )


def _canceled(view: JobView) -> JobView:
    return replace(view, icon="close", state=_("Canceled"), short=_("Canceled"), why=_cost_of(view.job))


def _cost_of(job: Job) -> str:
    """Say what happened to the money: never left out where a video was not made."""
    if job.was_refunded:
        return _("Refunded {price}.").format(price=dollars(job.price))
    if any(entry.kind == CreditEntry.Kind.CHARGE for entry in job.entries.all()):
        return _("{price} was charged. Ask the studio to settle it.").format(price=dollars(job.price))
    return _("Nothing was charged.")


def _next_after(job: Job) -> str:
    said = {
        FailureReason.REFUSED: _("Choose another photo: one clear face, upright and well lit."),
        FailureReason.NOT_MADE: _("Press Again, or try it with another photo."),
        FailureReason.NOT_RENDERED: _("Press Again. If that fails too, try another photo."),
        FailureReason.BROKEN_RESULT: _("Press Again: it is a fresh order."),
        FailureReason.NO_PORTRAIT: _("Choose a photo, and order it once more."),
        FailureReason.TOOK_TOO_LONG: _("Press Again in a few minutes."),
    }
    return said[FailureReason(job.failure)]


def _told_of(job: Job) -> dict[str, str]:
    is_local = job.provider == LOCAL
    return {
        Status.QUEUED: _("Ordered"),
        Status.SUBMITTING: _("Handed to the renderer") if is_local else _("Sent to the video service"),
        Status.UNCONFIRMED: _("No answer: it is not sent again by itself"),
        Status.PENDING: _("In line"),
        Status.PROCESSING: _("Rendering began") if is_local else _("The video service began"),
        Status.COLLECTING: _("Made, and on its way here"),
        Status.COMPLETED: _("Ready"),
        Status.FAILED: _("Not made"),
        Status.CANCELED: _("Canceled"),
    }


TELLERS = {
    Status.QUEUED: _waiting,
    Status.SUBMITTING: _submitting,
    Status.UNCONFIRMED: _unconfirmed,
    Status.PENDING: _waiting,
    Status.PROCESSING: _processing,
    Status.COLLECTING: _collecting,
    Status.COMPLETED: _completed,
    Status.FAILED: _failed,
    Status.CANCELED: _canceled,
}
