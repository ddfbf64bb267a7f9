import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .credit import Account, CreditEntry
from .effect import Effect
from .fields import MoneyField, new_key
from .portrait import Portrait
from .video import Video


class Status(models.TextChoices):
    QUEUED = "queued", _("queued")
    SUBMITTING = "submitting", _("being sent")
    UNCONFIRMED = "unconfirmed", _("outcome unknown")
    PENDING = "pending", _("in line")
    PROCESSING = "processing", _("being made")
    COLLECTING = "collecting", _("being fetched")
    COMPLETED = "completed", _("ready")
    FAILED = "failed", _("not made")
    CANCELED = "canceled", _("canceled")


class FailureReason(models.TextChoices):
    """Why a job was not made, as its card explains it."""

    REFUSED = "refused", _("The video service refused this order.")
    NOT_MADE = "not_made", _("The video service could not make this video.")
    NOT_RENDERED = "not_rendered", _("The studio could not render this video.")
    BROKEN_RESULT = "broken_result", _("The finished video arrived broken, again and again.")
    NO_PORTRAIT = "no_portrait", _("The photo was deleted before the video was made.")
    TOOK_TOO_LONG = "took_too_long", _("The video service did not deliver in time.")
    NOT_TAKEN = "not_taken", _("The video service could not be reached.")
    POLICY = "policy", _("Kling does not allow this photo, or this effect with it.")
    NO_FACE = "no_face", _("The video service found no face in a photo.")
    UNKNOWN_EFFECT = "unknown_effect", _("The video service does not know this effect any more.")
    NO_ACCESS = "no_access", _("The video service did not let the studio in.")
    WRITTEN_OFF = "written_off", _("What became of the order was never found out.")


LOCAL = "local"
ENDED = (Status.COMPLETED, Status.FAILED, Status.CANCELED)
# Nobody gives these a turn by himself: an unconfirmed job waits for a callback or a person.
RESTING = (*ENDED, Status.UNCONFIRMED)
FOLLOWED = (Status.PENDING, Status.PROCESSING)
# Failures after which the provider may still deliver what it was paid for.
OWED = (FailureReason.TOOK_TOO_LONG, FailureReason.BROKEN_RESULT, FailureReason.WRITTEN_OFF)
# Tries in vain before its owner hears of it.
STUCK_AFTER = 4
# The provider's own limit: its results are gone after this.
OWED_FOR = timedelta(days=30)


def _wants_a_turn() -> Q:
    """Open jobs; unconfirmed ones whose task a callback has named; and failed ones whose video may still come."""
    known = ~Q(task_id="") | ~Q(hinted_task="")
    is_named = Q(status=Status.UNCONFIRMED) & ~Q(hinted_task="")
    is_young = Q(settled_at=None, submitted_at__gte=timezone.now() - OWED_FOR)
    is_owed = Q(status=Status.FAILED, failure__in=OWED) & is_young & known & ~Q(provider=LOCAL)
    return ~Q(status__in=RESTING) | is_named | is_owed


class JobQuerySet(models.QuerySet["Job"]):
    def open(self) -> "JobQuerySet":
        return self.exclude(status__in=ENDED)

    def ended(self) -> "JobQuerySet":
        return self.filter(status__in=ENDED)

    def free_to_claim(self) -> "JobQuerySet":
        """Return jobs that want a turn and that nobody holds."""
        is_free = Q(leased_until=None) | Q(leased_until__lt=timezone.now())
        return self.filter(is_free).filter(_wants_a_turn())

    def overdue(self) -> "JobQuerySet":
        """Return jobs whose turn has come, whatever became of the nudge."""
        return self.free_to_claim().filter(next_turn_at__lte=timezone.now())

    def followed(self) -> "JobQuerySet":
        """Return jobs whose task is at a provider elsewhere: they are looked after many at once."""
        return self.filter(status__in=FOLLOWED).exclude(provider=LOCAL)

    def owed(self) -> "JobQuerySet":
        """Return failed jobs that were paid for upstream and brought nothing, until a person settles them."""
        lost = (FailureReason.TOOK_TOO_LONG, FailureReason.BROKEN_RESULT)
        sent = self.exclude(provider=LOCAL).exclude(submitted_at=None)
        return sent.filter(status=Status.FAILED, failure__in=lost, settled_at=None)

    def stuck(self) -> "JobQuerySet":
        """Return paid orders that go on being tried in vain: to be sent, asked after, or brought home."""
        return self.open().exclude(provider=LOCAL).filter(attempts__gte=STUCK_AFTER)

    def call(self) -> int:
        """Let jobs have their turn now instead of when it was booked; return how many."""
        return self.free_to_claim().update(next_turn_at=timezone.now())

    def for_cards(self) -> "JobQuerySet":
        """Fetch with each job what its card shows."""
        related = self.select_related("effect__tier", "portrait", "partner", "video", "owner__user")
        return related.prefetch_related("entries")

    def claim(self, pk: int, lease: timedelta) -> "Job | None":
        """Take a job's turn for as long as `lease`, or return None: it has ended, is not due, or somebody has it.

        The lease's token goes with the job, so that a worker that overslept cannot renew what is no longer his.
        A lease that ran out counts as an attempt: its holder died over this job.
        """
        tries = Case(When(leased_until=None, then=F("attempts")), default=F("attempts") + 1)
        until, token = timezone.now() + lease, secrets.token_hex(8)
        due = self.overdue().filter(pk=pk)
        if not due.update(attempts=tries, leased_until=until, lease_token=token):
            return None
        mine = self.select_related("effect__tier", "portrait", "partner", "owner__user")
        return mine.filter(pk=pk, lease_token=token).first()

    def claim_followed(self, most: int, lease: timedelta) -> "list[Job]":
        """Take the turns of up to `most` jobs that are due to be asked after, the most overdue first."""
        until, token = timezone.now() + lease, secrets.token_hex(8)
        due = self.overdue().followed()
        first = list(due.order_by("next_turn_at").values_list("pk", flat=True)[:most])
        if not first:
            return []
        due.filter(pk__in=first).update(leased_until=until, lease_token=token)
        return list(self.select_related("effect__tier").filter(pk__in=first, lease_token=token))


class Job(models.Model):
    """One request to make one video, and where it stands."""

    # From where a job may move to each state. Whoever finds it elsewhere has lost the race.
    STEPS = {
        Status.QUEUED: [Status.SUBMITTING],
        Status.SUBMITTING: [Status.QUEUED],
        Status.UNCONFIRMED: [Status.SUBMITTING],
        Status.PENDING: [Status.SUBMITTING, Status.UNCONFIRMED],
        Status.PROCESSING: [Status.PENDING],
        Status.COLLECTING: [Status.PENDING, Status.PROCESSING],
        Status.COMPLETED: [Status.COLLECTING],
        Status.FAILED: [
            Status.QUEUED,
            Status.SUBMITTING,
            Status.UNCONFIRMED,
            Status.PENDING,
            Status.PROCESSING,
            Status.COLLECTING,
        ],
        Status.CANCELED: [Status.QUEUED, Status.PENDING, Status.PROCESSING],
    }

    key = models.CharField(max_length=22, default=new_key, unique=True, editable=False)
    owner = models.ForeignKey(Account, models.CASCADE, related_name="jobs", verbose_name=_("owner"))
    request_key = models.CharField(max_length=64, editable=False)
    effect = models.ForeignKey(Effect, models.PROTECT, related_name="jobs", verbose_name=_("effect"))
    portrait = models.ForeignKey(
        Portrait, models.SET_NULL, null=True, related_name="jobs", verbose_name=_("portrait (left)")
    )
    partner = models.ForeignKey(
        Portrait, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("partner (right)")
    )
    provider = models.CharField(_("provider"), max_length=20)
    price = MoneyField(_("price in USD"))
    status = models.CharField(_("state"), max_length=11, choices=Status, default=Status.QUEUED, db_index=True)
    failure = models.CharField(_("why not"), max_length=14, choices=FailureReason, blank=True)
    task_id = models.CharField(_("task at the provider"), max_length=120, blank=True)
    result_url = models.TextField(_("address of the result"), blank=True)
    callback_token = models.CharField(max_length=22, default=new_key, editable=False, db_index=True)
    hinted_task = models.CharField(_("task that a callback named"), max_length=120, blank=True, editable=False)
    made_in = models.FloatField(_("seconds at the provider"), null=True, editable=False)
    video = models.OneToOneField(
        Video, models.PROTECT, null=True, blank=True, related_name="job", verbose_name=_("video")
    )
    frames_done = models.PositiveIntegerField(default=0, editable=False)
    frames_total = models.PositiveIntegerField(default=0, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts at this step"), default=0, editable=False)
    step_since = models.DateTimeField(_("at this step since"), default=timezone.now, editable=False)
    next_turn_at = models.DateTimeField(_("next turn"), default=timezone.now, db_index=True)
    leased_until = models.DateTimeField(_("held until"), null=True, blank=True)
    lease_token = models.CharField(max_length=16, blank=True, editable=False)
    created_at = models.DateTimeField(_("ordered"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("sent"), null=True, blank=True, db_index=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled by a person"), null=True, blank=True, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [models.Index(fields=["owner", "-created_at"])]
        constraints = [
            models.UniqueConstraint(fields=["owner", "request_key"], name="one_job_per_request"),
            models.UniqueConstraint(fields=["provider", "task_id"], condition=~Q(task_id=""), name="one_job_per_task"),
            models.CheckConstraint(
                condition=~Q(status=Status.COMPLETED, video=None), name="completed_jobs_have_a_video"
            ),
            models.CheckConstraint(condition=~Q(status=Status.FAILED, failure=""), name="failed_jobs_say_why"),
        ]

    def __str__(self) -> str:
        return f"{self.effect.title} · {self.owner}"

    @transaction.atomic
    def move_to(
        self,
        status: Status,
        *,
        note: str = "",
        start: list[Status] | None = None,
        is_held: bool = False,
        **changes: Any,
    ) -> bool:
        """Move on if the job still stands where this step begins, or at `start`; return whether it did.

        With `is_held`, only for who still has its turn.
        """
        mine = self.hold() if is_held else Job.objects.filter(pk=self.pk)
        here = mine.filter(status__in=start or self.STEPS[status])
        if status in ENDED:  # and whoever holds it loses it
            changes = {"ended_at": timezone.now(), "leased_until": None, "lease_token": "", **changes}
        changes = {"status": status, "attempts": 0, "step_since": timezone.now(), **changes}
        if not here.update(**changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        self.log(status, note)
        return True

    def log(self, what: str, note: str = "") -> None:
        """Write a line on the job's timeline."""
        self.events.create(what=what, note=note[:300])

    def hold(self) -> models.QuerySet["Job"]:
        """Return this job's row as long as its turn is still ours, for a guarded update."""
        return Job.objects.filter(pk=self.pk, lease_token=self.lease_token).exclude(lease_token="")

    def book(self, when: datetime, **changes: Any) -> bool:
        """Hand the turn back and name the next one; return False if the lease was lost meanwhile."""
        return bool(self.hold().update(next_turn_at=when, leased_until=None, **changes))

    def renew(self, lease: timedelta, **changes: Any) -> bool:
        """Hold on to the turn; return False if the job was canceled or somebody else has it."""
        return bool(self.hold().update(leased_until=timezone.now() + lease, **changes))

    @property
    def is_open(self) -> bool:
        return self.status not in ENDED

    @property
    def is_free(self) -> bool:
        return self.price == 0

    @property
    def is_local(self) -> bool:
        """Whether it is rendered on this machine, where it costs nothing and may be done again."""
        return self.provider == LOCAL

    @property
    def cancelable_at(self) -> list[Status]:
        """Where nothing has been spent on it yet: before it is sent, or anywhere if it is made here for nothing."""
        return self.STEPS[Status.CANCELED] if self.is_local else [Status.QUEUED]

    @property
    def may_cancel(self) -> bool:
        return self.status in self.cancelable_at

    @property
    def was_refunded(self) -> bool:
        return any(entry.kind == CreditEntry.Kind.REFUND for entry in self.entries.all())


class JobEvent(models.Model):
    """A line of a job's timeline."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="events", verbose_name=_("job"))
    at = models.DateTimeField(_("time"), auto_now_add=True)
    what = models.CharField(_("what"), max_length=20)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("event")
        verbose_name_plural = _("timeline")

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.what}"
