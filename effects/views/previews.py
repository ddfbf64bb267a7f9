"""A free preview beside a paid order."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import reswap, retarget

from effects import providers
from effects.forms import PhotosForm
from effects.models import Effect
from effects.requests import StudioRequest
from effects.services import accounts, previews
from effects.services.refusals import PreviewRefused
from effects.views.catalogue import effect_context
from effects.views.composer import composer_context
from effects.views.ranges import serve_file


@require_POST
def make(request: StudioRequest, name: str) -> HttpResponse:
    if not providers.in_force().is_paid:
        raise Http404
    effect = get_object_or_404(Effect.objects.offered().select_related("tier"), name=name)
    request.owner = accounts.owner_or_guest(request)
    form = PhotosForm(request.owner, effect, request.POST, request.FILES)
    preview = _made(form, effect)
    if preview and request.htmx:
        return render(request, "effects/_preview.html", {"preview": preview, "effect": effect})
    status = 200 if preview else form.status
    composer = composer_context(request, effect, form) | {"preview": preview}
    if not request.htmx:
        return render(request, "effects/effect.html", effect_context(effect) | composer, status=status)
    response = render(request, "effects/_composer.html", composer, status=status)
    return reswap(retarget(response, "#composer"), "outerHTML")


@require_safe
@cache_control(private=True, max_age=3600)
def video(request: StudioRequest, name: str) -> HttpResponseBase:
    path = request.owner and previews.find(request.owner, name)
    if not path:
        raise Http404
    return serve_file(request, path, "video/mp4")


def _made(form: PhotosForm, effect: Effect) -> str:
    """Make the preview, or leave in the form why not."""
    if not form.is_valid():
        return ""
    try:
        return previews.make(effect, list(form.portraits.values()))
    except PreviewRefused as refusal:
        form.refuse(refusal)
        return ""
