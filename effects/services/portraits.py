"""Keep the photos that people upload."""

from datetime import timedelta
from threading import BoundedSemaphore
from typing import BinaryIO, cast

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from effects.media import images
from effects.media.images import BadPhoto, Fault
from effects.models import Account, Portrait
from effects.services import previews
from effects.services.refusals import PhotoRefused

__all__ = ["PhotoRefused", "keep_portrait", "recent"]

RECENT = 12
GUEST_PHOTOS_A_DAY, MEMBER_PHOTOS_A_DAY = 40, 400
# A large photo takes a few hundred megabytes while it is decoded.
DECODERS, LONGEST_WAIT = BoundedSemaphore(2), 10


def keep_portrait(owner: Account, upload: UploadedFile) -> Portrait:
    """Check an upload and store it for its owner; the same photo again is the same row.

    PhotoRefused, with a sentence and a status of 413 or 422, if it is no photo that a video can be made of.
    """
    _check_pace(owner)
    if not DECODERS.acquire(timeout=LONGEST_WAIT):
        raise PhotoRefused(_("Many photos are being checked at the moment. Try again in a minute."), status=429)
    try:
        photo = images.check_photo(cast(BinaryIO, upload.file), upload.size or 0)
    except BadPhoto as bad:
        raise PhotoRefused(_sentence(bad), status=413 if bad.fault is Fault.TOO_HEAVY else 422) from bad
    finally:
        DECODERS.release()
    return _known(owner, photo.digest) or _store(owner, photo)


def _check_pace(owner: Account) -> None:
    """Keep one visitor from filling the disk; a member is known, and has more room."""
    since = timezone.now() - timedelta(days=1)
    most = GUEST_PHOTOS_A_DAY if owner.is_guest else MEMBER_PHOTOS_A_DAY
    if owner.portraits.filter(created_at__gte=since).count() >= most:
        raise PhotoRefused(_("These are many photos for one day. Use one of the recent ones."), status=429)


def recent(owner: Account) -> QuerySet[Portrait]:
    return owner.portraits.order_by("-used_at", "-pk")[:RECENT]


def _known(owner: Account, digest: str) -> Portrait | None:
    portrait = owner.portraits.filter(digest=digest).first()
    if portrait:
        portrait.used_at = timezone.now()
        portrait.save(update_fields=["used_at"])
    return portrait


def _store(owner: Account, photo: images.Photo) -> Portrait:
    portrait = Portrait(owner=owner, digest=photo.digest, width=photo.width, height=photo.height)
    portrait.picture.save("picture", ContentFile(photo.jpeg), save=False)
    portrait.thumbnail.save("thumbnail", ContentFile(photo.thumbnail), save=False)
    try:
        with transaction.atomic():
            portrait.save()
    except IntegrityError:  # the same photo was sent twice at once, and the other one is stored
        remove_files(portrait)
        twin = _known(owner, photo.digest)
        if twin is None:  # the guest has become a member in another window
            raise PhotoRefused(_("This page is out of date. Reload it and try again."), status=409) from None
        return twin
    return portrait


def remove_files(portrait: Portrait) -> None:
    """Remove a portrait's files and what was found in its picture, whose names begin with its key, and its previews.

    The picture goes first: a render that is looking at it at this moment then leaves nothing behind.
    """
    folder = portrait.path.parent
    portrait.picture.delete(save=False)
    portrait.thumbnail.delete(save=False)
    for found in folder.glob(f"{portrait.key}.*"):
        found.unlink(missing_ok=True)
    previews.forget(portrait)


def _sentence(bad: BadPhoto) -> str:
    sentences = {
        Fault.EMPTY: _("This file is empty. Choose the photo once more."),
        Fault.TOO_HEAVY: _("This photo is larger than 10 MB. Choose a smaller one."),
        Fault.NOT_A_PHOTO: _("This is not a photo that we can read. Choose a JPEG, PNG, WebP or HEIC picture."),
        Fault.BROKEN: _("This photo is damaged or incomplete. Save it once more and choose it again."),
        Fault.TOO_MANY_PIXELS: _("This picture has more than 64 megapixels. Choose a smaller one."),
        Fault.TOO_SMALL: _(
            "This photo is {width} × {height} pixels; at least 300 × 300 are needed. Choose a larger one."
        ),
        Fault.TOO_LONG: _("This photo is too long and narrow ({width} × {height}). Crop it to at most 2.5 to 1."),
    }
    return sentences[bad.fault].format(width=bad.width, height=bad.height)
