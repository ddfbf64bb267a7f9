"""What every answer and every request body has to respect."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from effects.views import errors

GetResponse = Callable[[HttpRequest], HttpResponse]


class ContentSecurityPolicyMiddleware:
    """Send SECURE_CSP with every answer. Newer Django has this built in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = "; ".join(f"{name} {' '.join(sources)}" for name, sources in settings.SECURE_CSP.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


class BodyLimitMiddleware:
    """Refuse a body above MAX_BODY_BYTES by its announced length, before any of it is read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal()):
            return errors.bad_request(request)
        if int(length) > settings.MAX_BODY_BYTES:
            return errors.too_large(request)
        return self.get_response(request)
