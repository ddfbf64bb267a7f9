"""Videos that the owner shows in place of a rendered sample."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from effects.media import videos
from effects.media.images import encode_webp
from effects.models import Effect
from effects.models.fields import new_key
from effects.services.refusals import SampleRefused
from effects.services.samples import LARGE

FOLDER = "samples"
MEGABYTE = 1024 * 1024
MOST_MEGABYTES, LONGEST = 20, 30  # seconds
LEFTOVER_AGE = timedelta(days=1)


def check(upload: UploadedFile) -> videos.Probe:
    """Decode an upload to its end; SampleRefused, with a sentence, if it cannot be a sample."""
    size = upload.size or 0
    if size > MOST_MEGABYTES * MEGABYTE:
        raise SampleRefused(_("This video is larger than {size} MB. Choose a smaller one.").format(size=MOST_MEGABYTES))
    with _on_disk(upload) as path:
        try:
            probe = videos.probe(path, LONGEST)
        except videos.TooLong as bad:
            sentence = _("This video is longer than {seconds} s. Cut it to the part that shows the effect.")
            raise SampleRefused(sentence.format(seconds=LONGEST)) from bad
        except videos.BadVideo as bad:
            raise SampleRefused(_("This is not a video that we can read, or it is damaged.")) from bad
    if not probe.plays_in_browsers:
        raise SampleRefused(_("Browsers do not play this kind of video. Save it as MP4 (H.264) or WebM."))
    return probe


def replace(effect: Effect, upload: UploadedFile, probe: videos.Probe) -> None:
    """Show a checked video in place of the effect's sample; its poster is one of its own frames."""
    old, key = _names(effect), new_key()
    poster = ImageOps.fit(probe.poster, LARGE, Image.Resampling.LANCZOS)
    upload.seek(0)
    effect.sample.save(f"{key}{probe.suffix}", File(upload), save=False)
    effect.sample_poster.save(f"{key}.webp", ContentFile(encode_webp(poster)), save=False)
    _save(effect, old)


def restore(effect: Effect) -> None:
    """Show the rendered sample again, and remove the owner's."""
    old = _names(effect)
    effect.sample = effect.sample_poster = ""
    _save(effect, old)


def clear_leftovers() -> None:
    """Remove files whose row was never written."""
    if not default_storage.exists(FOLDER):
        return
    kept = {name for names in Effect.objects.values_list("sample", "sample_poster") for name in names}
    for name in (f"{FOLDER}/{file}" for file in default_storage.listdir(FOLDER)[1]):
        if name not in kept and default_storage.get_modified_time(name) < timezone.now() - LEFTOVER_AGE:
            default_storage.delete(name)


def _names(effect: Effect) -> list[str]:
    return [file.name for file in (effect.sample, effect.sample_poster) if file.name]


def _save(effect: Effect, old: list[str]) -> None:
    """Move the row to its new files, then remove the old ones; take the new ones back if the row would not move."""
    try:
        with transaction.atomic():
            effect.save(update_fields=["sample", "sample_poster"])
            transaction.on_commit(partial(_remove, old))
    except BaseException:
        _remove(_names(effect))
        raise


def _remove(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)


@contextmanager
def _on_disk(upload: UploadedFile) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile() as copy:
        upload.seek(0)
        shutil.copyfileobj(upload, copy)
        copy.flush()
        yield Path(copy.name)
