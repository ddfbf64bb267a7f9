from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .fields import MoneyField, new_key


class Account(models.Model):
    """Who owns portraits, jobs and videos, and pays for them: a member, or a guest known by his session alone."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="account",
        verbose_name=_("member"),
    )
    balance = MoneyField(_("balance in USD"), editable=False)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [models.CheckConstraint(condition=Q(balance__gte=0), name="no_balance_below_zero")]

    def __str__(self) -> str:
        return self.user.get_username() if self.user else _("Guest {number}").format(number=self.pk)

    @property
    def is_guest(self) -> bool:
        return self.user_id is None

    @property
    def draws_on_studio(self) -> bool:
        """Whether paid jobs come out of the studio's monthly cap: staff only."""
        return self.user is not None and self.user.is_staff


class CreditEntry(models.Model):
    """One line of the books. Lines are only ever added, and the balance is their sum."""

    class Kind(models.TextChoices):
        ALLOWANCE = "allowance", _("allowance")
        TOP_UP = "top_up", _("top-up")
        DRAW = "draw", _("drawn from the studio")
        CHARGE = "charge", _("video")
        REFUND = "refund", _("refund")
        RETURN = "return", _("returned to the studio")

    key = models.CharField(max_length=22, default=new_key, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="entries", verbose_name=_("account"))
    job = models.ForeignKey(
        "effects.Job", models.PROTECT, null=True, blank=True, related_name="entries", verbose_name=_("job")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    amount = MoneyField(_("amount in USD"))
    balance = MoneyField(_("balance after it"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    at = models.DateTimeField(_("time"), auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("credit entry")
        verbose_name_plural = _("credit entries")
        constraints = [
            models.UniqueConstraint(fields=["job", "kind"], name="one_entry_of_a_kind_per_job"),
            models.CheckConstraint(condition=Q(balance__gte=0), name="no_entry_leaves_debt"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
