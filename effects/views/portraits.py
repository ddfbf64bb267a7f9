"""A photo that is uploaded as soon as it is chosen."""

from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from effects.models import Portrait
from effects.requests import StudioRequest
from effects.services import accounts
from effects.services.portraits import PhotoRefused, keep_portrait
from effects.views import errors
from effects.views.composer import SIDES, Slot, choices
from effects.views.preferences import page_before


@require_POST
def upload(request: StudioRequest) -> HttpResponse:
    """Keep the photo of one slot; answer with the slot, filled or with the reason why not."""
    sides = SIDES[2 if request.GET.get("of") == "2" else 1]
    side = request.GET.get("slot", "left")
    photo = request.FILES.get(side)
    if side not in sides or photo is None:
        return errors.bad_request(request)
    request.owner = accounts.owner_or_guest(request)
    try:
        portrait = keep_portrait(request.owner, photo)
    except PhotoRefused as refusal:
        return _answer(request, Slot(side, len(sides), refusal=refusal.messages[0]), refusal.status)
    return _answer(request, Slot(side, len(sides), portrait), 200)


def _answer(request: StudioRequest, slot: Slot, status: int) -> HttpResponse:
    if not request.htmx:
        if slot.refusal:
            messages.error(request, slot.refusal)
        return redirect(_page_with(slot.side, slot.portrait, page_before(request)))
    context = {"slot": slot, "choices": choices(request.owner, SIDES[slot.of], {})}
    return render(request, "effects/_slot_and_recent.html", context, status=status)


def _page_with(side: str, portrait: Portrait | None, page: str) -> str:
    path = "/" + urlsplit(page).path.lstrip("/\\")
    return f"{path}?{urlencode({side: portrait.key})}" if portrait else path
