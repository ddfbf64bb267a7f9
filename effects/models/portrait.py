from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _

from .credit import Account
from .fields import new_key


def portrait_path(portrait: "Portrait", filename: str) -> str:
    return f"portraits/{portrait.key[:2]}/{portrait.key}.jpg"


def thumbnail_path(portrait: "Portrait", filename: str) -> str:
    return f"portraits/{portrait.key[:2]}/{portrait.key}.thumb.webp"


class Portrait(models.Model):
    """An uploaded photo after its check: upright, without metadata, stored once per owner."""

    key = models.CharField(max_length=22, default=new_key, unique=True, editable=False)
    owner = models.ForeignKey(Account, models.CASCADE, related_name="portraits", verbose_name=_("owner"))
    digest = models.CharField("SHA-256", max_length=64, editable=False)
    picture = models.ImageField(_("picture"), upload_to=portrait_path)
    thumbnail = models.ImageField(_("thumbnail"), upload_to=thumbnail_path)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    used_at = models.DateTimeField(_("last used"), auto_now_add=True)

    class Meta:
        ordering = ["-used_at"]
        verbose_name = _("portrait")
        verbose_name_plural = _("portraits")
        constraints = [models.UniqueConstraint(fields=["owner", "digest"], name="one_portrait_per_photo")]
        indexes = [models.Index(fields=["owner", "-used_at"])]

    def __str__(self) -> str:
        return f"{self.key} ({self.width} × {self.height})"

    @property
    def path(self) -> Path:
        return Path(self.picture.path)
