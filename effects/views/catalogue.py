"""The front door and the page of one effect."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from effects import providers
from effects.catalogue import search
from effects.catalogue.search import Filters
from effects.models import Effect
from effects.requests import StudioRequest
from effects.services import track_record
from effects.views.composer import composer_context

NEIGHBOURS = 4


@require_safe
@gzip_page
@vary_on_headers("HX-Request")
def catalogue(request: StudioRequest) -> HttpResponse:
    filters = Filters.from_query(request.GET)
    context = {"filters": filters, "results": search.find(filters)}
    if not request.htmx or request.htmx.history_restore_request:
        return render(request, "effects/catalogue.html", context | _front_door())
    response = render(request, "effects/_results.html", context)
    if request.htmx.target == "results":
        response["HX-Push-Url"] = request.path + filters.address
    return response


@require_safe
def effect(request: StudioRequest, name: str) -> HttpResponse:
    chosen = get_object_or_404(Effect.objects.offered().select_related("tier"), name=name)
    return render(request, "effects/effect.html", effect_context(chosen) | composer_context(request, chosen))


def effect_context(effect: Effect) -> dict[str, Any]:
    """What the page of an effect shows around its composer."""
    provider = providers.in_force().name
    return {
        "usual": track_record.usual_for(effect, provider),
        "record": track_record.of_effect(effect.pk, provider),
        "neighbours": search.more_like(effect, NEIGHBOURS),
    }


def _front_door() -> dict[str, Any]:
    return {"board": search.board(), "total": search.on_offer().count()}
