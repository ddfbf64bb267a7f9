"""Make the first administrator by a link that works once, so that no password is ever shipped."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction

SALT = "first administrator"
LIFETIME = 24 * 3600  # seconds


def token() -> str:
    return signing.dumps("welcome", salt=SALT)


def is_due() -> bool:
    """Whether the studio has nobody yet who could administer it."""
    return not get_user_model().objects.filter(is_superuser=True).exists()


def check(token: str) -> bool:
    """Whether the link still opens: signed by this studio, younger than a day, and nobody has used one."""
    try:
        signing.loads(token, salt=SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return False
    return is_due()


@transaction.atomic
def make_administrator(username: str, password: str) -> User:
    """Make the first administrator; PermissionError if there is one already."""
    if not is_due():
        raise PermissionError("This studio has an administrator.")
    return User.objects.create_superuser(username, password=password)
