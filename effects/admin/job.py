from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from effects import tasks
from effects.models import CreditEntry, FailureReason, Job, JobEvent, Status
from effects.models.job import OWED_FOR
from effects.providers import NoSuchTask, ProviderError
from effects.services import orders, production
from effects.services.progress import duration
from effects.templatetags.studio import money

from .base import ReadOnlyAdmin, ReadOnlyInline, link

LOOKS = {Status.COMPLETED: "good", Status.FAILED: "bad", Status.UNCONFIRMED: "warn"}
WRITTEN_OFF = "written_off"
# Lines of the timeline that are no change of state.
HAPPENINGS = {
    "callback": gettext_lazy("callback"),
    "hint": gettext_lazy("task of a callback dropped"),
    "look": gettext_lazy("asked after"),
    "fetch": gettext_lazy("could not be fetched"),
    "task": gettext_lazy("late answer"),
    WRITTEN_OFF: gettext_lazy("written off"),
}


class SettleForm(forms.Form):
    jobs = forms.ModelMultipleChoiceField(
        Job.objects.filter(status=Status.UNCONFIRMED).select_related("effect", "owner__user"),
        to_field_name="key",
        widget=forms.MultipleHiddenInput,
        error_messages={"required": gettext_lazy("None of these orders waits to be settled any more.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=300, required=False, help_text=gettext_lazy("Only the studio sees it.")
    )


class AttachForm(forms.Form):
    task_id = forms.CharField(label=gettext_lazy("Task at the provider"), max_length=120)

    def __init__(self, job: Job, *args: Any, **options: Any) -> None:
        self.job = job
        super().__init__(*args, **{"initial": {"task_id": job.hinted_task}, **options})

    def clean_task_id(self) -> str:
        task_id: str = self.cleaned_data["task_id"]
        if Job.objects.filter(provider=self.job.provider, task_id=task_id).exclude(pk=self.job.pk).exists():
            raise ValidationError(_("Another job has this task already."))
        try:
            production.look_at(self.job, task_id)
        except NoSuchTask as error:
            raise ValidationError(_("The video service does not know this task. Copy its id once more.")) from error
        except ProviderError as error:
            raise ValidationError(_("The video service does not answer at the moment. Try again later.")) from error
        return task_id


class OwedFilter(admin.SimpleListFilter):
    title = gettext_lazy("result")
    parameter_name = "owed"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("yes", _("Paid for and not come")), ("stuck", _("Tried again and again"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        chosen = {"yes": Job.objects.owed, "stuck": Job.objects.stuck}.get(self.value() or "")
        return queryset.filter(pk__in=chosen().values("pk")) if chosen else queryset


class TimelineInline(ReadOnlyInline):
    model = JobEvent
    fields = ("moment", "state", "note")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("time"))
    def moment(self, event: JobEvent) -> str:
        return f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}"

    @admin.display(description=gettext_lazy("what"))
    def state(self, event: JobEvent) -> str:
        return str({**dict(Status.choices), **HAPPENINGS}.get(event.what, event.what))


class EntriesInline(ReadOnlyInline):
    model = CreditEntry
    verbose_name_plural = gettext_lazy("in the books")
    fields = ("at", "of_account", "kind", "sum", "note")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditEntry]:
        return super().get_queryset(request).select_related("account__user").order_by("pk")

    @admin.display(description=gettext_lazy("account"))
    def of_account(self, entry: CreditEntry) -> SafeString | str:
        return link(entry.account)

    @admin.display(description=gettext_lazy("amount"))
    def sum(self, entry: CreditEntry) -> SafeString:
        return money(entry.amount)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "effect_title", "owned_by", "state", "price_asked", "took", "provider", "failure")
    list_filter = ("status", OwedFilter, "provider", "effect__theme", "failure", "created_at")
    list_select_related = ("effect", "owner__user")
    list_per_page = 50
    search_fields = (
        "key",
        "task_id",
        "owner__user__username",
        "effect__name",
        "effect__title_en",
        "effect__title_zh",
    )
    search_help_text = gettext_lazy("Member, effect, key, or task at the provider.")
    date_hierarchy = "created_at"
    actions = ("give_turn", "cancel", "settle", "write_off")
    inlines = (TimelineInline, EntriesInline)
    fieldsets = (
        (None, {"fields": ("effect_link", "owned_by", "state", "failure", "price_asked", "took")}),
        (gettext_lazy("In and out"), {"fields": ("portrait_link", "partner_link", "video_link")}),
        (
            gettext_lazy("At the provider"),
            {
                "fields": (
                    "provider",
                    "task_id",
                    "hinted_task",
                    "result_url",
                    "making_took",
                    "attempts",
                    "next_turn_at",
                    "leased_until",
                )
            },
        ),
        (gettext_lazy("Times"), {"fields": ("created_at", "submitted_at", "ended_at", "settled_at", "key")}),
    )
    readonly_fields = (
        "effect_link",
        "owned_by",
        "state",
        "price_asked",
        "took",
        "portrait_link",
        "partner_link",
        "video_link",
        "hinted_task",
        "making_took",
        "attempts",
        "settled_at",
        "key",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).select_related("effect", "owner__user", "portrait", "partner", "video")

    def get_urls(self) -> list[URLPattern]:
        settle = require_http_methods(["GET", "POST"])(self.settle_view)
        return [
            path("settle/", self.admin_site.admin_view(settle), name="effects_job_settle"),
            path(
                "<int:pk>/attach/",
                self.admin_site.admin_view(require_POST(self.attach_view)),
                name="effects_job_attach",
            ),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        job = options["obj"]
        if job.status == Status.UNCONFIRMED and self.has_act_permission(request):
            context |= {"attach": AttachForm(job), "settle_url": _settle_url([job])}
        if Job.objects.owed().filter(pk=job.pk).exists():
            context |= self._owed(request, job)
        return super().render_change_form(request, context, *args, **options)

    def _owed(self, request: HttpRequest, job: Job) -> dict[str, Any]:
        """Say how long a job that is owed a video is asked after."""
        until = (job.submitted_at or job.created_at) + OWED_FOR
        is_asked_after = until > timezone.now() and bool(job.task_id or job.hinted_task)
        return {"owed_until": until, "is_asked_after": is_asked_after, "may_act": self.has_act_permission(request)}

    def heading(self, row: Job) -> str:
        return _("{effect} for {owner}").format(effect=row.effect.title, owner=row.owner)

    @admin.action(description=gettext_lazy("Give it a turn now"), permissions=["act"])
    def give_turn(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        chosen = Job.objects.filter(pk__in=[job.pk for job in jobs])
        waiting = list(chosen.free_to_claim())
        chosen.call()
        for job in waiting:
            tasks.advance_job(job.pk)
        said = ngettext("{count} job has its turn now.", "{count} jobs have their turn now.", len(waiting))
        left_out = len(jobs) - len(waiting)
        self.message_user(request, said.format(count=len(waiting)), messages.SUCCESS)
        if left_out:
            said = ngettext(
                "{count} job has ended, waits to be settled, or is being worked on.",
                "{count} jobs have ended, wait to be settled, or are being worked on.",
                left_out,
            )
            self.message_user(request, said.format(count=left_out), messages.WARNING)

    @admin.action(description=gettext_lazy("Cancel"), permissions=["act"])
    def cancel(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        asked = list(jobs)
        canceled = [job for job in asked if orders.cancel(job)]
        for job in canceled:
            self.log_change(request, job, _("Canceled."))
        said = ngettext("{count} job canceled.", "{count} jobs canceled.", len(canceled))
        self.message_user(request, said.format(count=len(canceled)), messages.SUCCESS)
        if late := len(asked) - len(canceled):
            said = ngettext(
                "It was too late for {count} job: it has begun to cost money, or it has ended.",
                "It was too late for {count} jobs: they have begun to cost money, or they have ended.",
                late,
            )
            self.message_user(request, said.format(count=late), messages.WARNING)

    @admin.action(description=gettext_lazy("Settle as not made, and refund"), permissions=["act"])
    def settle(self, request: HttpRequest, jobs: QuerySet[Job]) -> HttpResponse | None:
        unknown = list(jobs.filter(status=Status.UNCONFIRMED))
        if unknown:
            return redirect(_settle_url(unknown))
        self.message_user(request, _("None of these orders waits to be settled."), messages.WARNING)
        return None

    @admin.action(description=gettext_lazy("Write off: wait no longer for what was paid for"), permissions=["act"])
    def write_off(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        chosen = list(jobs)
        count = sum(self._write_off(request, job) for job in chosen)
        said = ngettext("{count} job written off.", "{count} jobs written off.", count)
        self.message_user(request, said.format(count=count), messages.SUCCESS)
        if left_out := len(chosen) - count:
            said = ngettext(
                "{count} job has nothing to be written off.", "{count} jobs have nothing to be written off.", left_out
            )
            self.message_user(request, said.format(count=left_out), messages.WARNING)

    def settle_view(self, request: HttpRequest) -> HttpResponse:
        """Ask whether the orders named are to be failed and paid back, and do it."""
        if not self.has_act_permission(request):
            raise PermissionDenied
        form = SettleForm(request.POST if request.method == "POST" else request.GET)
        if request.method == "POST" and form.is_valid():
            count = sum(self._settle(request, job, form.cleaned_data["note"]) for job in form.cleaned_data["jobs"])
            said = ngettext("{count} order settled and paid back.", "{count} orders settled and paid back.", count)
            self.message_user(request, said.format(count=count), messages.SUCCESS)
            return redirect("admin:effects_job_changelist")
        jobs = form.cleaned_data.get("jobs", []) if form.is_valid() else []
        return self._page(request, "settle", form, {"jobs": jobs}, status=200 if jobs else 422)

    def attach_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go on with an order whose answer was lost, now that its task is known."""
        job = get_object_or_404(Job.objects.select_related("effect"), pk=pk)
        if not self.has_act_permission(request):
            raise PermissionDenied
        form = AttachForm(job, request.POST)
        if form.is_valid() and production.attach(job, form.cleaned_data["task_id"]):
            tasks.follow_tasks()
            what = _("Goes on with task {task}.").format(task=job.task_id)
            self.log_change(request, job, what)
            self.message_user(request, what, messages.SUCCESS)
            return redirect("admin:effects_job_change", pk)
        form.full_clean()  # once more: another job may have been quicker
        if not form.is_valid():
            return self._page(request, "attach", form, {"job": job}, status=422)
        self.message_user(request, _("This order does not wait to be settled any more."), messages.WARNING)
        return redirect("admin:effects_job_change", pk)

    @transaction.atomic
    def _settle(self, request: HttpRequest, job: Job, note: str) -> bool:
        """Fail an order unless its answer has come in the meantime."""
        if not production.fail(job, FailureReason.WRITTEN_OFF, note, start=[Status.UNCONFIRMED]):
            return False
        self.log_change(request, job, _("Settled as not made."))
        return True

    @transaction.atomic
    def _write_off(self, request: HttpRequest, job: Job) -> bool:
        """Close a job that is owed a video, unless the video is here by now."""
        if not Job.objects.owed().filter(pk=job.pk).update(settled_at=timezone.now()):
            return False
        job.log(WRITTEN_OFF)
        self.log_change(request, job, _("Written off."))
        return True

    def _page(
        self, request: HttpRequest, name: str, form: forms.Form, more: dict[str, Any], status: int
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "form": form, **more}
        return render(request, f"admin/effects/job/{name}.html", context, status=status)

    @admin.display(description=gettext_lazy("effect"), ordering="effect__title_en")
    def effect_title(self, job: Job) -> str:
        return job.effect.title

    @admin.display(description=gettext_lazy("effect"))
    def effect_link(self, job: Job) -> SafeString | str:
        return link(job.effect)

    @admin.display(description=gettext_lazy("owner"), ordering="owner")
    def owned_by(self, job: Job) -> SafeString | str:
        return link(job.owner)

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, job: Job) -> SafeString:
        look = LOOKS.get(Status(job.status), "plain")
        return format_html('<span class="badge badge--{}">{}</span>', look, job.get_status_display())

    @admin.display(description=gettext_lazy("price"), ordering="price")
    def price_asked(self, job: Job) -> SafeString | str:
        return _("Free") if job.is_free else money(job.price)

    @admin.display(description=gettext_lazy("took"))
    def took(self, job: Job) -> str:
        return duration(round((job.ended_at - job.created_at).total_seconds())) if job.ended_at else "–"

    @admin.display(description=gettext_lazy("time at the provider"))
    def making_took(self, job: Job) -> str:
        return duration(round(job.made_in)) if job.made_in else "–"

    @admin.display(description=gettext_lazy("portrait (left)"))
    def portrait_link(self, job: Job) -> SafeString | str:
        return link(job.portrait)

    @admin.display(description=gettext_lazy("partner (right)"))
    def partner_link(self, job: Job) -> SafeString | str:
        return link(job.partner)

    @admin.display(description=gettext_lazy("video"))
    def video_link(self, job: Job) -> SafeString | str:
        return link(job.video)


def _settle_url(jobs: list[Job]) -> str:
    query = QueryDict(mutable=True)
    query.setlist("jobs", [job.key for job in jobs])
    return f"{reverse('admin:effects_job_settle')}?{query.urlencode()}"
