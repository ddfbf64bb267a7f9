"""Pictures and videos, behind the permission check."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from effects.models import Effect, Portrait, Video
from effects.requests import StudioRequest
from effects.services import samples
from effects.services.samples import Kind
from effects.views.ranges import serve_file, serve_stored

DAY = 24 * 3600
POSTERS = {"card": Kind.CARD, "large": Kind.LARGE}
# What one key names never changes, and the browser that may see it today may tomorrow.
own_file = cache_control(private=True, max_age=30 * DAY, immutable=True)


@require_safe
def effect_poster(request: StudioRequest, name: str, size: str = "card") -> HttpResponseBase:
    return sample_poster(request, get_object_or_404(Effect.objects.offered(), name=name), POSTERS[size])


@require_safe
def effect_loop(request: StudioRequest, name: str) -> HttpResponseBase:
    return sample_loop(request, get_object_or_404(Effect.objects.offered(), name=name))


def sample_poster(request: HttpRequest, effect: Effect, kind: Kind = Kind.LARGE) -> HttpResponseBase:
    if effect.sample_poster:
        return _cached(request, effect, serve_stored(request, effect.sample_poster, "image/webp"))
    path, is_poster = samples.poster_of(effect, kind)
    return _cached(request, effect, serve_file(request, path, "image/webp"), is_final=is_poster)


def sample_loop(request: HttpRequest, effect: Effect) -> HttpResponseBase:
    if effect.sample:
        return _cached(request, effect, serve_stored(request, effect.sample, effect.sample_type))
    loop = samples.loop_of(effect)
    if loop is None:
        raise Http404
    return _cached(request, effect, serve_file(request, loop, "video/mp4"))


def _cached(
    request: HttpRequest, effect: Effect, response: HttpResponseBase, *, is_final: bool = True
) -> HttpResponseBase:
    """Let a sample be kept for good under an address that names its version; otherwise it is asked for again."""
    if is_final and request.GET.get("v") == samples.version(effect):
        patch_cache_control(response, public=True, max_age=365 * DAY, immutable=True)
    else:
        patch_cache_control(response, public=True, max_age=0)
    return response


@require_safe
@own_file
def thumbnail(request: StudioRequest, key: str) -> HttpResponseBase:
    return serve_stored(request, _portrait(request, key).thumbnail, "image/webp")


@require_safe
@own_file
def photo(request: StudioRequest, key: str) -> HttpResponseBase:
    return serve_stored(request, _portrait(request, key).picture, "image/jpeg")


@require_safe
@own_file
def video(request: StudioRequest, key: str) -> HttpResponseBase:
    return serve_stored(request, _video(request, key).file, "video/mp4")


@require_safe
@own_file
def video_poster(request: StudioRequest, key: str) -> HttpResponseBase:
    return serve_stored(request, _video(request, key).poster, "image/webp")


def _portrait(request: StudioRequest, key: str) -> Portrait:
    if request.owner is None:
        raise Http404
    return get_object_or_404(request.owner.portraits, key=key)


def _video(request: StudioRequest, key: str) -> Video:
    if request.owner is None:
        raise Http404
    return get_object_or_404(request.owner.videos.filter(purged_at=None), key=key)
