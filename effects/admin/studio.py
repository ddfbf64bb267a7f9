from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Field
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from effects import tasks
from effects.models import Closed, Studio
from effects.models.fields import dollars
from effects.services import doctor, line
from effects.services.doctor import Finding, Health
from effects.services.spending import spent_this_month
from effects.templatetags.studio import money


class StudioForm(forms.ModelForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        """Show what is left of the credit, and take what is written over it for what is there now."""
        super().__init__(*args, **options)
        left = line.funds_left(self.instance)
        if left is not None:
            self.initial["funds"] = max(left, 0)
        if "funds" in self.fields:  # orders go on while the page is open: compare with what it showed
            self.fields["funds"].show_hidden_initial = True


@admin.register(Studio)
class StudioAdmin(admin.ModelAdmin):
    form = StudioForm
    fieldsets = (
        (gettext_lazy("How it looks"), {"fields": ("name", "accent")}),
        (gettext_lazy("What it may spend"), {"fields": ("monthly_cap", "spent_by_now", "member_allowance")}),
        (gettext_lazy("What you have at Kling"), {"fields": ("funds", "funds_by_now", "keep_back")}),
    )
    readonly_fields = ("spent_by_now", "funds_by_now")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Studio | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        look = never_cache(require_http_methods(["GET", "POST"])(self.check_view))
        views = {"open": require_POST(self.open_line), "pause": require_POST(self.pause_line), "check": look}
        own = [
            path(f"{name}/", self.admin_site.admin_view(view), name=f"effects_studio_{name}")
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **options: Any) -> forms.Field | None:
        if db_field.name == "accent":
            options["widget"] = forms.TextInput(attrs={"type": "color"})
        return super().formfield_for_dbfield(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: Studio, form: forms.ModelForm, change: bool) -> None:
        """Save what was changed and nothing else: what was spent goes on being counted meanwhile."""
        changed = {*form.changed_data}
        if "funds" in changed:
            obj.funds_at = timezone.now()
            changed.add("funds_at")
        obj.save(update_fields=changed)
        if changed & {"funds", "keep_back"}:  # asking the provider must not keep the database waiting
            transaction.on_commit(line.check, robust=True)
            transaction.on_commit(tasks.sweep, robust=True)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("admin:effects_studio_change", Studio.current().pk)

    def open_line(self, request: HttpRequest) -> HttpResponse:
        self._only_for_owners(request)
        if line.reopen(*Closed):
            tasks.sweep()
            self._note(request, _("Orders go out again."))
        else:
            self.message_user(request, _("Orders were going out already."), messages.WARNING)
        return redirect("admin:index")

    def pause_line(self, request: HttpRequest) -> HttpResponse:
        self._only_for_owners(request)
        line.close(Closed.OWNER)
        self._note(request, _("Orders are paused. What is at Kling already is brought home all the same."))
        return redirect("admin:index")

    def check_view(self, request: HttpRequest) -> HttpResponse:
        """Examine the studio when asked to: that may take as long as the provider takes to answer."""
        self._only_for_owners(request)
        findings = doctor.examine() if request.method == "POST" else None
        context = {"title": _("Check the studio"), "findings": findings, "broken": _count(findings, Health.FAIL)}
        return render(request, "admin/effects/studio/check.html", self.admin_site.each_context(request) | context)

    def _only_for_owners(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied

    def _note(self, request: HttpRequest, what: str) -> None:
        self.log_change(request, Studio.current(), what)
        self.message_user(request, what, messages.SUCCESS)

    @admin.display(description=gettext_lazy("spent this month"))
    def spent_by_now(self, studio: Studio) -> SafeString:
        return money(spent_this_month(studio))

    @admin.display(description=gettext_lazy("left by now"))
    def funds_by_now(self, studio: Studio) -> str:
        left = line.funds_left(studio)
        if left is None or studio.funds_at is None:
            return _("Not counted: no credit is stated.")
        since = date_format(timezone.localtime(studio.funds_at), "DATETIME_FORMAT")
        words = _("About {left} of {stated}, counted since {time}")
        return words.format(left=dollars(left), stated=dollars(studio.funds), time=since)


def _count(findings: Iterable[Finding] | None, health: Health) -> int:
    return sum(finding.health is health for finding in findings or ())
