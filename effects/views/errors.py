"""What a reader sees when something is wrong: what happened, whether it cost anything, what to press.

These pages may be asked for before the middleware has run and while the database is away, so they use neither.
"""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from effects.context_processors import THEMES

# How far the hand of the countdown has come on each page's dial.
SWEEPS = {
    400: "0 0 1 183.7 72.8",
    403: "0 1 1 13.6 116.5",
    404: "0 0 1 160.2 164.1",
    413: "0 1 1 52.8 25.7",
    429: "0 1 1 67.6 181.8",
    500: "0 0 1 160.2 35.9",
}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403, "csrf")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404)


def too_large(request: HttpRequest) -> HttpResponse:
    return _page(request, 413)


def locked_out(request: HttpRequest, original_response: HttpResponse, credentials: object) -> HttpResponse:
    """Answer somebody who has guessed at a password too often."""
    return _page(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500)


def _page(request: HttpRequest, status: int, name: str = "") -> HttpResponse:
    """Render an error's page, or its sentence alone where htmx swaps in a part of a page."""
    theme = request.COOKIES.get("theme", "")
    is_part = request.headers.get("HX-Request") == "true"
    language = translation.get_language_from_request(request)
    context = {
        "frame": "errors/_notice.html" if is_part else "errors/_leader.html",
        "code": status,
        "sweep": SWEEPS[status],
        "language": language,
        "theme": theme if theme in THEMES else "",
        "back": _path_before(request),
    }
    with translation.override(language):
        return HttpResponse(render_to_string(f"errors/{name or status}.html", context), status=status)


def _path_before(request: HttpRequest) -> str:
    """Return the path of the page that the reader came from; a path alone cannot lead to another site."""
    return "/" + urlsplit(request.headers.get("Referer", "")).path.lstrip("/\\")
