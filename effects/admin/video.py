from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from effects.models import Job, Video
from effects.services import videos

from .base import FilesMixin, ReadOnlyAdmin, link


class TrashFilter(admin.SimpleListFilter):
    title = gettext_lazy("place")
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("gallery", _("In the gallery")), ("trash", _("In the trash")), ("gone", _("Files removed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Video]) -> QuerySet[Video]:
        places: dict[str, dict[str, Any]] = {
            "gallery": {"deleted_at": None},
            "trash": {"deleted_at__isnull": False, "purged_at": None},
            "gone": {"purged_at__isnull": False},
        }
        return queryset.filter(**places.get(self.value() or "", {}))


@admin.register(Video)
class VideoAdmin(FilesMixin, ReadOnlyAdmin):
    files = {"poster": "image/webp", "file": "video/mp4"}
    list_display = ("preview", "effect", "owned_by", "measure", "length", "weight", "created_at", "deleted_at")
    list_display_links = ("preview",)
    list_filter = (TrashFilter, "job__effect__theme", "job__provider", "created_at")
    list_select_related = ("owner__user", "job__effect")
    list_per_page = 50
    search_fields = ("key", "owner__user__username", "job__key", "job__effect__name", "job__effect__title_en")
    search_help_text = gettext_lazy("Member, effect or key.")
    date_hierarchy = "created_at"
    actions = ("trash", "restore")
    fields = (
        "player",
        "effect",
        "made_by",
        "owned_by",
        "measure",
        "length",
        "weight",
        "created_at",
        "deleted_at",
        "purged_at",
        "key",
        "digest",
    )
    readonly_fields = fields

    def heading(self, row: Video) -> str:
        return _("{effect} for {owner}").format(effect=self.effect(row), owner=row.owner)

    @admin.display(description=gettext_lazy("poster"))
    def preview(self, video: Video) -> SafeString | str:
        if video.purged_at:
            return _("Removed")
        tag = '<img class="preview" src="{}" alt="{}" width="56" height="72" loading="lazy">'
        return format_html(tag, self.file_url(video, "poster"), _("Video {key}").format(key=video.key))

    @admin.display(description=gettext_lazy("video"))
    def player(self, video: Video) -> SafeString | str:
        if video.purged_at:
            return _("Its files are removed.")
        tag = '<video class="preview preview--large" controls preload="none" poster="{}" src="{}"></video>'
        return format_html(tag, self.file_url(video, "poster"), self.file_url(video, "file"))

    @admin.display(description=gettext_lazy("effect"), ordering="job__effect__title_en")
    def effect(self, video: Video) -> str:
        job = _job_of(video)
        return job.effect.title if job else "–"

    @admin.display(description=gettext_lazy("job"))
    def made_by(self, video: Video) -> SafeString | str:
        return link(_job_of(video))

    @admin.display(description=gettext_lazy("owner"), ordering="owner")
    def owned_by(self, video: Video) -> SafeString | str:
        return link(video.owner)

    @admin.display(description=gettext_lazy("picture"), ordering="height")
    def measure(self, video: Video) -> str:
        return f"{video.width} × {video.height}"

    @admin.display(description=gettext_lazy("length"), ordering="seconds")
    def length(self, video: Video) -> str:
        return _("{seconds} s").format(seconds=f"{video.seconds:.1f}")

    @admin.display(description=gettext_lazy("size"), ordering="size")
    def weight(self, video: Video) -> str:
        return filesizeformat(video.size)

    @admin.action(description=gettext_lazy("Move to the trash"), permissions=["act"])
    def trash(self, request: HttpRequest, chosen: QuerySet[Video]) -> None:
        kept = list(chosen.filter(deleted_at=None))
        for video in kept:
            videos.trash(video)
            self.log_change(request, video, _("Moved to the trash."))
        said = ngettext("{count} video moved to the trash.", "{count} videos moved to the trash.", len(kept))
        self.message_user(request, said.format(count=len(kept)), messages.SUCCESS)

    @admin.action(description=gettext_lazy("Restore from the trash"), permissions=["act"])
    def restore(self, request: HttpRequest, chosen: QuerySet[Video]) -> None:
        thrown = list(chosen.filter(deleted_at__isnull=False, purged_at=None))
        for video in thrown:
            videos.restore(video)
            self.log_change(request, video, _("Restored from the trash."))
        said = ngettext("{count} video restored.", "{count} videos restored.", len(thrown))
        self.message_user(request, said.format(count=len(thrown)), messages.SUCCESS)


def _job_of(video: Video) -> Job | None:
    return getattr(video, "job", None)
