"""Find effects: by words, people, theme and tier, in the sections that the catalogue shows."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher, get_close_matches
from itertools import groupby
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from effects import providers
from effects.catalogue.order import DIVIDED_ABOVE
from effects.models import Effect, Theme, Tier
from effects.models.effect import EffectQuerySet

PEOPLE = {"1": Effect.Subjects.SINGLE, "2": Effect.Subjects.DUAL}
DOZEN = 12
NEAREST = 3
LONGEST_SEARCH = 80


@dataclass(frozen=True)
class Filters:
    """What the reader asks for; all of it lives in the address."""

    words: str = ""
    people: str = ""
    theme: str = ""
    tier: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "Filters":
        """Read an address, ignoring what the catalogue does not know."""
        people, theme = query.get("people", ""), query.get("theme", "")
        return cls(
            words=" ".join(query.get("q", "").split())[:LONGEST_SEARCH],
            people=people if people in PEOPLE else "",
            theme=theme if theme in Theme.values else "",
            tier=query.get("tier", "")[:50],
        )

    @property
    def address(self) -> str:
        asked = {"q": self.words, "people": self.people, "theme": self.theme, "tier": self.tier}
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    @property
    def any(self) -> bool:
        return self != Filters()


@dataclass(frozen=True)
class Chip:
    """A theme to choose, with what choosing it would show."""

    title: str
    count: int
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class Group:
    """Effects of one tier that stand together: of one theme, or all of a small tier."""

    key: str
    title: str
    shown: list[Effect]
    count: int
    address: str

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.shown)


@dataclass(frozen=True)
class Section:
    """What was found in one tier."""

    tier: Tier
    effects: list[Effect]
    groups: list[Group]

    @property
    def estimates(self) -> int:
        return sum(effect.price_is_estimate for effect in self.effects)


@dataclass(frozen=True)
class Results:
    filters: Filters
    chips: list[Chip]
    sections: list[Section]
    tier: Tier | None

    @property
    def count(self) -> int:
        return sum(len(section.effects) for section in self.sections)

    @property
    def all_themes(self) -> str:
        return replace(self.filters, theme="").address

    @property
    def count_of_all_themes(self) -> int:
        return sum(chip.count for chip in self.chips)

    def nearest(self) -> list[Effect]:
        return nearest(self.filters.words)


def on_offer() -> EffectQuerySet:
    """Return what visitors may order from the provider in force."""
    return Effect.objects.orderable() if providers.in_force().is_paid else Effect.objects.offered()


def is_unknown(effect: Effect) -> bool:
    """Whether the provider in force has said that it does not know this effect."""
    return providers.in_force().is_paid and effect.refused_at is not None


def is_on_offer(effect: Effect) -> bool:
    return effect.is_enabled and not is_unknown(effect)


def board() -> list[Tier]:
    """Return the tiers, cheapest first, each with the number of its effects."""
    counted = Count("effects", filter=Q(effects__in=on_offer()))
    return list(Tier.objects.annotate(count=counted).filter(count__gt=0).order_by("price"))


def find(filters: Filters) -> Results:
    """Return what a filter finds. One query; the counts on the chips leave the theme open."""
    found = _effects(filters.words)
    if filters.people:
        found = found.filter(subjects=PEOPLE[filters.people])
    if filters.tier:
        found = found.filter(tier__name=filters.tier)
    of_all_themes = list(found)
    chosen = [effect for effect in of_all_themes if filters.theme in ("", effect.theme)]
    return Results(
        filters=filters,
        chips=_chips(of_all_themes, filters),
        sections=_sections(chosen, filters),
        tier=of_all_themes[0].tier if filters.tier and of_all_themes else None,
    )


def nearest(words: str) -> list[Effect]:
    """Return the offered effects whose names come closest to words that found nothing."""
    effects = list(_effects(""))
    spoken = {effect: _words_of(effect) for effect in effects}
    weights = _weights(_split(words), {word for said in spoken.values() for word in said})
    scores = {effect: sum(weights.get(word, 0) for word in said) for effect, said in spoken.items()}
    close = [effect for effect in effects if scores[effect]]
    return sorted(close, key=lambda effect: -scores[effect])[:NEAREST]


def more_like(effect: Effect, count: int) -> QuerySet[Effect]:
    """Return neighbours of the same theme: for as many people first, then current ones, then by name from here on."""
    same_people = Q(subjects=effect.subjects)
    later = Q(name__gt=effect.name)
    others = on_offer().filter(theme=effect.theme).exclude(pk=effect.pk).select_related("tier")
    return others.annotate(fits=same_people, later=later).order_by("-fits", "upstream_status", "-later", "name")[:count]


def _effects(words: str) -> QuerySet[Effect]:
    unseen = ("shipped", "notes", "tier__shipped")
    return on_offer().matching(words).shown_first().select_related("tier").defer(*unseen)


def _chips(effects: list[Effect], filters: Filters) -> list[Chip]:
    counts = Counter(effect.theme for effect in effects)
    return [
        Chip(str(theme.label), counts[theme], replace(filters, theme=theme.value).address, theme == filters.theme)
        for theme in Theme
        if counts[theme] or theme == filters.theme
    ]


def _sections(effects: list[Effect], filters: Filters) -> list[Section]:
    by_tier = sorted(effects, key=lambda effect: (effect.tier.price, effect.tier_id))
    tiers = (list(same) for _, same in groupby(by_tier, key=lambda effect: effect.tier_id))
    return [Section(found[0].tier, found, list(_groups(found, filters))) for found in tiers]


def _groups(effects: list[Effect], filters: Filters) -> Iterable[Group]:
    tier = effects[0].tier
    if len(effects) <= DIVIDED_ABOVE and not filters.theme:
        yield Group(tier.name, "", effects, len(effects), "")
        return
    for theme in Theme:
        same = [effect for effect in effects if effect.theme == theme]
        if same:
            shown = same if filters.theme else same[:DOZEN]
            address = replace(filters, theme=theme.value, tier=tier.name).address
            yield Group(f"{tier.name}-{theme}", str(theme.label), shown, len(same), address)


def _split(text: str) -> list[str]:
    """Return the words of a text; a Chinese character counts as one."""
    return re.findall(r"[a-z0-9]+|[\u4e00-\u9fff]", text.lower())


def _words_of(effect: Effect) -> set[str]:
    return set(_split(f"{effect.name.replace('_', ' ')} {effect.title_en} {effect.title_zh}"))


def _weights(asked: list[str], known: set[str]) -> dict[str, float]:
    """Weigh each known word by how close it comes to one that was asked for."""
    weights: dict[str, float] = {}
    for word in asked:
        for close in get_close_matches(word, known, n=6, cutoff=0.6):
            weights[close] = max(weights.get(close, 0), SequenceMatcher(None, word, close).ratio())
    return weights
