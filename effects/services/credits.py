"""The books: entries are only added, balances never fall below zero, a job pays and is paid back once.

Every function runs inside the transaction of the step that it belongs to.
"""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from effects.models import Account, CreditEntry, Job, Studio
from effects.models.fields import money, new_key
from effects.models.job import OWED
from effects.services.refusals import OrderRefused

Kind = CreditEntry.Kind


class OutOfCredit(OrderRefused):
    """The account does not hold the price."""


class CapReached(OrderRefused):
    """The studio's monthly cap leaves no room for the price."""


@transaction.atomic
def add(
    account: Account, kind: Kind, amount: Decimal, *, job: Job | None = None, note: str = "", key: str = ""
) -> CreditEntry:
    """Add a line to the books and move the balance by it.

    OutOfCredit if the balance would fall below zero; IntegrityError if a line of that `key` is there already.
    """
    able = Account.objects.filter(pk=account.pk, balance__gte=-amount)
    if not able.update(balance=F("balance") + money(amount)):
        sentence = _("Your balance does not cover this video. Nothing was charged. Ask the studio for a top-up.")
        raise OutOfCredit(sentence)
    account.refresh_from_db(fields=["balance"])
    return CreditEntry.objects.create(
        key=key or new_key(), account=account, job=job, kind=kind, amount=amount, balance=account.balance, note=note
    )


@transaction.atomic
def charge(job: Job) -> None:
    """Take the job's price: from its owner's account, and for staff out of the studio's cap through it."""
    if job.is_free:
        return
    _reserve(job.price)
    if job.owner.draws_on_studio:
        add(job.owner, Kind.DRAW, job.price, job=job)
    add(job.owner, Kind.CHARGE, -job.price, job=job)


@transaction.atomic
def refund(job: Job) -> None:
    """Give back what the job has taken, once, to whom it was taken from."""
    charged = job.entries.filter(kind=Kind.CHARGE).select_related("account").first()
    if charged is None or job.entries.filter(kind=Kind.REFUND).exists():
        return
    add(charged.account, Kind.REFUND, -charged.amount, job=job)
    if job.entries.filter(kind=Kind.DRAW).exists():
        add(charged.account, Kind.RETURN, charged.amount, job=job)
    if job.failure not in OWED or job.submitted_at is None:
        release(job)


def release(job: Job) -> None:
    """Take a job out of what the studio has spent, once it is sure that the provider does not charge for it."""
    charged = job.entries.filter(kind=Kind.CHARGE).first()
    if charged:
        month, price = _month_of(charged.at.date()), -charged.amount
        Studio.objects.filter(month=month, spent__gte=price).update(spent=F("spent") - money(price))


def _reserve(price: Decimal) -> None:
    Studio.current()
    this_month = _month_of(timezone.now().date())
    Studio.objects.exclude(month=this_month).update(month=this_month, spent=0)
    within_cap = Studio.objects.filter(monthly_cap__gte=F("spent") + money(price))
    if not within_cap.update(spent=F("spent") + money(price)):
        if not Studio.current().monthly_cap:
            raise CapReached(
                _("The studio may not spend anything yet. Its owner sets the monthly cap in the settings.")
            )
        raise CapReached(_("The studio has reached its limit for this month. Nothing was charged."))


def _month_of(day: date) -> date:
    return day.replace(day=1)
