"""Throw videos away, bring them back, and clear what nobody will ask for again."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from effects.models import Video
from effects.models.video import TRASH_TIME
from effects.services.leftovers import is_older

LEFTOVER_AGE = timedelta(days=2)
SUFFIXES = (".mp4", ".webp", ".part")


def trash(video: Video) -> None:
    Video.objects.filter(pk=video.pk, deleted_at=None).update(deleted_at=timezone.now())


def restore(video: Video) -> None:
    Video.objects.filter(pk=video.pk, purged_at=None).update(deleted_at=None)


def purge_old_trash() -> int:
    """Remove the files of videos that were in the trash for its whole time; return how many."""
    old = Video.objects.in_trash().filter(deleted_at__lt=timezone.now() - TRASH_TIME)
    for video in old:
        if Video.objects.filter(pk=video.pk, deleted_at=video.deleted_at).update(purged_at=timezone.now()):
            video.file.delete(save=False)
            video.poster.delete(save=False)
    return len(old)


def clear_leftovers() -> None:
    """Remove old renders and downloads that nobody fetched, and files whose row was never written."""
    for folder in ("renders", "incoming", "media/videos"):
        for file in (settings.DATA_DIR / folder).rglob("*.*"):
            if file.suffix in SUFFIXES and is_older(file, LEFTOVER_AGE) and not _is_kept(file):
                file.unlink(missing_ok=True)


def _is_kept(file: Path) -> bool:
    return Video.objects.filter(key=file.stem, purged_at=None).exists()
