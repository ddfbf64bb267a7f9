from decimal import Decimal
from pathlib import PurePath

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .fields import MoneyField, in_reader_language


class Theme(models.TextChoices):
    CELEBRATION = "celebration", _("Celebration")
    CHRISTMAS = "christmas", _("Christmas")
    NEW_YEAR = "new_year", _("New Year")
    LOVE = "love", _("Love")
    DANCE = "dance", _("Dance")
    PETS = "pets", _("Pets")
    STYLE = "style", _("Style")
    TRANSFORM = "transform", _("Transform")
    MOTION = "motion", _("Motion")
    SPORTS = "sports", _("Sports")
    FUN_WARP = "fun_warp", _("Fun")
    HALLOWEEN = "halloween", _("Halloween")


class Tier(models.Model):
    """One of the prices that the upstream asks for a video."""

    name = models.SlugField(_("name"), unique=True)
    title_en = models.CharField(_("title in English"), max_length=60)
    title_zh = models.CharField(_("title in Chinese"), max_length=60, blank=True)
    price = MoneyField(_("price in USD"))
    shipped = models.JSONField(default=dict, editable=False)

    class Meta:
        ordering = ["price"]
        verbose_name = _("price tier")
        verbose_name_plural = _("price tiers")
        constraints = [models.CheckConstraint(condition=Q(price__gte=0), name="prices_are_not_negative")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_reader_language(self.title_en, self.title_zh)


class EffectQuerySet(models.QuerySet["Effect"]):
    def offered(self) -> "EffectQuerySet":
        """Return what visitors may see and order."""
        return self.filter(is_enabled=True)

    def orderable(self) -> "EffectQuerySet":
        """Return what the paid provider may be asked for: it has not refused the name as unknown."""
        return self.offered().filter(refused_at=None)

    def shown_first(self) -> "EffectQuerySet":
        """Order as the catalogue shows them: featured, then current before retired, then by name."""
        return self.order_by("-is_featured", "upstream_status", "name")

    def matching(self, words: str) -> "EffectQuerySet":
        """Return effects whose name, title or theme, in the reader's language or English, holds every word."""
        found = self
        for word in words.split():
            in_name = Q(name__icontains=word) | Q(title_en__icontains=word) | Q(title_zh__icontains=word)
            themes = [theme for theme in Theme if word.lower() in f"{theme.label} {theme.value}".lower()]
            found = found.filter(in_name | Q(aliases__icontains=word) | Q(theme__in=themes))
        return found


def sample_path(effect: "Effect", filename: str) -> str:
    return f"samples/{filename}"


class Effect(models.Model):
    """One entry of the catalogue, named as the API names it."""

    class Subjects(models.TextChoices):
        SINGLE = "single", _("one photo")
        DUAL = "dual", _("two photos")

    class SubjectKind(models.TextChoices):
        PERSON = "person", _("a person")
        PET = "pet", _("a pet")
        ANY = "any", _("a person or a pet")

    class TierSource(models.TextChoices):
        STATED = "stated", _("stated by the API")
        MAPPED = "mapped", _("mapped from a price list")
        ASSUMED = "assumed", _("assumed")
        OWNER = "owner", _("set by the owner")

    class UpstreamStatus(models.TextChoices):
        """In the order in which the catalogue shows them."""

        CURRENT = "current", _("current")
        RETIRED = "retired", _("retired by Kling")
        UNLISTED = "unlisted", _("in no list of Kling's")

    class TitleSource(models.TextChoices):
        KLING = "kling", _("Kling's own")
        MATCHED = "matched", _("matched from Kling's notices")
        TRANSLATED = "translated", _("translated by the studio")

    name = models.CharField(_("name"), max_length=80, unique=True)
    title_en = models.CharField(_("title in English"), max_length=120)
    title_zh = models.CharField(_("title in Chinese"), max_length=120, blank=True)
    title_zh_source = models.CharField(_("Chinese title is"), max_length=10, choices=TitleSource)
    subjects = models.CharField(_("photos"), max_length=6, choices=Subjects)
    subject_kind = models.CharField(_("who is in it"), max_length=6, choices=SubjectKind)
    theme = models.CharField(_("theme"), max_length=20, choices=Theme)
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="effects", verbose_name=_("price tier"))
    tier_source = models.CharField(_("price is"), max_length=8, choices=TierSource)
    upstream_status = models.CharField(_("at Kling"), max_length=8, choices=UpstreamStatus)
    duration_s = models.PositiveSmallIntegerField(_("seconds, where Kling states them"), null=True, blank=True)
    aliases = models.JSONField(_("other names"), default=list, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    options = models.JSONField(
        _("options sent with an order"),
        default=dict,
        blank=True,
        help_text=_("model_name, mode and duration, as texts, for the few effects that take them."),
    )
    refused_at = models.DateTimeField(_("refused by the API as unknown"), null=True, blank=True, editable=False)
    is_enabled = models.BooleanField(_("offered"), default=True)
    is_featured = models.BooleanField(_("featured"), default=False)
    sample = models.FileField(_("sample of the owner's"), upload_to=sample_path, blank=True, editable=False)
    sample_poster = models.ImageField(_("its poster"), upload_to=sample_path, blank=True, editable=False)
    shipped = models.JSONField(default=dict, editable=False)

    objects = EffectQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("effect")
        verbose_name_plural = _("effects")
        indexes = [models.Index(fields=["tier", "theme"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(sample="", sample_poster="") | ~Q(sample="") & ~Q(sample_poster=""),
                name="samples_have_a_poster",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_reader_language(self.title_en, self.title_zh)

    @property
    def seconds(self) -> int:
        """How long its videos are: 10 s where that is stated, 5 s otherwise."""
        return 10 if self.duration_s == 10 else 5

    @property
    def price(self) -> Decimal:
        """What the paid provider charges for one video, in USD."""
        return self.tier.price

    @property
    def price_is_estimate(self) -> bool:
        """Whether nobody who sells it has stated this price."""
        return self.tier_source in (self.TierSource.ASSUMED, self.TierSource.MAPPED)

    @property
    def sample_key(self) -> str:
        """What names the owner's sample; another one has another."""
        return PurePath(self.sample.name or "").stem

    @property
    def sample_type(self) -> str:
        return "video/webm" if PurePath(self.sample.name or "").suffix == ".webm" else "video/mp4"

    @property
    def is_dual(self) -> bool:
        return self.subjects == self.Subjects.DUAL

    @property
    def is_current(self) -> bool:
        return self.upstream_status == self.UpstreamStatus.CURRENT

    @property
    def is_retired(self) -> bool:
        return self.upstream_status == self.UpstreamStatus.RETIRED

    @property
    def is_unlisted(self) -> bool:
        return self.upstream_status == self.UpstreamStatus.UNLISTED
