"""Who makes the videos."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from .base import (
    KeyRefused,
    NoSuchTask,
    OnFrame,
    Order,
    OutOfFunds,
    Provider,
    ProviderError,
    Refused,
    Report,
    State,
    StillWanted,
    Stopped,
    Unavailable,
    Unconfirmed,
    Verdict,
)

__all__ = [
    "KeyRefused",
    "NoSuchTask",
    "OnFrame",
    "Order",
    "OutOfFunds",
    "Provider",
    "ProviderError",
    "Refused",
    "Report",
    "State",
    "StillWanted",
    "Stopped",
    "Unavailable",
    "Unconfirmed",
    "Verdict",
    "in_force",
    "named",
]


@cache
def named(name: str) -> Provider:
    """Return the provider that a job names; KeyError if the studio has none of that name."""
    return import_string(settings.PROVIDERS[name])()


def in_force() -> Provider:
    """Return the provider that new orders go to."""
    return named(settings.PROVIDER)
