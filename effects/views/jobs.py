"""Ordering a video and watching it being made."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from effects.forms import OrderForm
from effects.models import Account, Effect, Job, Status
from effects.models.job import ENDED, JobQuerySet
from effects.requests import StudioRequest
from effects.services import accounts, orders, progress
from effects.services.orders import OrderRefused
from effects.services.progress import JobView
from effects.views.catalogue import effect_context
from effects.views.composer import composer_context

# Where a card stands: alone on its page, in the composer's place, or in the list, which asks for all its cards at once.
PLACES = ("page", "effect", "list")
NOT_MADE = (Status.FAILED, Status.CANCELED)
SHOWN = 12
MOST_ASKED = 50


@require_POST
def order(request: StudioRequest, name: str) -> HttpResponse:
    effect = get_object_or_404(Effect.objects.offered().select_related("tier"), name=name)
    request.owner = accounts.owner_or_guest(request)
    form = OrderForm(request.owner, effect, request.POST, request.FILES)
    job = _ordered(form, request.owner, effect)
    if job is None:
        composer = composer_context(request, effect, form)
        if request.htmx:
            return render(request, "effects/_composer.html", composer, status=form.status)
        return render(request, "effects/effect.html", effect_context(effect) | composer, status=form.status)
    if request.htmx:
        return _card(request, _job_of(request, job.key), "effect")
    return redirect("effects:job", job.key)


@require_safe
@never_cache
def index(request: StudioRequest) -> HttpResponse:
    return render(request, "effects/jobs.html", _groups(request.owner) if request.owner else {})


@require_safe
@never_cache
def refresh(request: StudioRequest) -> HttpResponse:
    """Answer for all cards of the list at once: who is under way, and who of those asked for has ended."""
    jobs = _jobs(request)
    listed = _listed(progress.describe_all(list(jobs.open())))
    if listed["seen"] == request.GET.get("seen"):
        return HttpResponse(status=204)
    asked = request.GET.get("open", "").split(".")[:MOST_ASKED]
    ended = progress.describe_all(list(jobs.ended().filter(key__in=asked)))
    return render(request, "effects/_job_news.html", listed | {"ended": ended})


@require_safe
@never_cache
def detail(request: StudioRequest, key: str) -> HttpResponse:
    job = _job_of(request, key)
    return render(request, "effects/job.html", {"view": _view_of(job), "timeline": progress.timeline(job)})


@require_safe
@never_cache
def card(request: StudioRequest, key: str) -> HttpResponse:
    job = _job_of(request, key)
    if _view_of(job).seen == request.GET.get("seen"):
        return HttpResponse(status=204)
    return _card(request, job, request.GET.get("in", ""))


@require_POST
def cancel(request: StudioRequest, key: str) -> HttpResponse:
    orders.cancel(_job_of(request, key))
    job = _job_of(request, key)
    place = request.POST.get("in", "")
    came_late = job.status != Status.CANCELED
    note = _("It had already begun, so it could not be canceled.") if came_late else ""
    if request.htmx:
        return _card(request, job, place, note=note, status=409 if came_late else 200)
    if note:
        messages.error(request, note)
    return redirect("effects:jobs") if place == "list" else redirect("effects:job", key)


def _ordered(form: OrderForm, owner: Account, effect: Effect) -> Job | None:
    """Place the order, or leave in the form why not."""
    if not form.is_valid():
        return None
    said = form.cleaned_data
    photos = said["portrait"], said["partner"]
    try:
        terms = {name: said[name] for name in ("request_key", "accept_retired", "agreed_price")}
        return orders.order_video(owner, effect, *photos, **terms)
    except OrderRefused as refusal:
        form.refuse(refusal)
        return None


def _jobs(request: StudioRequest) -> JobQuerySet:
    if request.owner is None:
        raise Http404
    return _jobs_of(request.owner)


def _jobs_of(owner: Account) -> JobQuerySet:
    return Job.objects.filter(owner=owner).for_cards()


def _job_of(request: StudioRequest, key: str) -> Job:
    return get_object_or_404(_jobs(request), key=key)


def _view_of(job: Job) -> JobView:
    return progress.describe_all([job])[0]


def _card(request: StudioRequest, job: Job, place: str, *, note: str = "", status: int = 200) -> HttpResponse:
    where = place if place in PLACES else "effect"
    context: dict[str, Any] = {"view": _view_of(job), "where": where, "note": note}
    if where == "page":
        context["timeline"] = progress.timeline(job)
    return render(request, "effects/_job_update.html", context, status=status)


def _groups(owner: Account) -> dict[str, Any]:
    """Return everything that is under way and the last few that have ended, in one query."""
    own = Job.objects.filter(owner=owner)
    ready = Q(pk__in=own.filter(status=Status.COMPLETED).values("pk")[:SHOWN])
    not_made = Q(pk__in=own.filter(status__in=NOT_MADE).values("pk")[:SHOWN])
    views = progress.describe_all(list(own.filter(~Q(status__in=ENDED) | ready | not_made).for_cards()))
    return {
        **_listed([view for view in views if view.job.is_open]),
        "ready": [view for view in views if view.job.status == Status.COMPLETED],
        "not_made": [view for view in views if view.job.status in NOT_MADE],
    }


def _listed(active: list[JobView]) -> dict[str, Any]:
    """Return what `effects/_job_list.html` shows, and what its next question will tell of it."""
    return {
        "active": active,
        "active_jobs": len(active),
        "seen": ".".join(view.seen for view in active),
        "open": ".".join(view.job.key for view in active),
        "pace": min((view.pace for view in active), default=1),
    }
