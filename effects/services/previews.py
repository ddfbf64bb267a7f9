"""A free look at an effect before it is paid for: the studio's own renderer, small, in about a second.

It is made in the request, beside the places of the renderer. A file's name begins with the keys of the portraits in it:
whose they are sees it, and it goes with any of them.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from effects.catalogue import recipes
from effects.models import Account, Effect, Portrait
from effects.providers import Order
from effects.providers.local import from_settings
from effects.providers.slots import take_slot
from effects.services.leftovers import is_older
from effects.services.refusals import PreviewRefused

LONGEST_WAIT, PACE = 1.5, 0.1  # seconds
KEPT = timedelta(hours=1)


def make(effect: Effect, photos: Sequence[Portrait]) -> str:
    """Return the name of a preview, rendered here and now unless it is there already.

    PreviewRefused if so many people are looking at previews that its turn did not come.
    """
    name = _name(effect, photos)
    target = _path(name)
    with _turn():
        if not target.exists():
            pictures = tuple(photo.path for photo in photos)
            from_settings().preview(Order(name, effect.name, pictures, effect.seconds), target)
        target.touch()
    if not all(photo.path.exists() for photo in photos):  # deleted meanwhile, and with it all that was made of it
        target.unlink(missing_ok=True)
    return name


def find(owner: Account, name: str) -> Path | None:
    """Return the file of a preview if every portrait in it is the owner's."""
    keys = set(name.split(".")[:-1])
    path = _path(name)
    are_own = bool(keys) and owner.portraits.filter(key__in=keys).count() == len(keys)
    return path if are_own and path.is_file() else None


def forget(portrait: Portrait) -> None:
    """Remove every preview with this portrait in it."""
    for file in _folder().glob(f"*{portrait.key}.*"):
        file.unlink(missing_ok=True)


def clear_old() -> None:
    """Remove previews that nobody has looked at for an hour."""
    for file in _folder().glob("*.mp4*"):
        if is_older(file, KEPT):
            file.unlink(missing_ok=True)


def _name(effect: Effect, photos: Sequence[Portrait]) -> str:
    made_of = (recipes.fingerprint(effect.name), effect.seconds, settings.RENDER_FPS)
    return ".".join([*(photo.key for photo in photos), hashlib.sha256(repr(made_of).encode()).hexdigest()[:16]])


def _path(name: str) -> Path:
    return _folder() / f"{name}.mp4"


def _folder() -> Path:
    return settings.DATA_DIR / "previews"


@contextmanager
def _turn() -> Iterator[None]:
    patience = time.monotonic() + LONGEST_WAIT
    while True:
        with take_slot(_folder(), 1) as is_free:
            if is_free:
                yield
                return
        if time.monotonic() > patience:
            raise PreviewRefused(_("Many previews are being made at the moment. Try again in a minute."), status=429)
        time.sleep(PACE)
