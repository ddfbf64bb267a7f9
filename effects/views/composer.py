"""The form that orders a video: its slots, the portraits to choose from, and what it costs."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from effects import providers
from effects.catalogue import search
from effects.forms import PhotosForm, needs_consent
from effects.models import Account, Effect, Portrait
from effects.requests import StudioRequest
from effects.services import portraits

CONFLICT = 409
SIDES = {1: ("left",), 2: ("left", "right")}


@dataclass(frozen=True)
class Slot:
    """A place for one photo, and the address of the page without that photo."""

    side: str
    of: int
    portrait: Portrait | None = None
    refusal: str = ""
    cleared: str = "?"

    @property
    def label(self) -> str:
        if self.of == 1:
            return _("Photo")
        return _("Left") if self.side == "left" else _("Right")

    @property
    def remove_label(self) -> str:
        if self.of == 1:
            return _("Remove the photo")
        return _("Remove the left photo") if self.side == "left" else _("Remove the right photo")


@dataclass(frozen=True)
class Choice:
    """A portrait used before, and the address of the page with it in the first empty slot."""

    portrait: Portrait
    address: str
    is_chosen: bool


def composer_context(request: StudioRequest, effect: Effect, form: PhotosForm | None = None) -> dict[str, Any]:
    """Return what `effects/_composer.html` shows: afresh, or as a refused form left it."""
    chosen = form.portraits if form else _asked_for(request, effect)
    sides = SIDES[2 if effect.is_dual else 1]
    return {
        "effect": effect,
        "form": form,
        "slots": [_slot(side, sides, chosen, form) for side in sides],
        "swapped": _address({"left": chosen.get("right"), "right": chosen.get("left")}),
        "choices": choices(request.owner, sides, chosen),
        "request_key": _request_key(form),
        "is_unknown": search.is_unknown(effect),
        "needs_consent": needs_consent(effect),
        **_purse(request, effect),
    }


def _request_key(form: PhotosForm | None) -> str:
    """Return the key of a refused form, so that pressing again is the same request, or a new one."""
    is_same = form is not None and form.status != CONFLICT
    return (is_same and form and form.cleaned_data.get("request_key")) or uuid.uuid4().hex


def choices(owner: Account | None, sides: tuple[str, ...], chosen: Mapping[str, Portrait]) -> list[Choice]:
    """Return the owner's recent portraits."""
    free = next((side for side in sides if side not in chosen), sides[0])
    return [
        Choice(portrait, _address({**chosen, free: portrait}), portrait in chosen.values())
        for portrait in (portraits.recent(owner) if owner else [])
    ]


def _asked_for(request: StudioRequest, effect: Effect) -> dict[str, Portrait]:
    """Return the portraits that the address names, as far as they are the reader's own."""
    keys = {side: request.GET.get(side, "") for side in SIDES[2 if effect.is_dual else 1]}
    if request.owner is None or not any(keys.values()):
        return {}
    own = {portrait.key: portrait for portrait in request.owner.portraits.filter(key__in=keys.values())}
    return {side: own[key] for side, key in keys.items() if key in own}


def _slot(side: str, sides: tuple[str, ...], chosen: Mapping[str, Portrait], form: PhotosForm | None) -> Slot:
    others = {other: portrait for other, portrait in chosen.items() if other != side}
    refusals = map(str, form.errors.get(side, ())) if form else ()
    return Slot(side, len(sides), chosen.get(side), " ".join(refusals), _address(others))


def _address(chosen: Mapping[str, Portrait | None]) -> str:
    return "?" + urlencode({side: portrait.key for side, portrait in chosen.items() if portrait})


def _purse(request: StudioRequest, effect: Effect) -> dict[str, Any]:
    """Say whether the order can be paid, and what is left after it."""
    owner = request.owner
    if not providers.in_force().is_paid or (owner and owner.draws_on_studio):
        return {"is_short": False}
    after = (owner.balance if owner else 0) - effect.price
    return {"is_short": after < 0, "balance_after": after}
