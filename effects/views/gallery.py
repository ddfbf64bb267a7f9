"""The gallery, the page of one video, and the trash."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from effects.catalogue import search
from effects.models import Account, Theme, Video
from effects.models.video import TRASH_TIME, VideoQuerySet
from effects.requests import StudioRequest
from effects.services import failures, videos

PAGE = 24
NEIGHBOURS = 4
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Day:
    """A day's videos. One that goes on from the batch before says its name no second time."""

    title: str
    videos: list[Video]
    goes_on: bool


@dataclass(frozen=True)
class Chip:
    """A theme to filter by."""

    theme: str
    label: str
    count: int


@require_safe
@never_cache
@vary_on_headers("HX-Request")
def index(request: StudioRequest) -> HttpResponse:
    asked = request.GET.get("theme", "")
    theme = asked if asked in Theme.values else ""
    kept = _videos(request.owner).filter(job__effect__theme=theme) if theme else _videos(request.owner)
    is_more = bool(request.htmx) and not request.htmx.history_restore_request
    context = _batch(kept, request.GET.get("before", ""), is_more=is_more) | {"theme": theme}
    if is_more:
        return render(request, "effects/_reel.html", context)
    return render(request, "effects/gallery.html", context | _overview(request))


@require_safe
def video(request: StudioRequest, key: str) -> HttpResponse:
    shown = get_object_or_404(_videos(request.owner), key=key)
    job = getattr(shown, "job", None)
    neighbours = search.more_like(job.effect, NEIGHBOURS) if job and job.portrait else []
    context: dict[str, Any] = {"video": shown, "job": job, "neighbours": neighbours}
    if job:
        context |= {
            "took": (job.ended_at - job.created_at).total_seconds(),
            "came_late": failures.came_late(job),
            "may_repeat": search.is_on_offer(job.effect),
        }
    return render(request, "effects/video.html", context)


@require_safe
@never_cache
def trash(request: StudioRequest) -> HttpResponse:
    trashed = _of(request.owner).in_trash().select_related("job__effect").order_by("-deleted_at", "-pk")
    context = {"videos": [(video, _days_left(video)) for video in trashed], "kept_for": TRASH_TIME.days}
    return render(request, "effects/trash.html", context)


@require_POST
def delete(request: StudioRequest, key: str) -> HttpResponse:
    videos.trash(get_object_or_404(_videos(request.owner), key=key))
    return redirect(f"{reverse('effects:gallery')}?moved={key}")


@require_POST
def restore(request: StudioRequest, key: str) -> HttpResponse:
    videos.restore(get_object_or_404(_of(request.owner).in_trash(), key=key))
    return redirect("effects:trash") if request.POST.get("back") == "trash" else redirect("effects:video", key)


def _of(owner: Account | None) -> VideoQuerySet:
    return Video.objects.filter(owner=owner) if owner else Video.objects.none()


def _videos(owner: Account | None) -> VideoQuerySet:
    return _of(owner).kept().select_related("job__effect__tier", "job__portrait", "job__partner")


def _overview(request: StudioRequest) -> dict[str, Any]:
    """Return what stands above the reel: how much there is of what, and what has just been moved away."""
    themes = _of(request.owner).kept().order_by().values_list("job__effect__theme").annotate(count=Count("pk"))
    counts = dict(themes)
    moved = request.GET.get("moved")
    return {
        "total": sum(counts.values()),
        "chips": [Chip(theme, str(theme.label), counts[theme]) for theme in Theme if counts.get(theme)],
        "in_trash": _of(request.owner).in_trash().count(),
        "moved": _of(request.owner).in_trash().filter(key=moved).first() if moved else None,
    }


def _batch(kept: VideoQuerySet, cursor: str, *, is_more: bool) -> dict[str, Any]:
    """Return the next videos by day, and the cursor to those before them."""
    last = _read(cursor) if cursor else None
    if last:
        at, pk = last
        kept = kept.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk))
    shown = list(kept[: PAGE + 1])
    earlier = _cursor_after(shown[PAGE - 1]) if len(shown) > PAGE else ""
    day_before = timezone.localdate(last[0]) if last and is_more else None
    return {"days": _by_day(shown[:PAGE], day_before), "earlier": earlier}


def _by_day(shown: Sequence[Video], day_before: date | None) -> list[Day]:
    days = groupby(shown, key=lambda video: timezone.localdate(video.created_at))
    return [Day(_name_of(day), list(its), day == day_before) for day, its in days]


def _name_of(day: date) -> str:
    names = {0: _("Today"), 1: _("Yesterday")}
    return names.get((timezone.localdate() - day).days) or date_format(day, "DATE_FORMAT")


def _days_left(video: Video) -> int:
    left = (video.deleted_at or timezone.now()) + TRASH_TIME - timezone.now()
    return max(0, -(-left // timedelta(days=1)))


def _cursor_after(video: Video) -> str:
    at = (video.created_at - EPOCH) // MICROSECOND
    return urlsafe_b64encode(f"{at} {video.pk}".encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, int]:
    try:
        at, pk = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        return EPOCH + int(at) * MICROSECOND, int(pk)
    except (ValueError, OverflowError) as error:
        raise Http404 from error
