"""Bring the shipped catalogue into the database without undoing what the owner did there."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import models, transaction

from effects.models import Effect, Tier

CATALOGUE = Path(__file__).with_name("effects.json")


@dataclass
class Counts:
    tiers: int = 0
    effects: int = 0
    new: int = 0
    changed: int = 0


@transaction.atomic
def load_catalogue() -> Counts:
    """Create or update every tier and effect by its name.

    A field follows the shipped file as long as it still holds what the last load put there; what differs is the
    owner's and stays.
    """
    shipped = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    counts = Counts(len(shipped["tiers"]), len(shipped["effects"]))
    _load(Tier.objects.all(), shipped["tiers"], counts)
    tiers = {tier.name: tier for tier in Tier.objects.all()}
    _load(Effect.objects.select_related("tier"), shipped["effects"], counts, tiers)
    return counts


def _load(
    known: models.QuerySet[Any], entries: Iterable[dict[str, Any]], counts: Counts, tiers: dict[str, Tier] | None = None
) -> None:
    rows = {row.name: row for row in known}
    for entry in entries:
        row = rows.get(entry["name"]) or known.model(name=entry["name"])
        if row.shipped == entry:
            continue
        for field, value in entry.items():
            if row.pk is None or _still_as_shipped(row, field):
                setattr(row, field, tiers[value] if tiers and field == "tier" else value)
        counts.new += row.pk is None
        counts.changed += row.pk is not None
        row.shipped = entry
        row.save()


def _still_as_shipped(row: Effect | Tier, field: str) -> bool:
    if field not in row.shipped:
        return True
    current = getattr(row, field)
    return str(current.name if isinstance(current, Tier) else current) == str(row.shipped[field])
