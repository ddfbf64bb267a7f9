"""Say of a job that was not made, or came late, what happened to the money and what to press next."""

from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from effects.models import CreditEntry, FailureReason, Job, Status
from effects.models.fields import dollars
from effects.models.job import OWED, OWED_FOR

# What a failed job offers first, where that is not to press Again.
REMEDIES: dict[str, Literal["photo", "effect"]] = {
    FailureReason.REFUSED: "photo",
    FailureReason.POLICY: "photo",
    FailureReason.NO_FACE: "photo",
    FailureReason.NO_PORTRAIT: "photo",
    FailureReason.UNKNOWN_EFFECT: "effect",
}


def came_late(job: Job) -> bool:
    """Whether it was given up and paid back, and then came after all: a gift."""
    return not job.is_free and job.status in (Status.COLLECTING, Status.COMPLETED) and job.was_refunded


def cost_of(job: Job) -> str:
    """Say what happened to the money: never left out where a video was not made."""
    if job.was_refunded and _may_still_come(job):
        return _("You have your money back. If the video still comes, it is put into your gallery for nothing.")
    if job.was_refunded:
        return _("Refunded {price}.").format(price=dollars(job.price))
    if any(entry.kind == CreditEntry.Kind.CHARGE for entry in job.entries.all()):
        return _("{price} was charged. Ask the studio to settle it.").format(price=dollars(job.price))
    return _("Nothing was charged.")


def _may_still_come(job: Job) -> bool:
    """Whether a failed order is still asked after."""
    is_owed = job.failure in OWED and not job.is_local and job.settled_at is None
    return is_owed and job.submitted_at is not None and timezone.now() < job.submitted_at + OWED_FOR


def next_after(job: Job, may_repeat: bool) -> str:
    """Say what to press next, where `may_repeat` tells whether the effect is still on offer."""
    reason = FailureReason(job.failure)
    if reason != FailureReason.UNKNOWN_EFFECT and not may_repeat:
        return _("This effect is not offered at the moment. Choose another one.")
    one_face = _("Choose another photo: one clear face, upright and well lit.")
    each_face = _("Choose other photos: one clear face in each, upright and well lit.")
    return {
        FailureReason.REFUSED: one_face,
        FailureReason.POLICY: _(
            "Choose another photo. An everyday one, plainly dressed and with nobody else in it, "
            "usually passes Kling's rules."
        ),
        FailureReason.NO_FACE: each_face if job.effect.is_dual else one_face,
        FailureReason.UNKNOWN_EFFECT: _("Choose another effect. Your photo is kept for it."),
        FailureReason.NO_ACCESS: _("That is the studio's own matter, and it has been told. Press Again later."),
        FailureReason.NOT_TAKEN: _("Nothing was sent. Press Again later."),
        FailureReason.NOT_MADE: _("Press Again, or try it with another photo."),
        FailureReason.NOT_RENDERED: _("Press Again. If that fails too, try another photo."),
        FailureReason.BROKEN_RESULT: _("Press Again: it is a fresh order."),
        FailureReason.NO_PORTRAIT: _("Choose a photo, and order it once more."),
        FailureReason.TOOK_TOO_LONG: _("Press Again in a few minutes."),
        FailureReason.WRITTEN_OFF: _("Press Again: it is a fresh order."),
    }[reason]
