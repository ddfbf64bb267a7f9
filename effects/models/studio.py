from datetime import timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .fields import MoneyField

SILENCE = timedelta(seconds=20)
NOT_NEGATIVE = [MinValueValidator(Decimal(0))]
HEX_COLOUR = [RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write the colour as # and six digits, for example #f5c044."))]


class Closed(models.TextChoices):
    """Why no orders go out to the paid provider."""

    KEY = "key", _("Kling does not accept the API key.")
    FUNDS = "funds", _("The credit at Kling is used up.")
    LOW = "low", _("The credit at Kling has come down to the amount that you want to keep.")
    TROUBLE = "trouble", _("Several orders in a row were left without an answer.")
    OWNER = "owner", _("You have paused it.")


class Studio(models.Model):
    """What the owner decides, and how the line to the paid provider stands. There is one row."""

    name = models.CharField(_("name"), max_length=60, default="Kling Studio")
    accent = models.CharField(
        _("accent colour"), max_length=7, default="#f5c044", validators=HEX_COLOUR, help_text=_("For example #f5c044.")
    )
    member_allowance = MoneyField(
        _("allowance of a new member"),
        validators=NOT_NEGATIVE,
        help_text=_("USD on the account of everybody who signs up. At 0 nobody spends your money unasked."),
    )
    monthly_cap = MoneyField(
        _("monthly cap"),
        validators=NOT_NEGATIVE,
        help_text=_("USD that the whole studio may spend at the paid provider in one calendar month."),
    )
    funds = MoneyField(
        _("credit at Kling"),
        validators=NOT_NEGATIVE,
        help_text=_(
            "USD that you have there now. Kling does not tell, so the studio counts down from what you write here. "
            "At 0 it does not count."
        ),
    )
    funds_at = models.DateTimeField(null=True, editable=False)
    keep_back = MoneyField(
        _("pause below"),
        validators=NOT_NEGATIVE,
        help_text=_("When an order would leave less credit at Kling than this, orders wait and you are told."),
    )
    line_closed = models.CharField(max_length=7, choices=Closed, blank=True, editable=False)
    line_closed_at = models.DateTimeField(null=True, editable=False)
    line_tried_at = models.DateTimeField(null=True, editable=False)
    month = models.DateField(null=True, editable=False)
    spent = MoneyField(_("spent this month"), editable=False)

    class Meta:
        verbose_name = _("studio settings")
        verbose_name_plural = _("studio settings")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_studio")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.pk not in (None, 1):
            raise ValidationError(_("There is one studio."))

    @classmethod
    def current(cls) -> "Studio":
        return cls.objects.get_or_create(pk=1)[0]


class Worker(models.Model):
    """A worker process, by the sign of life it gives every few seconds."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def any_alive(cls) -> bool:
        return cls.objects.filter(seen_at__gte=timezone.now() - SILENCE).exists()

    @classmethod
    def beat(cls, name: str) -> None:
        cls.objects.update_or_create(name=name, defaults={"seen_at": timezone.now()})
