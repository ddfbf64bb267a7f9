from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from .credit import Account
from .fields import new_key

TRASH_TIME = timedelta(days=30)


def video_path(video: "Video", filename: str) -> str:
    return f"videos/{video.key[:2]}/{video.key}.mp4"


def poster_path(video: "Video", filename: str) -> str:
    return f"videos/{video.key[:2]}/{video.key}.webp"


class VideoQuerySet(models.QuerySet["Video"]):
    def kept(self) -> "VideoQuerySet":
        """Return what the gallery shows."""
        return self.filter(deleted_at=None)

    def in_trash(self) -> "VideoQuerySet":
        return self.filter(deleted_at__isnull=False, purged_at=None)


class Video(models.Model):
    """A finished job's result in the studio's own storage."""

    key = models.CharField(max_length=22, default=new_key, unique=True, editable=False)
    owner = models.ForeignKey(Account, models.CASCADE, related_name="videos", verbose_name=_("owner"))
    file = models.FileField(_("file"), upload_to=video_path)
    poster = models.ImageField(_("poster"), upload_to=poster_path)
    digest = models.CharField("SHA-256", max_length=64, editable=False)
    size = models.PositiveBigIntegerField(_("bytes"), editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    seconds = models.FloatField(_("seconds"), editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    deleted_at = models.DateTimeField(_("in the trash since"), null=True, blank=True, editable=False)
    purged_at = models.DateTimeField(_("files removed"), null=True, blank=True, editable=False)

    objects = VideoQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        indexes = [models.Index(fields=["owner", "-created_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.key} ({self.width} × {self.height})"

    @property
    def shape(self) -> str:
        """Return the tile of the gallery that fits it best: 9x16, 3x4, 1x1 or 16x9."""
        ratio = self.width / self.height
        shapes = {"9x16": 9 / 16, "3x4": 3 / 4, "1x1": 1.0, "16x9": 16 / 9}
        return min(shapes, key=lambda name: abs(shapes[name] - ratio))
