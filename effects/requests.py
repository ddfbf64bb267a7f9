from django.conf import settings
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from effects.models import Account


class StudioRequest(HttpRequest):
    """A request after the middleware: with its owner and what htmx says about it."""

    owner: Account | None
    htmx: HtmxDetails


def client_address(request: HttpRequest) -> str:
    """Return who asks: behind the reverse proxy, the address that it has added itself, which nobody can forge."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.PUBLIC_URL else ""
    return forwarded.rsplit(",", 1)[-1].strip() or str(request.META.get("REMOTE_ADDR", ""))
