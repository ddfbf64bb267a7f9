from typing import Any

from django.core.management.base import BaseCommand

from effects.catalogue.loading import load_catalogue


class Command(BaseCommand):
    help = "Load the effects and price tiers that come with the studio, keeping what the owner has changed."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = load_catalogue()
        made = f"{counts.new} new, {counts.changed} changed"
        self.stdout.write(f"Catalogue: {counts.effects} effects in {counts.tiers} price tiers; {made}.")
