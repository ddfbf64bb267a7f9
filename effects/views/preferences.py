"""How the reader likes it, and how the owner does."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_POST, require_safe

from effects.context_processors import THEMES
from effects.models import Studio
from effects.requests import StudioRequest

A_YEAR = 365 * 24 * 3600
A_DAY = 24 * 3600


@require_POST
def theme(request: StudioRequest) -> HttpResponse:
    """Remember the theme and go back."""
    response = HttpResponseRedirect(page_before(request))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=A_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    return response


def _accent_in_force(request: StudioRequest) -> str:
    return f'"{Studio.current().accent}"'


@require_safe
@cache_control(public=True, max_age=A_DAY)
@condition(etag_func=_accent_in_force)
def accent(request: StudioRequest) -> HttpResponse:
    """Serve the owner's colour; pages ask for it under a new address when it changes."""
    return HttpResponse(f":root {{ --accent: {Studio.current().accent}; }}\n", content_type="text/css")


def page_before(request: StudioRequest) -> str:
    """Return the page that the reader was on, if it is one of ours."""
    page = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return page
    return resolve_url("effects:catalogue")
