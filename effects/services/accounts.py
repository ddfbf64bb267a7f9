"""Whose work it is: guests by their session, members by their sign-in."""

from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models import F
from django.dispatch import receiver
from django.http import HttpRequest

from effects.models import Account, CreditEntry, Studio
from effects.services import credits
from effects.services.portraits import remove_files

SESSION_KEY = "guest_account"


def owner_of(request: HttpRequest) -> Account | None:
    """Return the account of the member or guest who asks, or None for a visitor who has nothing here."""
    if request.user.is_authenticated:
        return account_of(request.user)
    return _guest(request.session.get(SESSION_KEY))


def owner_or_guest(request: HttpRequest) -> Account:
    """Return who asks, making a private guest account for a visitor's session."""
    owner = owner_of(request)
    if owner is None:
        owner = Account.objects.create()
        request.session[SESSION_KEY] = owner.pk
    return owner


def _guest(pk: int | None) -> Account | None:
    return Account.objects.filter(pk=pk, user=None).first() if pk else None


def account_of(user: User) -> Account:
    """Return the member's account; the first time, open it with the studio's allowance."""
    return Account.objects.select_related("user").filter(user=user).first() or _open_account(user)


@transaction.atomic
def _open_account(user: User) -> Account:
    account, is_new = Account.objects.get_or_create(user=user)
    allowance = Studio.current().member_allowance
    if is_new and allowance > 0:
        credits.add(account, CreditEntry.Kind.ALLOWANCE, allowance)
    return account


@receiver(user_logged_in)
def welcome_member(sender: type[User], request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Give a guest who has just signed in or up, by whatever door, everything he made before."""
    guest = _guest(request.session.pop(SESSION_KEY, None))
    member = account_of(user)
    if guest:
        hand_over(guest, member)


@transaction.atomic
def hand_over(guest: Account, member: Account) -> None:
    """Move a guest's portraits, jobs and videos to a member; a photo that both have stays once."""
    for portrait in guest.portraits.all():
        twin = member.portraits.filter(digest=portrait.digest).first()
        if twin:
            guest.jobs.filter(portrait=portrait).update(portrait=twin)
            guest.jobs.filter(partner=portrait).update(partner=twin)
            portrait.delete()
            transaction.on_commit(partial(remove_files, portrait))
        else:
            member.portraits.add(portrait)
    guest.jobs.filter(request_key__in=member.jobs.values("request_key")).update(request_key=F("key"))
    guest.jobs.update(owner=member)
    guest.videos.update(owner=member)
    guest.delete()
