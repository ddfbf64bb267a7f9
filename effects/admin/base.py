"""What several pages of the admin share."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from effects.views.files import own_file
from effects.views.ranges import serve_stored


class StudioModelAdmin(admin.ModelAdmin):
    """A list headed by what is in it."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})


class ReadOnlyAdmin(StudioModelAdmin):
    """Rows that only the studio's services write: to be looked at, and acted on through those services."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        context["subtitle"] = self.heading(options["obj"])
        return super().render_change_form(request, context, *args, **options)

    def heading(self, row: Any) -> str:
        """Name a row above its page."""
        return str(row)

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether this member of the staff may use the page's actions."""
        return request.user.has_perm(f"effects.{get_permission_codename('change', self.opts)}")


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FilesMixin(admin.ModelAdmin):
    """Shows staff the files of a row. `files` names the fields and their media types."""

    files: dict[str, str] = {}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(own_file(self.serve), cacheable=True)
        return [path("<int:pk>/file/<str:field>/", view, name=f"{self._base}_file"), *super().get_urls()]

    def serve(self, request: HttpRequest, pk: int, field: str) -> HttpResponseBase:
        if field not in self.files:
            raise Http404
        row = get_object_or_404(self.model, pk=pk)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        stored: FieldFile = getattr(row, field)
        return serve_stored(request, stored, self.files[field])

    def file_url(self, row: Model, field: str) -> str:
        return reverse(f"admin:{self._base}_file", args=[row.pk, field])

    @property
    def _base(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"


def link(row: Model | None, words: Any = "") -> SafeString | str:
    """Link to a row's page of the admin."""
    if row is None:
        return "–"
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', address, words or row)
