"""Samples for the browser's studio, laid out before it starts."""

import shutil

from effects.catalogue import sitters
from effects.models import Effect
from effects.services.samples import Kind, folder, path_of
from tests.clips import make_clip


def lay_out() -> None:
    """Give every effect a sitter and a moving gradient, so that the worker has nothing to do but what is asked."""
    clip = make_clip(folder() / "clip.mp4", width=72, height=96)
    for effect in Effect.objects.all():
        for kind in (Kind.CARD, Kind.LARGE):
            shutil.copy(sitters.small_picture(effect.name, effect.subject_kind), path_of(effect, kind))
        shutil.copy(clip, path_of(effect, Kind.LOOP))
