"""A picture for every effect: a telling frame of its own recipe, with one of the studio's drawn sitters."""

import hashlib
import logging
import os
import shutil
from functools import cache
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps

from effects.catalogue import recipes, sitters
from effects.media.images import encode_webp
from effects.models import Effect
from effects.providers.polite import PoliteThread
from effects.providers.slots import render_slot
from effects.render import render_still

log = logging.getLogger(__name__)

SIZE = (480, 640)
SEED = 7
BATCH = 2


def poster_of(effect: Effect) -> tuple[Path, bool]:
    """Return a picture's file at once, and whether it is the poster; before that is made, it is the bare sitter."""
    poster = _poster_path(effect)
    return (poster, True) if poster.exists() else (sitters.small_picture(effect.name, effect.subject_kind), False)


def make_some() -> bool:
    """Make the next few missing posters if the renderer has a place to spare; return whether to go on with more.

    One worker makes posters at a time, and one place, where there are several, is left to people who wait for a video.
    """
    places = max(1, settings.RENDER_SLOTS - 1)
    with render_slot(folder(), 1) as is_alone, render_slot(settings.DATA_DIR / "renders", places) as has_place:
        is_free = is_alone and has_place
        missing = [effect for effect in _in_order() if is_free and not _poster_path(effect).exists()]
        for effect in missing[:BATCH]:
            _make_politely(effect)
    return len(missing) > BATCH


def _make_politely(effect: Effect) -> None:
    """Make a poster at low priority; if that breaks, the bare sitter is the poster, so that others get their turn."""
    try:
        PoliteThread(lambda on_frame: make(effect)).finish(lambda done, total: None)
    except Exception:
        log.exception("The poster of %s broke", effect.name)
        shutil.copy(sitters.small_picture(effect.name, effect.subject_kind), _poster_path(effect))


def make(effect: Effect) -> None:
    """Render an effect's poster, crop it to 3:4 from the upper part, where faces are, and put it in place whole."""
    cast = sitters.sitters_for(effect.name, count=2 if effect.is_dual else 1, kind=effect.subject_kind)
    frame = render_still(recipes.recipe_for(effect.name), cast, seed=SEED, short_side=SIZE[0])
    poster = ImageOps.fit(Image.fromarray(frame), SIZE, Image.Resampling.LANCZOS, centering=(0.5, 0.12))
    half = _poster_path(effect).with_suffix(f".{os.getpid()}.part")
    half.write_bytes(encode_webp(poster))
    half.replace(_poster_path(effect))


def version() -> str:
    """Name the recipes that posters are made of, so that after a change of recipes none goes stale."""
    return hashlib.sha256(recipes.FILE.read_bytes()).hexdigest()[:12]


@cache
def folder() -> Path:
    path = Path(settings.DATA_DIR) / "posters" / version()
    path.mkdir(parents=True, exist_ok=True)
    return path


def _poster_path(effect: Effect) -> Path:
    return folder() / f"{effect.name}.webp"


def _in_order() -> list[Effect]:
    """Return effects as the catalogue shows them, so that what is seen first is made first."""
    return list(Effect.objects.offered().order_by("tier__price", "-is_featured", "upstream_status", "theme", "name"))
