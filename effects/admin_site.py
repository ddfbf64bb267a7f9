from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from effects.services import cockpit
from effects.views.chart import Chart

GROUPS = (
    ("studio", _("Studio"), ("Effect", "Tier", "Job", "Video", "Portrait")),
    ("money", _("Money"), ("Account", "CreditEntry")),
    ("people", _("People and settings"), ("User", "Group", "Studio")),
)


class StudioSite(admin.AdminSite):
    """The admin, with a cockpit in front."""

    enable_nav_sidebar = False
    index_title = _("Cockpit")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        figures = cockpit.read()
        groups = self.get_app_list(request)
        for group in groups:
            for model in group["models"]:
                model["note"] = figures.notes.get(model["object_name"], "")
        name = getattr(request.user, "first_name", "") or request.user.get_username()
        more = {
            "title": figures.greeting.format(name=name),
            "figures": figures,
            "chart": Chart(figures.days),
            "app_list": groups,
        }
        return super().index(request, {**more, **(extra_context or {})})

    def app_index(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        """The cockpit has every list; no app needs a page of its own."""
        return redirect("admin:index")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Group the models as an owner thinks of them; a page of one app has them as Django does."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        apps = self._build_app_dict(request).values()
        models = {model["object_name"]: model for app in apps for model in app["models"]}
        groups = [self._group(label, name, [models[it] for it in its if it in models]) for label, name, its in GROUPS]
        return [group for group in groups if group["models"]]

    def _group(self, label: str, name: Any, models: list[dict[str, Any]]) -> dict[str, Any]:
        url = f"{reverse('admin:index', current_app=self.name)}#{label}"
        return {"app_label": label, "name": capfirst(name), "app_url": url, "has_module_perms": True, "models": models}
