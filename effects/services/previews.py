"""A free look at an effect before it is paid for: the studio's own renderer, small, in about a second."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from effects.catalogue import recipes
from effects.models import Account, Effect, Portrait
from effects.providers import Order
from effects.providers.local import from_settings
from effects.providers.slots import render_slot
from effects.services.refusals import PreviewRefused

PLACES = 1
LONGEST_WAIT, PACE = 5.0, 0.1  # seconds


def make(owner: Account, effect: Effect, photos: Sequence[Portrait]) -> str:
    """Return the name of a preview, rendered here and now unless it is there already.

    PreviewRefused if so many people are looking at previews that its turn did not come.
    """
    name = _name(effect, photos)
    target = path_of(owner, name)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with _turn():
            pictures = tuple(photo.path for photo in photos)
            from_settings().preview(Order(name, effect.name, pictures, effect.seconds), target)
    return name


def path_of(owner: Account, name: str) -> Path:
    """Return where a preview is kept for an hour or two, in a folder that only its owner's requests look into."""
    return settings.DATA_DIR / "previews" / str(owner.pk) / f"{name}.mp4"


def _name(effect: Effect, photos: Sequence[Portrait]) -> str:
    recipe = repr(recipes.recipe_for(effect.name))
    return hashlib.sha256("\n".join([recipe, *(photo.key for photo in photos)]).encode()).hexdigest()[:24]


@contextmanager
def _turn() -> Iterator[None]:
    patience = time.monotonic() + LONGEST_WAIT
    while True:
        with render_slot(settings.DATA_DIR / "previews", PLACES) as is_free:
            if is_free:
                yield
                return
        if time.monotonic() > patience:
            raise PreviewRefused(_("Many previews are being made at the moment. Try again in a minute."), status=429)
        time.sleep(PACE)
