"""Who the reader is to the studio: a guest, a member, or its first administrator."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm, UserCreationForm
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from effects.models import Account
from effects.requests import StudioRequest
from effects.services import first_run

ENTRIES = 25
PASSWORDS = "django.contrib.auth.backends.ModelBackend"


class NewMemberForm(UserCreationForm):
    """Django's form, with shorter advice."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["username"].help_text = _("Letters, digits and @ . + - _")
        self.fields["password1"].help_text = _("At least 8 characters. There is no reset by e-mail: write it down.")
        self.fields["password2"].help_text = ""


@require_safe
@never_cache
def account(request: StudioRequest) -> HttpResponse:
    owner = request.owner
    if owner is None or owner.is_guest:
        return render(request, "account/guest.html", {"kept": _kept(owner) if owner else None})
    entries = Paginator(owner.entries.select_related("job__effect"), ENTRIES)
    kept = _kept(owner)
    context = {"entries": entries.get_page(request.GET.get("page")), "kept": kept, "active_jobs": kept["active"]}
    return render(request, "account/account.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_in(request: StudioRequest) -> HttpResponse:
    form = AuthenticationForm(request, request.POST or None)
    if not form.is_valid():
        return _door(request, "account/sign_in.html", form)
    login(request, form.get_user())
    return redirect(_way_on(request))


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_up(request: StudioRequest) -> HttpResponse:
    form = NewMemberForm(request.POST or None)
    if not form.is_valid():
        return _door(request, "account/sign_up.html", form)
    try:
        with transaction.atomic():
            user = form.save()
    except IntegrityError:  # the same form came twice at once
        form.add_error("username", _("A user with that username already exists."))
        return _door(request, "account/sign_up.html", form)
    login(request, user, backend=PASSWORDS)
    return redirect(_way_on(request))


@require_POST
def sign_out(request: StudioRequest) -> HttpResponse:
    logout(request)
    return redirect("effects:catalogue")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def welcome(request: StudioRequest, token: str) -> HttpResponse:
    """Make the first administrator; once there is one, this page is gone."""
    if not first_run.is_due():
        messages.info(request, _("This link was used already: the studio has its administrator. Sign in."))
        return redirect("effects:sign_in")
    if not first_run.check(token):
        raise Http404
    form = NewMemberForm(request.POST or None)
    if not form.is_valid():
        return _door(request, "account/welcome.html", form)
    try:
        user = first_run.make_administrator(form.cleaned_data["username"], form.cleaned_data["password1"])
    except (PermissionError, IntegrityError) as error:  # somebody was faster
        raise Http404 from error
    login(request, user, backend=PASSWORDS)
    return redirect("admin:index")


def _door(request: StudioRequest, page: str, form: AuthenticationForm | NewMemberForm) -> HttpResponse:
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, page, context, status=422 if form.is_bound else 200)


def _way_on(request: StudioRequest) -> str:
    """Return the page that the reader was on, if it is one of ours."""
    page = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return page
    return resolve_url("effects:catalogue")


def _kept(owner: Account) -> dict[str, int]:
    """Count what the reader has here."""
    return {
        "portraits": owner.portraits.count(),
        "videos": owner.videos.kept().count(),
        "active": owner.jobs.open().count(),
    }
