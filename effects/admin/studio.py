from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from effects.models import Studio
from effects.services.cockpit import spent_this_month
from effects.templatetags.studio import money


@admin.register(Studio)
class StudioAdmin(admin.ModelAdmin):
    fieldsets = (
        (gettext_lazy("How it looks"), {"fields": ("name", "accent")}),
        (gettext_lazy("What it may spend"), {"fields": ("monthly_cap", "spent_by_now", "member_allowance")}),
    )
    readonly_fields = ("spent_by_now",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Studio | None = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **options: Any) -> forms.Field | None:
        if db_field.name == "accent":
            options["widget"] = forms.TextInput(attrs={"type": "color"})
        return super().formfield_for_dbfield(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: Studio, form: forms.ModelForm, change: bool) -> None:
        """Save what was changed and nothing else: what was spent goes on being counted meanwhile."""
        obj.save(update_fields=form.changed_data)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("admin:effects_studio_change", Studio.current().pk)

    @admin.display(description=gettext_lazy("spent this month"))
    def spent_by_now(self, studio: Studio) -> SafeString:
        return money(spent_this_month(studio))
