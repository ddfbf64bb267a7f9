from functools import partial

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from effects.models import Portrait
from effects.services.portraits import remove_files

from .base import FilesMixin, ReadOnlyAdmin, link


@admin.register(Portrait)
class PortraitAdmin(FilesMixin, ReadOnlyAdmin):
    files = {"thumbnail": "image/webp", "picture": "image/jpeg"}
    list_display = ("preview", "owned_by", "measure", "created_at", "used_at")
    list_display_links = ("preview",)
    list_filter = ("created_at",)
    list_select_related = ("owner__user",)
    list_per_page = 50
    search_fields = ("key", "owner__user__username")
    search_help_text = gettext_lazy("Member or key.")
    date_hierarchy = "created_at"
    fields = ("large_picture", "owned_by", "measure", "created_at", "used_at", "key", "digest")
    readonly_fields = fields

    def has_delete_permission(self, request: HttpRequest, obj: Portrait | None = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def heading(self, row: Portrait) -> str:
        return _("Portrait of {owner}").format(owner=row.owner)

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Portrait) -> None:
        transaction.on_commit(partial(remove_files, obj))
        obj.delete()

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Portrait]) -> None:
        for portrait in queryset:
            self.delete_model(request, portrait)

    @admin.display(description=gettext_lazy("picture"))
    def preview(self, portrait: Portrait) -> SafeString:
        tag = '<img class="preview" src="{}" alt="{}" width="56" height="72" loading="lazy">'
        return format_html(tag, self.file_url(portrait, "thumbnail"), _("Portrait {key}").format(key=portrait.key))

    @admin.display(description=gettext_lazy("picture"))
    def large_picture(self, portrait: Portrait) -> SafeString:
        tag = '<img class="preview preview--large" src="{}" alt="{}" width="{}" height="{}">'
        address = self.file_url(portrait, "picture")
        return format_html(tag, address, _("The portrait"), portrait.width, portrait.height)

    @admin.display(description=gettext_lazy("owner"), ordering="owner")
    def owned_by(self, portrait: Portrait) -> SafeString | str:
        return link(portrait.owner)

    @admin.display(description=gettext_lazy("size"), ordering="width")
    def measure(self, portrait: Portrait) -> str:
        return f"{portrait.width} × {portrait.height}"
