"""What pages about jobs and videos say over and over: times, and the way back to the composer."""

from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from effects.models import Effect, Job
from effects.services import progress

register = template.Library()


@register.filter
def clock(seconds: float) -> str:
    """Write a length as 0:05."""
    return progress.clock(round(seconds))


@register.filter
def duration(seconds: float) -> str:
    """Write a length as 5 s or 2 min 5 s."""
    return progress.duration(round(seconds))


@register.filter
def moment(at: datetime) -> str:
    """Write when something was: today, 14:12."""
    day, time = timezone.localdate(at), timezone.localtime(at).strftime("%H:%M")
    days_ago = (timezone.localdate() - day).days
    if days_ago == 0:
        return _("today, {time}").format(time=time)
    if days_ago == 1:
        return _("yesterday, {time}").format(time=time)
    return _("{day}, {time}").format(day=date_format(day, "DATE_FORMAT"), time=time)


@register.simple_tag
def compose_url(effect: Effect, job: Job | None = None) -> str:
    """Return an effect's page, with a job's photos already in its composer."""
    photos = [("left", job.portrait), ("right", job.partner)] if job else []
    query = urlencode({side: photo.key for side, photo in photos if photo})
    page = reverse("effects:effect", args=[effect.name])
    return f"{page}?{query}" if query else page


@register.filter
def signed(amount: Decimal) -> str:
    """Write a line of the ledger: +0.0425 for what came, with a minus for what went; always with four places."""
    return f"{'−' if amount < 0 else '+'}{abs(amount):.4f}"
