"""Where an effect's sample is, and what the page may say about it."""

from django import template
from django.urls import reverse

from effects.models import Effect
from effects.services import samples

register = template.Library()


@register.simple_tag
def poster_url(effect: Effect, size: str = "card") -> str:
    page = "effects:effect_poster_large" if size == "large" else "effects:effect_poster"
    return _address(page, effect)


@register.simple_tag
def loop_url(effect: Effect) -> str:
    """Return the address of the moving sample, empty before there is one."""
    return _address("effects:effect_loop", effect) if effect.sample or samples.loop_of(effect) else ""


def _address(page: str, effect: Effect) -> str:
    return f"{reverse(page, args=[effect.name])}?v={samples.version(effect)}"
