import time
from argparse import ArgumentParser
from collections import Counter
from contextlib import suppress
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from PIL import Image

from effects import tasks
from effects.catalogue.order import DIVIDED_ABOVE
from effects.media.sheets import Entry, contact_sheet
from effects.models import Effect, Theme
from effects.models.fields import dollars
from effects.providers import Stopped
from effects.services import samples
from effects.services.samples import Kind, Maker

PACE = 0.2  # seconds


class Command(BaseCommand):
    help = (
        "Make the posters and loops that the catalogue shows. Without names: those that are missing, as the worker "
        "does by itself; with names: those of these effects, afresh."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="name", help="an effect's name, for example balloon_parade")
        parser.add_argument("--posters-only", action="store_true", help="leave the loops to the worker")
        parser.add_argument("--sheet", type=Path, metavar="FILE", help="draw all their posters into one picture too")

    def handle(self, *args: Any, **options: Any) -> None:
        sheet: Path | None = options["sheet"]
        if sheet and (sheet.suffix.lower() not in Image.registered_extensions() or not sheet.parent.is_dir()):
            raise CommandError(f"{sheet} cannot be written: name a .png, .webp or .jpg in a folder that exists")
        effects = _effects(options["names"])
        if options["names"]:
            makers = [samples.make_poster] if options["posters_only"] else [samples.make_poster, samples.make_loop]
            todo = [(effect, make) for make in makers for effect in effects]
        else:
            todo = list(samples.missing_samples(loops=not options["posters_only"]))
        for done, (effect, make) in enumerate(todo, 1):
            what = "poster" if make == samples.make_poster else "loop"
            how = "" if self._make(effect, make) else " could not be made"
            self.stdout.write(f"{done} of {len(todo)}: {what} of {effect.name}{how}")
        if sheet:
            picture = contact_sheet(_groups(effects))
            picture.save(sheet)
            self.stdout.write(f"{sheet}: {len(effects)} posters, {picture.width} x {picture.height} pixels")

    def _make(self, effect: Effect, make: Maker) -> bool:
        """Make one sample as soon as nobody needs the renderer, and tell who waits for a place when it is left."""
        while True:
            with samples.turn() as is_ours:
                if is_ours and not samples.somebody_waits():
                    with suppress(Stopped):
                        return make(effect, samples.give_way)
            tasks.call_next_in_line()
            time.sleep(PACE)


def _effects(names: list[str]) -> list[Effect]:
    effects = samples.in_order()
    known = {effect.name for effect in effects}
    for name in names:
        if name not in known:
            near = ", ".join(get_close_matches(name, known, n=3))
            raise CommandError(f"There is no effect {name!r}." + (f" Did you mean {near}?" if near else ""))
    return [effect for effect in effects if effect.name in names] if names else effects


def _groups(effects: list[Effect]) -> list[tuple[str, list[Entry]]]:
    """Divide effects as the catalogue does: by price, and where there are many of one price, by theme."""
    counts = Counter(effect.tier for effect in effects)

    def heading(effect: Effect) -> str:
        tier = f"{effect.tier.title_en}, {dollars(effect.price)}"
        return f"{tier}: {Theme(effect.theme).label}" if counts[effect.tier] > DIVIDED_ABOVE else tier

    return [(title, [_entry(effect) for effect in same]) for title, same in groupby(effects, key=heading)]


def _entry(effect: Effect) -> Entry:
    poster, _ = samples.poster_of(effect, Kind.CARD)
    return Entry(poster, effect.title_en, effect.name)
