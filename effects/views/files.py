"""Pictures and videos, behind the permission check."""

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from effects.models import Effect, Portrait, Video
from effects.requests import StudioRequest
from effects.services import posters
from effects.views.ranges import serve_file, serve_stored

DAY = 24 * 3600
# What one key names never changes, and the browser that may see it today may tomorrow.
own_file = cache_control(private=True, max_age=30 * DAY, immutable=True)


@require_safe
def effect_poster(request: StudioRequest, name: str) -> HttpResponseBase:
    effect = get_object_or_404(Effect.objects.offered(), name=name)
    path, is_poster = posters.poster_of(effect)
    response = serve_file(request, path, "image/webp")
    patch_cache_control(response, public=True, max_age=DAY if is_poster else 0)
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
