"""Loading the shipped catalogue."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from effects.catalogue import loading
from effects.models import Effect, Tier

PRICES = {
    "ultra_low": "0.0106",
    "low": "0.0181",
    "medium": "0.0214",
    "medium_high": "0.0373",
    "high": "0.0425",
    "ultra_high": "0.0745",
}


def test_all_effects_are_there_with_the_six_prices(catalogue: None) -> None:
    assert Effect.objects.count() == 337
    assert {tier.name: tier.price for tier in Tier.objects.all()} == {k: Decimal(v) for k, v in PRICES.items()}
    assert Effect.objects.filter(subjects="dual").count() == 19
    assert Effect.objects.filter(upstream_status="retired").count() == 112
    assert Effect.objects.filter(tier_source="stated").count() == 12
    assert not Effect.objects.filter(title_zh="").exists()


def test_the_effects_that_the_api_names_stand_in_their_tiers(catalogue: None) -> None:
    for name, tier in [("pet_lion", "ultra_low"), ("santa_gift", "low"), ("bullet_time", "ultra_high")]:
        assert Effect.objects.get(name=name).tier.name == tier


def test_loading_again_changes_nothing(catalogue: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_catalogue")
    assert "0 new, 0 changed" in capsys.readouterr().out


def test_what_the_owner_changed_stays_while_the_rest_follows_the_file(
    catalogue: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    effect = Effect.objects.get(name="balloon_parade")
    effect.title_en, effect.is_enabled = "My Parade", False
    effect.save()
    Tier.objects.filter(name="low").update(price=Decimal("0.05"))

    shipped = json.loads(loading.CATALOGUE.read_text())
    for entry in shipped["effects"]:
        if entry["name"] == "balloon_parade":
            entry.update(title_en="Parade of Balloons", title_zh="气球大游行", tier="high")
    shipped["tiers"][1]["price"] = "0.0199"
    newer = tmp_path / "effects.json"
    newer.write_text(json.dumps(shipped))
    monkeypatch.setattr(loading, "CATALOGUE", newer)

    assert loading.load_catalogue().changed == 2
    effect.refresh_from_db()
    assert (effect.title_en, effect.title_zh, effect.is_enabled) == ("My Parade", "气球大游行", False)
    assert effect.tier.name == "high"
    assert Tier.objects.get(name="low").price == Decimal("0.05")
