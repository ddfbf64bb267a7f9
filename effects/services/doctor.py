"""Examine the studio from its disk to the paid provider, and say of each part how it is and what to do about it.

Nothing is spent and nothing is changed.
"""

import logging
import shutil
import socket
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from effects import outbound, providers
from effects.models import LOCAL, Closed, Effect, Job, Status, Studio, Worker
from effects.models.fields import dollars
from effects.providers import KeyRefused, Provider, ProviderError
from effects.render import networks
from effects.services import first_run, line
from effects.services.cockpit import what_opens
from effects.services.spending import spent_this_month

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

log = logging.getLogger(__name__)

GB = 1_000_000_000
LITTLE_ROOM, NO_ROOM = 2 * GB, GB // 5
QUEUE_PATIENCE = 5  # seconds
MODELS = (networks.OUTLINE, networks.FACES, networks.LANDMARKS)


class Health(Enum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """What one check has found. `detail` is what a machine said, in English; `todo` is empty when all is well."""

    health: Health
    says: str
    todo: str = ""
    detail: str = ""
    what: str = ""


Checks = Sequence[tuple["StrPromise", Callable[[], Finding]]]


def examine() -> list[Finding]:
    """Run every check that makes sense here. One that breaks is a finding too."""
    findings = _run(GROUND)
    if findings[-1].health is Health.FAIL:  # without a database there is nothing more to ask
        return findings
    findings += _run(STUDIO)
    if settings.PROVIDER != LOCAL:
        findings += _run(PAID)
    if settings.PROVIDER != LOCAL or Job.objects.exclude(provider=LOCAL).exists():
        findings += _run(PAID_ORDERS)
    return findings


def data_folder() -> Finding:
    try:
        with tempfile.TemporaryFile(dir=settings.DATA_DIR):
            free = shutil.disk_usage(settings.DATA_DIR).free
    except OSError as error:
        todo = _("Let the user that runs the studio write there, or set STUDIO_DATA_DIR.")
        return Finding(Health.FAIL, _("{folder} cannot be written.").format(folder=settings.DATA_DIR), todo, str(error))
    said = _("{folder}, with {free} GB free.").format(folder=settings.DATA_DIR, free=f"{free / GB:,.1f}")
    if free >= LITTLE_ROOM:
        return Finding(Health.OK, said)
    return Finding(Health.FAIL if free < NO_ROOM else Health.WARN, said, _("Make room on this disk."))


def models() -> Finding:
    missing = sum(not (settings.DATA_DIR / "models" / name).is_file() for name in MODELS)
    if not missing:
        return Finding(Health.OK, _("They find faces and cut people out of photos."))
    said = ngettext(
        "{count} of {all} is missing, and videos are made without it.",
        "{count} of {all} are missing, and videos are made without them.",
        missing,
    )
    todo = _("Run script/setup, which fetches them.")
    return Finding(Health.WARN, said.format(count=missing, all=len(MODELS)), todo)


def queue() -> Finding:
    path = Path(str(settings.HUEY["filename"]))
    only_if_there = f"{path.as_uri()}?mode=rw"
    try:
        with closing(sqlite3.connect(only_if_there, QUEUE_PATIENCE, isolation_level=None, uri=True)) as file:
            file.execute("BEGIN IMMEDIATE")
            file.execute("ROLLBACK")
    except sqlite3.Error as error:
        todo = _("Stop the studio, remove this file and start again: no order is lost.")
        said = _("{file} cannot be written.").format(file=path)
        return Finding(Health.FAIL, said, todo, str(error))
    return Finding(Health.OK, _("It can be written."))


def database() -> Finding:
    try:
        executor = MigrationExecutor(connection)
        behind = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        return Finding(Health.FAIL, _("It cannot be opened."), _("Run script/setup."), str(error))
    if behind:
        said = ngettext("It is {count} step behind the program.", "It is {count} steps behind the program.", behind)
        return Finding(Health.FAIL, said.format(count=behind), _("Run script/setup."))
    return Finding(Health.OK, _("It answers, and is up to date."))


def worker() -> Finding:
    if Worker.any_alive():
        return Finding(Health.OK, _("It is alive."))
    waiting = Job.objects.open().exclude(status=Status.UNCONFIRMED).count()
    todo = _("Start the studio with script/server.")
    if not waiting:
        return Finding(Health.WARN, _("It is silent; nobody waits for it."), todo)
    said = ngettext("It is silent, and {count} job waits.", "It is silent, and {count} jobs wait.", waiting)
    return Finding(Health.FAIL, said.format(count=waiting), todo)


def effects() -> Finding:
    count = Effect.objects.offered().count()
    if not count:
        return Finding(Health.FAIL, _("None is offered."), _("Run script/setup, or offer some in the admin."))
    return Finding(Health.OK, ngettext("{count} is offered.", "{count} are offered.", count).format(count=count))


def administrator() -> Finding:
    if first_run.is_due():
        todo = _("Start the studio with script/server, and open the link that it prints.")
        return Finding(Health.WARN, _("There is none yet."), todo)
    return Finding(Health.OK, _("There is one."))


def maker() -> Finding:
    is_paid = providers.in_force().is_paid
    return Finding(Health.OK, _("Kling makes them, for money.") if is_paid else _("Made on this machine, for nothing."))


def address(url: str) -> Finding:
    parts = urlsplit(url)
    if parts.scheme == "https":
        return Finding(Health.OK, url)
    if _is_near(parts.hostname or ""):
        return Finding(Health.OK, _("{address}, in your own network.").format(address=url))
    said = _("{address} has no encryption: whoever is on the way can read your key.").format(address=url)
    return Finding(Health.WARN, said, _("Write https:// in KLING_API_BASE_URL."))


def key(provider: Provider) -> Finding:
    """Ask for a task that does not exist: whoever may ask is told so, and it costs nothing."""
    begun = time.monotonic()
    try:
        provider.check()
    except KeyRefused:
        return Finding(Health.FAIL, _("Kling does not accept it."), what_opens(Closed.KEY))
    except ProviderError as error:
        todo = _("Check KLING_API_BASE_URL, and whether this machine reaches it.")
        return Finding(Health.FAIL, _("It could not be tried."), todo, str(error))
    took = round(1000 * (time.monotonic() - begun))
    return Finding(Health.OK, _("Kling accepts it, and answered in {milliseconds} ms.").format(milliseconds=took))


def callbacks() -> Finding:
    if settings.PUBLIC_URL:
        return Finding(Health.OK, _("Kling calls {address} when a video is made.").format(address=settings.PUBLIC_URL))
    return Finding(Health.OK, _("None without STUDIO_PUBLIC_URL; the studio asks Kling instead."))


def orders() -> Finding:
    studio = Studio.current()
    if not studio.line_closed:
        return Finding(Health.OK, _("They go out."))
    why, waiting = Closed(studio.line_closed), line.waiting().count()
    said = ngettext("{why} {count} order waits.", "{why} {count} orders wait.", waiting)
    health = Health.WARN if why in (Closed.OWNER, Closed.LOW) else Health.FAIL
    return Finding(health, said.format(why=why.label, count=waiting), what_opens(why))


def monthly_cap() -> Finding:
    studio = Studio.current()
    spent, cap = spent_this_month(studio), studio.monthly_cap
    todo = _("Raise it in the studio settings.")
    if not cap:
        return Finding(Health.FAIL, _("It is at $0.00, so nothing can be ordered."), todo)
    said = _("{spent} of {cap} is spent.").format(spent=dollars(spent), cap=dollars(cap))
    return Finding(Health.OK, said) if spent < cap else Finding(Health.WARN, said, todo)


def unknown() -> Finding:
    count = Job.objects.filter(status=Status.UNCONFIRMED).count()
    if not count:
        return Finding(Health.OK, _("Every order that left was answered."))
    said = ngettext("{count} order has no known outcome.", "{count} orders have no known outcome.", count)
    return Finding(Health.WARN, said.format(count=count), _("Settle this in the cockpit."))


def owed() -> Finding:
    count = Job.objects.owed().count()
    if not count:
        return Finding(Health.OK, _("Every video that was paid for has come."))
    said = ngettext(
        "{count} video was paid for and has not come.", "{count} videos were paid for and have not come.", count
    )
    return Finding(Health.WARN, said.format(count=count), _("Ask again or write off, in the list of jobs."))


def tries() -> Finding:
    count = Job.objects.stuck().count()
    if not count:
        return Finding(Health.OK, _("No order is tried in vain."))
    said = ngettext("{count} order is tried again and again.", "{count} orders are tried again and again.", count)
    return Finding(Health.WARN, said.format(count=count), _("The timeline of each, in the list of jobs, says why."))


GROUND: Checks = (
    (gettext_lazy("Data folder"), data_folder),
    (gettext_lazy("Models"), models),
    (gettext_lazy("Queue"), queue),
    (gettext_lazy("Database"), database),
)
STUDIO: Checks = (
    (gettext_lazy("Worker"), worker),
    (gettext_lazy("Effects"), effects),
    (gettext_lazy("Administrator"), administrator),
    (gettext_lazy("Videos"), maker),
)
PAID: Checks = (
    (gettext_lazy("Address"), lambda: address(settings.KLING_API_BASE_URL)),
    (gettext_lazy("Key"), lambda: key(providers.in_force())),
    (gettext_lazy("Callbacks"), callbacks),
    (gettext_lazy("Orders"), orders),
    (gettext_lazy("Monthly cap"), monthly_cap),
)
PAID_ORDERS: Checks = (
    (gettext_lazy("Outcomes"), unknown),
    (gettext_lazy("Tries"), tries),
    (gettext_lazy("Results"), owed),
)


def _run(checks: Checks) -> list[Finding]:
    return [replace(_safely(check), what=str(what)) for what, check in checks]


def _safely(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:
        log.exception("A check broke")
        return Finding(Health.FAIL, _("This could not be checked."), _("Look at the log."), type(error).__name__)


def _is_near(host: str) -> bool:
    """Whether every address of a host is this machine's or lies in a private network."""
    try:
        found = {str(where[4][0]) for where in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return not any(outbound.is_public(each) for each in found)
