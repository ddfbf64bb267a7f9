"""Say in words how a job stands: everything that its card shows."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from effects.catalogue.search import is_on_offer
from effects.models import LOCAL, Job, Status, Studio, Worker
from effects.models.fields import dollars
from effects.models.job import FOLLOWED
from effects.services import failures, track_record
from effects.services.pace import LATE

WAITING = (Status.QUEUED, Status.PENDING)
NEARLY_DONE = 95  # an estimate never claims the end
UNDELIVERED_AFTER = timedelta(hours=1).total_seconds()


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
    remedy: Literal["again", "photo", "effect"] = "again"

    @property
    def may_repeat(self) -> bool:
        return is_on_offer(self.job.effect)

    @property
    def is_free(self) -> bool:
        return self.job.is_free or failures.came_late(self.job)

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


def describe(job: Job, worker_alive: bool, line: Sequence[int] | None = None, is_paused: bool | None = None) -> JobView:
    """Say how a job stands. `line` is `in_line()` and `is_paused` is `_is_paused()`, for those who describe many."""
    view = JobView(
        job=job,
        title=job.effect.title,
        look=job.status,
        elapsed=_elapsed(job),
        is_local=job.is_local,
        usual=_usual_of(job) if job.is_open else None,
    )
    if _waits_to_be_sent(job) and (_is_paused() if is_paused is None else is_paused):
        return _paused(view)
    if job.status in WAITING and not worker_alive:
        return _unattended(view)
    return TELLERS[Status(job.status)](_placed(view, line) if job.status in WAITING else view)


def describe_all(jobs: Sequence[Job]) -> list[JobView]:
    """Describe a page of jobs with one look at the workers, one at the line, and one at the studio's pause."""
    waiting = any(job.status in WAITING for job in jobs)
    alive = waiting and Worker.any_alive()
    line = in_line() if any(job.status in WAITING and job.is_local for job in jobs) else []
    is_paused = any(_waits_to_be_sent(job) for job in jobs) and _is_paused()
    return [describe(job, alive, line, is_paused) for job in jobs]


def in_line() -> list[int]:
    """Return the jobs that wait for the local renderer, the next one first."""
    waiting = Job.objects.filter(provider=LOCAL, status__in=WAITING)
    return list(waiting.order_by("created_at", "pk").values_list("pk", flat=True))


def timeline(job: Job) -> list[Step]:
    """Tell a job's history in words. Notes stay with the studio: they may quote the provider."""
    said = _told_of(job)
    events = [event for event in job.events.all() if event.what in said]
    steps = [Step(event.at, said[event.what]) for event in events]
    for place, (one, next_one) in enumerate(pairwise(events)):
        if (one.what, next_one.what) == (Status.FAILED, Status.COLLECTING):
            steps[place] = Step(one.at, _("Not made in time, paid back"))
            steps[place + 1] = Step(next_one.at, _("It came after all"))
    return [step for before, step in zip([None, *steps], steps, strict=False) if not before or before.what != step.what]


def clock(seconds: int) -> str:
    """Write a running time: 0:31, 12:05, 1:02:03."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def duration(seconds: int) -> str:
    """Write how long something took: 48 s, 2 min 5 s, 9 h 12 min."""
    if seconds < 60:
        return _("{seconds} s").format(seconds=max(1, seconds))
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
    return _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)


def _elapsed(job: Job) -> int:
    """Seconds from the click on; of what is made elsewhere, from its sending on: before that, it may have waited."""
    is_elsewhere = job.status in FOLLOWED and not job.is_local
    since = (is_elsewhere and job.submitted_at) or job.created_at
    return max(0, round(((job.ended_at or timezone.now()) - since).total_seconds()))


def _usual_of(job: Job) -> int | None:
    return (
        track_record.usual_seconds(job.provider) if job.is_local else track_record.usual_for(job.effect, job.provider)
    )


def _waits_to_be_sent(job: Job) -> bool:
    return job.status == Status.QUEUED and not job.is_local


def _is_paused() -> bool:
    """Whether no orders go out to the paid provider."""
    return bool(Studio.current().line_closed)


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


def _paused(view: JobView) -> JobView:
    return replace(
        view,
        icon="pause",
        state=_("Orders wait at the moment"),
        short=_("Waiting"),
        why=_(
            "The studio's line to Kling is paused, and its owner knows. Your order is safe and goes out by itself; "
            "until then you may cancel it for free."
        ),
    )


def _waiting(view: JobView) -> JobView:
    if view.job.status == Status.PENDING and not view.is_local:
        return _under_way(replace(view, state=_("In line at the video service"), short=_("Waiting")))
    if view.job.attempts and not view.is_local:
        return _unreached(view)
    view = _since(view, _("Waiting for {time}"))
    usual = _("Usually {time} in all").format(time=clock(view.usual)) if view.usual else ""
    return replace(
        view, state=_state_of_waiting(view), short=_("Waiting"), bar=Bar("waiting", _("Waiting")), right=usual
    )


def _state_of_waiting(view: JobView) -> str:
    if view.place == 1:
        return _("Next in line")
    return _("Number {place} in line").format(place=view.place) if view.place else _("Waiting for its turn")


def _unreached(view: JobView) -> JobView:
    return replace(
        _since(view, _("Waiting for {time}")),
        icon="wifi-off",
        state=_("Kling cannot be reached at the moment"),
        short=_("Waiting"),
        why=_("Nothing has been sent; it is tried again by itself."),
        bar=Bar("waiting", _("Waiting")),
    )


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
    return _under_way(replace(view, icon="film", state=_("Being made"), short=_("Being made")))


def _under_way(view: JobView) -> JobView:
    """Hold what a provider elsewhere makes against the usual time, as long as that says anything."""
    if view.elapsed > UNDELIVERED_AFTER:
        sentence = _(
            "Kling has not delivered yet. The studio goes on asking for a day, and pays you back if nothing comes."
        )
        view = replace(view, why=sentence)
    if not view.usual or view.elapsed > LATE * view.usual:
        right = _("Longer than usual") if view.usual else ""
        return replace(_since(view, _("{time} so far")), bar=Bar("waiting", view.short), right=right)
    guess = min(NEARLY_DONE, round(100 * view.elapsed / view.usual))
    is_over = view.elapsed > view.usual
    return replace(
        _since(view, _("{time} of about {usual}").replace("{usual}", clock(view.usual))),
        bar=Bar("guess", _("Estimated progress"), guess),
        right=_("A little longer than usual") if is_over else _("Estimated"),
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
        why=_gift_of(view.job),
        bar=Bar("waiting", _("Bringing the video home")),
        left=_("Last step"),
        right=_("Local render") if view.is_local else "",
    )


def _completed(view: JobView) -> JobView:
    gift = _gift_of(view.job)
    state = _("Ready after all") if gift else _("Ready. It took {time}").format(time=duration(view.elapsed))
    return replace(view, icon="check", state=state, short=_("Ready"), why=gift)


def _gift_of(job: Job) -> str:
    return _("It came late, so it is free: you have your money back.") if failures.came_late(job) else ""


def _failed(view: JobView) -> JobView:
    job = view.job
    return replace(
        view,
        icon="warn",
        state=_("Not made"),
        short=_("Not made"),
        lines=(str(job.get_failure_display()), failures.cost_of(job), failures.next_after(job, view.may_repeat)),
        remedy=failures.REMEDIES.get(job.failure, "again") if view.may_repeat else "effect",
    )


def _canceled(view: JobView) -> JobView:
    return replace(view, icon="close", state=_("Canceled"), short=_("Canceled"), why=failures.cost_of(view.job))


def _told_of(job: Job) -> dict[str, str]:
    is_local = job.is_local
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
