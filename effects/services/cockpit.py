"""How the studio is doing, for its owner's front page."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Avg, Count, Max, Min, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from effects import providers
from effects.models import LOCAL, Account, Closed, Effect, Job, Portrait, Status, Studio, Video, Worker
from effects.models.studio import SILENCE
from effects.services import line, progress, spending, track_record
from effects.services.spending import Spending, spent_this_month

FORTNIGHT = 14  # days
RECENTLY = timedelta(hours=1)
USUAL_SIZE = 6_000_000  # bytes of a video, before there is one
WAITING = (Status.QUEUED, Status.PENDING)
SHOWN = 3
GB = 1_000_000_000


@dataclass(frozen=True)
class Day:
    """What became of the jobs that ended on one day."""

    date: date
    made: int
    failed: int


@dataclass(frozen=True)
class Workers:
    alive: int
    heard_from: datetime | None

    @property
    def silence(self) -> str:
        if self.heard_from is None:
            return _("Never heard from")
        return _("Heard from {time} ago").format(time=progress.duration(_seconds_since(self.heard_from)))


@dataclass(frozen=True)
class Line:
    """Who waits for his turn."""

    count: int
    since: datetime | None
    usual: int | None

    @property
    def age(self) -> str:
        return progress.clock(_seconds_since(self.since)) if self.since else "0:00"

    @property
    def usual_time(self) -> str:
        return progress.clock(self.usual) if self.usual else ""


@dataclass(frozen=True)
class Disk:
    free: int
    total: int
    videos_left: int

    @property
    def free_gb(self) -> str:
        return f"{self.free / GB:,.0f}" if self.free >= 10 * GB else f"{self.free / GB:.1f}"

    @property
    def videos_about(self) -> str:
        """The number of videos that fit, to two digits."""
        digits = max(0, len(str(self.videos_left)) - 2)
        return f"{round(self.videos_left, -digits):,}"

    @property
    def used_percent(self) -> int:
        return round(100 * (1 - self.free / self.total)) if self.total else 0

    @property
    def is_short(self) -> bool:
        return self.videos_left < 100


@dataclass(frozen=True)
class Purse:
    spent: Decimal
    cap: Decimal
    is_paid: bool

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.spent / self.cap)) if self.cap else 0


@dataclass(frozen=True)
class Closure:
    """Why no orders go out to the paid provider, since when, and how many wait."""

    why: Closed
    since: datetime | None
    waiting: int

    @property
    def is_wanted(self) -> bool:
        return self.why == Closed.OWNER

    @property
    def wants_credit(self) -> bool:
        """Whether only a change of the settings helps: opened by hand, the next order would close it again."""
        return self.why == Closed.LOW

    @property
    def waits_for(self) -> str:
        return what_opens(self.why)


@dataclass(frozen=True)
class Figures:
    greeting: str
    today: date
    workers: Workers
    line: Line
    purse: Purse
    disk: Disk
    days: Sequence[Day]
    closure: Closure | None
    spending: Spending | None
    unknown: Sequence[Job]
    unknown_count: int
    owed: int
    stuck: int
    refused: int
    failed_lately: int
    notes: dict[str, str]

    @property
    def nobody_works(self) -> bool:
        return self.line.count > 0 and not self.workers.alive

    @property
    def may_pause(self) -> bool:
        return self.purse.is_paid and (self.closure is None or self.closure.why != Closed.OWNER)


def read() -> Figures:
    now = timezone.now()
    studio, provider = Studio.current(), providers.in_force()
    jobs = Job.objects.aggregate(
        open=Count("pk", filter=~Q(status__in=[Status.COMPLETED, Status.FAILED, Status.CANCELED])),
        unknown=Count("pk", filter=Q(status=Status.UNCONFIRMED)),
        owed=Count("pk", filter=Q(pk__in=Job.objects.owed().order_by().values("pk"))),
        stuck=Count("pk", filter=Q(pk__in=Job.objects.stuck().order_by().values("pk"))),
        held_back=Count("pk", filter=Q(pk__in=line.waiting().order_by().values("pk"))),
        ever_paid=Count("pk", filter=~Q(provider=LOCAL)),
        failed_lately=Count("pk", filter=Q(status=Status.FAILED, ended_at__gte=now - RECENTLY)),
        waiting=Count("pk", filter=Q(status__in=WAITING)),
        oldest=Min("created_at", filter=Q(status__in=WAITING)),
    )
    videos = Video.objects.filter(purged_at=None).aggregate(count=Count("pk"), size=Avg("size"))
    effects = _effects()
    return Figures(
        greeting=_greeting(timezone.localtime(now).hour),
        today=timezone.localdate(now),
        workers=_workers(now),
        line=Line(jobs["waiting"], jobs["oldest"], track_record.usual_seconds(provider.name)),
        purse=Purse(spent_this_month(studio), studio.monthly_cap, provider.is_paid),
        disk=_disk(videos["size"] or USUAL_SIZE),
        days=_days(timezone.localdate(now)),
        closure=_closure(studio, jobs["held_back"], provider.is_paid),
        spending=spending.read(studio) if provider.is_paid or jobs["ever_paid"] else None,
        unknown=_unknown() if jobs["unknown"] else (),
        unknown_count=jobs["unknown"],
        owed=jobs["owed"],
        stuck=jobs["stuck"],
        refused=effects["refused"] if provider.is_paid else 0,
        failed_lately=jobs["failed_lately"],
        notes=_notes(effects, jobs["open"], videos["count"]),
    )


def what_opens(why: Closed) -> str:
    """Say what the owner does so that orders go out again."""
    return {
        Closed.KEY: _("Check KLING_API_KEY in the file .env, and start the studio again."),
        Closed.FUNDS: _("Top up at Kling, and then let them go out."),
        Closed.LOW: _("Top up at Kling, and state the new credit in the settings."),
        Closed.TROUBLE: _("Settle the orders without a known outcome first, so that none is paid twice."),
        Closed.OWNER: _("They wait until you let them go out."),
    }[why]


def _greeting(hour: int) -> str:
    """Return a greeting with {name} in it."""
    if 5 <= hour < 12:
        return _("Good morning, {name}.")
    if 12 <= hour < 18:
        return _("Good afternoon, {name}.")
    return _("Good evening, {name}.")


def _workers(now: datetime) -> Workers:
    alive = Count("pk", filter=Q(seen_at__gte=now - SILENCE))
    seen = Worker.objects.aggregate(alive=alive, heard_from=Max("seen_at"))
    return Workers(seen["alive"], seen["heard_from"])


def _closure(studio: Studio, waiting: int, is_paid: bool) -> Closure | None:
    """Return why the line is closed, if that keeps anybody from anything."""
    if not studio.line_closed or not (is_paid or waiting):
        return None
    return Closure(Closed(studio.line_closed), studio.line_closed_at, waiting)


def _disk(size: float) -> Disk:
    usage = shutil.disk_usage(settings.DATA_DIR)
    return Disk(usage.free, usage.total, int(usage.free / size))


def _days(today: date) -> list[Day]:
    dates = [today - timedelta(days=back) for back in range(FORTNIGHT - 1, -1, -1)]
    start = timezone.make_aware(datetime.combine(dates[0], datetime.min.time()))
    ended = Job.objects.filter(ended_at__gte=start).order_by().annotate(day=TruncDate("ended_at")).values("day")
    made, failed = Count("pk", filter=Q(status=Status.COMPLETED)), Count("pk", filter=Q(status=Status.FAILED))
    found = {row["day"]: row for row in ended.annotate(made=made, failed=failed)}
    none = {"made": 0, "failed": 0}
    return [Day(day, found.get(day, none)["made"], found.get(day, none)["failed"]) for day in dates]


def _unknown() -> list[Job]:
    jobs = Job.objects.filter(status=Status.UNCONFIRMED).select_related("effect", "owner__user")
    return list(jobs.order_by("created_at")[:SHOWN])


def _effects() -> dict[str, int]:
    return Effect.objects.aggregate(
        count=Count("pk"),
        featured=Count("pk", filter=Q(is_featured=True)),
        refused=Count("pk", filter=Q(is_enabled=True, refused_at__isnull=False)),
    )


def _notes(effects: dict[str, int], open_jobs: int, videos: int) -> dict[str, str]:
    """Say beside each list how much is in it."""
    return {
        "Effect": _("{count}, {featured} featured").format(**effects),
        "Job": ngettext("{count} open", "{count} open", open_jobs).format(count=f"{open_jobs:,}"),
        "Video": f"{videos:,}",
        "Portrait": f"{Portrait.objects.count():,}",
        "Account": f"{Account.objects.count():,}",
    }


def _seconds_since(when: datetime) -> int:
    return max(0, round((timezone.now() - when).total_seconds()))
