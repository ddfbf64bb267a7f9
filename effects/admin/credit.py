from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.validators import RegexValidator
from django.db import IntegrityError
from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from effects.models import Account, CreditEntry, Job, Video
from effects.models.fields import dollars, new_key
from effects.services import credits
from effects.templatetags.studio import money

from .base import ReadOnlyAdmin, ReadOnlyInline, link

LATEST = 50
MOST = Decimal(1000)
Kind = CreditEntry.Kind


class TopUpForm(forms.Form):
    """`token` belongs to one showing of the form: sent twice, it adds once."""

    amount = forms.DecimalField(
        label=gettext_lazy("Amount in USD"), min_value=Decimal("0.0001"), max_value=MOST, decimal_places=4
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)
    token = forms.CharField(widget=forms.HiddenInput, initial=new_key, validators=[RegexValidator(r"^[\w-]{22}$")])


class MemberFilter(admin.SimpleListFilter):
    title = gettext_lazy("who")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("members", _("Members")), ("guests", _("Guests"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Account]) -> QuerySet[Account]:
        if self.value() in ("members", "guests"):
            return queryset.filter(user__isnull=self.value() == "guests")
        return queryset


class EntryColumns:
    """What the ledger shows of an entry, under its account and on a page of its own."""

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def sum(self, entry: CreditEntry) -> SafeString:
        return money(entry.amount)

    @admin.display(description=gettext_lazy("balance after it"))
    def balance_after(self, entry: CreditEntry) -> SafeString:
        return money(entry.balance)

    @admin.display(description=gettext_lazy("job"))
    def of_job(self, entry: CreditEntry) -> SafeString | str:
        return link(entry.job, entry.job and entry.job.effect.title)


class LedgerInline(EntryColumns, ReadOnlyInline):
    model = CreditEntry
    verbose_name_plural = gettext_lazy("the latest entries")
    fields = ("at", "kind", "sum", "balance_after", "of_job", "note")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditEntry]:
        account = request.resolver_match.kwargs["object_id"] if request.resolver_match else None
        latest = CreditEntry.objects.filter(account=account).values("pk")[:LATEST]
        return super().get_queryset(request).filter(pk__in=latest).select_related("job__effect")


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "who", "money_left", "job_count", "video_count", "created_at")
    list_filter = (MemberFilter, "created_at")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    search_help_text = gettext_lazy("Member.")
    ordering = ("-pk",)
    fields = ("who", "signs_in_as", "money_left", "job_count", "video_count", "created_at")
    readonly_fields = fields
    inlines = (LedgerInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        counts = {"jobs_made": _count_of(Job), "videos_made": _count_of(Video)}
        return super().get_queryset(request).select_related("user").annotate(**counts)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.top_up))
        return [path("<int:pk>/top-up/", view, name="effects_account_top_up"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        account = options.get("obj")
        if account and not account.is_guest and self.has_act_permission(request):
            context["top_up"] = TopUpForm()
        return super().render_change_form(request, context, *args, **options)

    def top_up(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = get_object_or_404(Account.objects.filter(user__isnull=False), pk=pk)
        if not self.has_act_permission(request):
            raise Http404
        form = TopUpForm(request.POST)
        if not form.is_valid():
            context = {**self.admin_site.each_context(request), "opts": self.opts, "account": account, "form": form}
            return render(request, "admin/effects/account/top_up.html", context, status=422)
        self._add(request, account, form.cleaned_data)
        return redirect("admin:effects_account_change", pk)

    def _add(self, request: HttpRequest, account: Account, said: dict[str, Any]) -> None:
        try:
            credits.add(account, Kind.TOP_UP, said["amount"], note=said["note"], key=said["token"])
        except IntegrityError:
            self.message_user(request, _("This top-up was made already. Nothing was added twice."), messages.WARNING)
            return
        what = _("Topped up by {amount}.").format(amount=dollars(said["amount"]))
        self.log_change(request, account, what)
        self.message_user(request, what, messages.SUCCESS)

    @admin.display(description=gettext_lazy("kind"), ordering="user")
    def who(self, account: Account) -> str:
        return _("Guest") if account.is_guest else _("Member")

    @admin.display(description=gettext_lazy("signs in as"))
    def signs_in_as(self, account: Account) -> SafeString | str:
        return link(account.user)

    @admin.display(description=gettext_lazy("balance"), ordering="balance")
    def money_left(self, account: Account) -> SafeString:
        return money(account.balance)

    @admin.display(description=gettext_lazy("jobs"), ordering="jobs_made")
    def job_count(self, account: Any) -> int:
        count: int = account.jobs_made
        return count

    @admin.display(description=gettext_lazy("videos"), ordering="videos_made")
    def video_count(self, account: Any) -> int:
        count: int = account.videos_made
        return count


@admin.register(CreditEntry)
class CreditEntryAdmin(EntryColumns, ReadOnlyAdmin):
    list_display = ("at", "of_account", "kind", "sum", "balance_after", "of_job", "note")
    list_filter = ("kind", "at")
    list_select_related = ("account__user", "job__effect")
    search_fields = ("account__user__username", "job__key", "note")
    search_help_text = gettext_lazy("Member, key of a job, or note.")
    date_hierarchy = "at"
    fields = ("at", "of_account", "kind", "sum", "balance_after", "of_job", "note", "key")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("account"), ordering="account__user__username")
    def of_account(self, entry: CreditEntry) -> SafeString | str:
        return link(entry.account)


def _count_of(model: type[Model]) -> Coalesce:
    """Count an account's rows on their own: two joins would multiply each other."""
    own = model._default_manager.filter(owner=OuterRef("pk")).order_by().values("owner")
    return Coalesce(Subquery(own.annotate(count=Count("pk")).values("count"), output_field=IntegerField()), 0)
