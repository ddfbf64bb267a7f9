"""What the pages say over and over: money, prices, icons, and where the reader is."""

from decimal import Decimal

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from effects.catalogue.ledes import lede
from effects.models import Effect
from effects.models.fields import dollars

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the set; a word beside it or an aria-label says what it means."""
    drawing = '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    return format_html(drawing, static("img/icons.svg"), name)


@register.filter
def money(amount: Decimal) -> SafeString:
    """Write US dollars: to the cent where that is exact, otherwise with the four places that prices have."""
    return format_html('<span class="money">{}</span>', dollars(amount))


@register.simple_tag
def price(effect: Effect) -> SafeString:
    """Write what the paid provider charges, and whether that is only an estimate."""
    if not effect.price_is_estimate:
        return money(effect.price)
    sure = format_html('<abbr class="est" title="{}">{}</abbr>', gettext("estimated price"), gettext("est."))
    return format_html("{} {}", money(effect.price), sure)


@register.simple_tag(takes_context=True)
def here(context: Context, *pages: str) -> SafeString:
    """Mark a link of the navigation as current when the reader is on one of these pages."""
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None or match.namespace != "effects" or match.url_name not in pages:
        return SafeString("")
    return format_html(' aria-current="{}"', "page" if match.url_name == pages[0] else "true")


register.filter("dollars", dollars)
register.filter("lede", lede)
