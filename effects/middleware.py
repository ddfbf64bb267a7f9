"""Give every request its owner."""

from collections.abc import Callable

from django.http import HttpResponse
from django.utils.cache import add_never_cache_headers

from effects.requests import StudioRequest
from effects.services import accounts


class OwnerMiddleware:
    """Set `request.owner`: the member's account, the guest's of this session, or None before the first upload."""

    def __init__(self, get_response: Callable[[StudioRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: StudioRequest) -> HttpResponse:
        request.owner = accounts.owner_of(request)
        response = self.get_response(request)
        if request.owner and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)  # a page with somebody's work stays out of every cache
        return response
