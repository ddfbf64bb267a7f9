"""What every page knows."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from effects import providers
from effects.models import Account, Studio

THEMES = ("dark", "light")


def studio(request: HttpRequest) -> dict[str, Any]:
    """Give templates the studio and its reader; nothing is asked of the database unless it is shown."""
    owner: Account | None = getattr(request, "owner", None)
    theme = request.COOKIES.get("theme", "")
    return {
        "studio": SimpleLazyObject(Studio.current),
        "owner": owner,
        "active_jobs": SimpleLazyObject(lambda: owner.jobs.open().count() if owner else 0),
        "paid": providers.in_force().is_paid,
        "theme": theme if theme in THEMES else "",
    }
