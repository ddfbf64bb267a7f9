"""The two kinds of field that several models share."""

import secrets
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

PLACES = Decimal("0.0001")

if TYPE_CHECKING:
    MoneyBase = models.Field[Decimal | int | str, Decimal]
else:
    MoneyBase = models.Field


def new_key() -> str:
    """Return an unguessable name for an address: 22 URL-safe characters, 128 bits."""
    return secrets.token_urlsafe(16)


class MoneyField(MoneyBase):
    """US dollars with four places, as the upstream prints its prices.

    The column holds whole ten-thousandths, because SQLite would add up decimals as floats.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"default": Decimal(0), **options})

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def to_python(self, value: Any) -> Decimal | None:
        if value is None:
            return None
        try:
            return Decimal(str(value)).quantize(PLACES)
        except InvalidOperation as error:
            raise ValidationError(_("Write an amount such as 0.0214.")) from error

    def from_db_value(self, value: int | None, *args: Any) -> Decimal | None:
        return None if value is None else (Decimal(value) * PLACES).quantize(PLACES)

    def get_prep_value(self, value: Any) -> int | None:
        amount = self.to_python(super().get_prep_value(value))
        return None if amount is None else int(amount / PLACES)

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": forms.DecimalField, "decimal_places": 4, "max_digits": 12, **options})


def money(amount: Decimal) -> models.Value:
    """Wrap an amount for use beside F() of a MoneyField."""
    return models.Value(amount, output_field=MoneyField())


def dollars(amount: Decimal) -> str:
    """Write an amount in plain text, for titles and descriptions."""
    places = 2 if amount == round(amount, 2) else 4
    return f"{'−' if amount < 0 else ''}${abs(amount):,.{places}f}"


def in_reader_language(english: str, chinese: str) -> str:
    """Return the title in the language of the request; English stands in for one that is missing."""
    return chinese or english if (get_language() or "").startswith("zh") else english
