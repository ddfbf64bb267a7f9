"""Ask for a video, and take it back while that is free."""

from decimal import Decimal
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from effects import providers, tasks
from effects.models import Account, Effect, Job, Portrait, Status
from effects.models.fields import dollars
from effects.providers import Provider
from effects.services import credits
from effects.services.refusals import OrderRefused

__all__ = ["OrderRefused", "cancel", "order_video"]

MOST_OPEN_JOBS, MOST_OPEN_AS_GUEST = 20, 8


@transaction.atomic
def order_video(
    owner: Account,
    effect: Effect,
    portrait: Portrait,
    partner: Portrait | None = None,
    *,
    request_key: str,
    accept_retired: bool = False,
    agreed_price: Decimal | None = None,
) -> Job:
    """Open a job, take its price, and nudge the worker once both are saved.

    The same request key again returns the same job. OrderRefused if nothing was opened, with the reason: also if
    `agreed_price`, in USD, is not what the paid provider charges now.
    """
    known = Job.objects.filter(owner=owner, request_key=request_key).first()
    if known:
        return _same_order(known, effect, portrait, partner)
    provider = providers.in_force()
    _check(owner, effect, partner, provider, accept_retired)
    if provider.is_paid and agreed_price not in (None, effect.price):
        sentence = _("The price has changed to {price}. Press again if you agree.")
        raise OrderRefused(sentence.format(price=dollars(effect.price)), status=409)
    job, is_new = Job.objects.get_or_create(
        owner=owner,
        request_key=request_key,
        defaults={
            "effect": effect,
            "portrait": portrait,
            "partner": partner,
            "provider": provider.name,
            "price": effect.price if provider.is_paid else 0,
        },
    )
    if is_new:
        credits.charge(job)
        job.log(Status.QUEUED)
        Portrait.objects.filter(pk__in=[portrait.pk, partner and partner.pk]).update(used_at=timezone.now())
        transaction.on_commit(partial(tasks.advance_job, job.pk), robust=True)
    return job


def _same_order(job: Job, effect: Effect, portrait: Portrait, partner: Portrait | None) -> Job:
    """Return the job of a repeated request; a request that asks for something else comes from a page gone stale."""
    if (job.effect_id, job.portrait_id, job.partner_id) != (effect.pk, portrait.pk, partner and partner.pk):
        raise OrderRefused(_("This page was used before. Press again to make another video."), status=409)
    return job


@transaction.atomic
def cancel(job: Job) -> bool:
    """Take a job back while it has cost nothing; return whether that came in time."""
    if not job.move_to(Status.CANCELED, start=job.cancelable_at):
        return False
    credits.refund(job)
    return True


def _check(owner: Account, effect: Effect, partner: Portrait | None, provider: Provider, accept_retired: bool) -> None:
    if not effect.is_enabled:
        raise OrderRefused(_("This effect is not offered at the moment. Choose another one."))
    if effect.is_dual and partner is None:
        raise OrderRefused(_("This effect needs two photos: one for the left, one for the right."))
    if partner is not None and not effect.is_dual:
        raise OrderRefused(_("This effect takes one photo. Remove the second one."))
    if provider.is_paid and effect.refused_at:
        raise OrderRefused(_("Kling does not know this effect any more. Choose another one."))
    if provider.is_paid and not effect.is_current and not accept_retired:
        raise OrderRefused(_("Kling no longer lists this effect. Confirm that you want to try it anyway."))
    most = MOST_OPEN_AS_GUEST if owner.is_guest else MOST_OPEN_JOBS
    if owner.jobs.open().count() >= most:
        sentence = _("{count} of your videos are still being made. Wait for one to finish.")
        raise OrderRefused(sentence.format(count=most), status=429)
