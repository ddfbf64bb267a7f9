from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Field, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from effects import providers
from effects.catalogue.recipes import recipe_for
from effects.media.videos import Probe
from effects.models import Effect, Tier
from effects.models.fields import dollars
from effects.services import own_samples, samples, track_record
from effects.services.progress import duration
from effects.views.files import sample_loop, sample_poster

from .base import StudioModelAdmin

OWNER = Effect.TierSource.OWNER
OPTIONS = ("model_name", "mode", "duration")


class LinesField(forms.CharField):
    """A list of words, one to a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: str | None) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]

    def has_changed(self, initial: list[str] | None, data: str | None) -> bool:
        return (initial or []) != self.clean(data)


class EffectForm(forms.ModelForm):
    class Meta:
        widgets = {"options": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"})}

    aliases = LinesField(label=gettext_lazy("Other names"), required=False, help_text=gettext_lazy("One to a line."))
    new_sample = forms.FileField(
        label=gettext_lazy("Show a video of your own"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "video/mp4,video/webm"}),
        help_text=gettext_lazy(
            "MP4 or WebM, upright, a few seconds, at most 20 MB. Everybody who opens the catalogue sees it, without "
            "sound: have the leave of whoever is in it."
        ),
    )
    restore_sample = forms.BooleanField(label=gettext_lazy("Show the rendered sample again"), required=False)
    probe: Probe

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        try:
            recipe_for(name)
        except (KeyError, ValueError) as error:
            raise ValidationError(_("The studio has no recipe of this name, so nobody could try it.")) from error
        return name

    def clean_options(self) -> dict[str, str]:
        options = self.cleaned_data["options"] or {}
        if not isinstance(options, dict):
            raise ValidationError(_('Write an object in braces, for example {"mode": "pro"}.'))
        if unknown := [name for name in options if name not in OPTIONS]:
            words = _("The API takes {known} here, and not {names}.")
            raise ValidationError(words.format(known=", ".join(OPTIONS), names=", ".join(unknown)))
        if odd := [name for name, value in options.items() if not isinstance(value, str)]:
            raise ValidationError(_("Put the value in quotes: {names}.").format(names=", ".join(odd)))
        return options

    def clean_new_sample(self) -> UploadedFile | None:
        upload: UploadedFile | None = self.cleaned_data["new_sample"]
        if upload:
            self.probe = own_samples.check(upload)
        return upload


class RefusedFilter(admin.SimpleListFilter):
    title = gettext_lazy("at the API")
    parameter_name = "refused"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("yes", _("Refused as unknown")), ("no", _("Not refused"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Effect]) -> QuerySet[Effect]:
        if self.value() in ("yes", "no"):
            return queryset.filter(refused_at__isnull=self.value() == "no")
        return queryset


@admin.register(Effect)
class EffectAdmin(StudioModelAdmin):
    form = EffectForm
    list_display = (
        "titled",
        "theme",
        "subjects",
        "tier",
        "tier_source",
        "upstream_status",
        "is_enabled",
        "is_featured",
    )
    list_editable = ("tier", "is_enabled", "is_featured")
    list_filter = (
        "theme",
        "tier",
        "subjects",
        "subject_kind",
        "is_enabled",
        "is_featured",
        "upstream_status",
        RefusedFilter,
        "tier_source",
    )
    list_select_related = ("tier",)
    list_per_page = 50
    search_fields = ("name", "title_en", "title_zh", "aliases")
    search_help_text = gettext_lazy("Name, title in English or Chinese, or another name.")
    actions = ("offer", "stop_offering", "feature", "stop_featuring", "offer_for_orders")
    fieldsets = (
        (None, {"fields": ("name", "title_en", "title_zh", "title_zh_source")}),
        (gettext_lazy("In the catalogue"), {"fields": ("theme", "is_enabled", "is_featured")}),
        (gettext_lazy("Price"), {"fields": ("tier", "tier_source")}),
        (
            gettext_lazy("What it needs, and what Kling says"),
            {
                "fields": (
                    "subjects",
                    "subject_kind",
                    "duration_s",
                    "upstream_status",
                    "refused_at",
                    "options",
                    "aliases",
                    "notes",
                )
            },
        ),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Effect | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Effect | None = None) -> tuple[str, ...]:
        always = ("tier_source", "refused_at", "provider", "success", "usual_time", "shown_sample")
        return ("name", *always) if obj else always

    def get_fieldsets(self, request: HttpRequest, obj: Effect | None = None) -> Any:
        """Show what may be done about the sample only to whom, and when, it may be done."""
        sample = ["shown_sample"] if obj else []
        if self.has_change_permission(request, obj):
            sample += ["new_sample", "restore_sample"] if obj and obj.sample else ["new_sample"]
        fieldsets = [*self.fieldsets, (_("Sample"), {"fields": sample})]
        if obj:
            record = {"fields": ("provider", "success", "usual_time")}
            fieldsets.insert(-1, (_("What the studio has seen of it"), record))
        return fieldsets

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **options: Any) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **options)
        if isinstance(field, forms.ModelChoiceField):
            field.choices = list(field.iterator(field))  # asked for once, not once a row
            field.widget.can_add_related = field.widget.can_change_related = field.widget.can_view_related = False
        return field

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        if self.has_change_permission(request):
            for tier in Tier.objects.all():
                name = f"move_to_{tier.name}"
                words = _("Move to {tier}, {price}").format(tier=tier.title, price=dollars(tier.price))
                actions[name] = (partial(_move, tier), name, words)
        return actions

    def save_model(self, request: HttpRequest, obj: Effect, form: Any, change: bool) -> None:
        if "tier" in form.changed_data:
            obj.tier_source = OWNER
        super().save_model(request, obj, form, change)
        if form.cleaned_data.get("new_sample"):
            own_samples.replace(obj, form.cleaned_data["new_sample"], form.probe)
        elif form.cleaned_data.get("restore_sample"):
            own_samples.restore(obj)

    def get_urls(self) -> list[URLPattern]:
        poster, loop = map(self.admin_site.admin_view, (self.serve_poster, self.serve_loop))
        return [
            path("<int:pk>/sample/poster/", poster, name="effects_effect_poster"),
            path("<int:pk>/sample/loop/", loop, name="effects_effect_loop"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("effect"), ordering="title_en")
    def titled(self, effect: Effect) -> SafeString:
        name = format_html('{}<small class="under">{}</small>', effect.title, effect.name)
        if effect.refused_at is None:
            return name
        return format_html('{}<span class="badge badge--bad">{}</span>', name, _("Refused by the API"))

    @admin.display(description=gettext_lazy("made by"))
    def provider(self, effect: Effect) -> str:
        return _("Kling, for money") if providers.in_force().is_paid else _("This studio, for nothing")

    @admin.display(description=gettext_lazy("came out"))
    def success(self, effect: Effect) -> str:
        record = track_record.of_effect(effect.pk, providers.in_force().name)
        if not record.asked:
            return _("Not ordered yet")
        return _("{made} of the last {asked}").format(made=record.made, asked=record.asked)

    @admin.display(description=gettext_lazy("usually takes"))
    def usual_time(self, effect: Effect) -> str:
        usual = track_record.of_effect(effect.pk, providers.in_force().name).usual
        return duration(usual) if usual else _("Not known yet")

    @admin.display(description=gettext_lazy("what the catalogue shows"))
    def shown_sample(self, effect: Effect) -> SafeString:
        """Play the sample; before it is made, show what stands in for it."""
        poster, loop = (
            f"{reverse(f'admin:effects_effect_{part}', args=[effect.pk])}?v={samples.version(effect)}"
            for part in ("poster", "loop")
        )
        if effect.sample:
            said = _("A video of your own.")
        elif samples.loop_of(effect):
            said = _("Rendered by this studio.")
        else:
            tag = '<img class="preview preview--large" src="{}" alt="" width="720" height="960"><p>{}</p>'
            return format_html(tag, poster, _("The rendered sample is being made."))
        tag = '<video class="preview preview--large" controls muted loop preload="none" poster="{}" src="{}"></video>'
        return format_html(tag + "<p>{}</p>", poster, loop, said)

    def serve_poster(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return sample_poster(request, self._to_be_seen(request, pk))

    def serve_loop(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return sample_loop(request, self._to_be_seen(request, pk))

    def _to_be_seen(self, request: HttpRequest, pk: int) -> Effect:
        """Return an effect for whoever may see it here, offered or not."""
        effect = get_object_or_404(Effect, pk=pk)
        if not self.has_view_permission(request, effect):
            raise PermissionDenied
        return effect

    @admin.action(description=gettext_lazy("Offer"), permissions=["change"])
    def offer(self, request: HttpRequest, effects: QuerySet[Effect]) -> None:
        self.change_all(request, effects, _("Offered."), is_enabled=True)

    @admin.action(description=gettext_lazy("Do not offer"), permissions=["change"])
    def stop_offering(self, request: HttpRequest, effects: QuerySet[Effect]) -> None:
        self.change_all(request, effects, _("No longer offered."), is_enabled=False)

    @admin.action(description=gettext_lazy("Feature"), permissions=["change"])
    def feature(self, request: HttpRequest, effects: QuerySet[Effect]) -> None:
        self.change_all(request, effects, _("Featured."), is_featured=True)

    @admin.action(description=gettext_lazy("Do not feature"), permissions=["change"])
    def stop_featuring(self, request: HttpRequest, effects: QuerySet[Effect]) -> None:
        self.change_all(request, effects, _("No longer featured."), is_featured=False)

    @admin.action(description=gettext_lazy("Offer it for orders again"), permissions=["change"])
    def offer_for_orders(self, request: HttpRequest, effects: QuerySet[Effect]) -> None:
        self.change_all(request, effects.exclude(refused_at=None), _("Offered for orders again."), refused_at=None)

    def change_all(self, request: HttpRequest, effects: QuerySet[Effect], what: str, **changes: Any) -> None:
        chosen = list(effects)
        count = Effect.objects.filter(pk__in=[effect.pk for effect in chosen]).update(**changes)
        LogEntry.objects.log_actions(str(request.user.pk), chosen, CHANGE, change_message=what)
        said = ngettext("{count} effect changed. {what}", "{count} effects changed. {what}", count)
        self.message_user(request, said.format(count=count, what=what), messages.SUCCESS)


def _move(tier: Tier, page: EffectAdmin, request: HttpRequest, effects: QuerySet[Effect]) -> None:
    what = _("Price tier: {tier}.").format(tier=tier.title)
    page.change_all(request, effects.exclude(tier=tier), what, tier=tier, tier_source=OWNER)


@admin.register(Tier)
class TierAdmin(StudioModelAdmin):
    list_display = ("shown_title", "name", "price", "effect_count")
    list_editable = ("price",)
    fields = ("name", "title_en", "title_zh", "price")

    @admin.display(description=gettext_lazy("title"))
    def shown_title(self, tier: Tier) -> str:
        return tier.title

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tier]:
        return super().get_queryset(request).annotate(effect_count=Count("effects"))

    def has_delete_permission(self, request: HttpRequest, obj: Tier | None = None) -> bool:
        is_used = obj is None or obj.effects.exists()
        return not is_used and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Tier | None = None) -> tuple[str, ...]:
        return ("name",) if obj else ()

    @admin.display(description=gettext_lazy("effects"), ordering="effect_count")
    def effect_count(self, tier: Any) -> int:
        count: int = tier.effect_count
        return count
