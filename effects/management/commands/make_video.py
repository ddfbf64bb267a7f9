import shutil
import sys
import time
import uuid
from argparse import ArgumentParser
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import UploadedFile
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from effects import providers
from effects.models import Account, Closed, Effect, Job, Portrait, Status, Studio
from effects.models.fields import dollars
from effects.services import accounts, orders, production
from effects.services.portraits import keep_portrait
from effects.services.refusals import Refusal

PACE, LONGEST_PAUSE = 0.2, 30  # seconds
BAR = 32  # characters


class Command(BaseCommand):
    help = (
        "Make one video here and now: the same order, production and books as in the browser. "
        "Where Kling makes it, that costs money: you see the price and are asked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("effect", help="an effect's name, for example balloon_parade")
        parser.add_argument("portrait", type=Path, help="a photo; for two people, the one on the left")
        parser.add_argument("partner", type=Path, nargs="?", help="the photo on the right")
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="where the MP4 goes")
        parser.add_argument("--as", dest="username", metavar="USER", help="whose video it is (first administrator)")
        parser.add_argument("--yes", action="store_true", help="agree to the price without being asked")

    def handle(self, *args: Any, **options: Any) -> None:
        effect = _effect(options["effect"])
        owner = _owner(options["username"])
        target: Path = options["output"]
        if not target.parent.is_dir():
            raise CommandError(f"There is no folder {target.parent}")
        price = effect.price
        if providers.in_force().is_paid:
            self._agree(effect, options["yes"])
            effect.refresh_from_db()  # whoever was asked may have taken his time
        portrait = _portrait(owner, options["portrait"])
        partner = _portrait(owner, options["partner"]) if options["partner"] else None
        try:
            job = orders.order_video(
                owner,
                effect,
                portrait,
                partner,
                request_key=uuid.uuid4().hex,
                accept_retired=True,
                agreed_price=price,
            )
        except Refusal as refusal:
            raise CommandError(refusal.messages[0]) from refusal
        self._follow(job)
        self._deliver(job, target)

    def _agree(self, effect: Effect, is_agreed: bool) -> None:
        """Say what the video costs, and go on only if somebody agrees to it."""
        estimate = " (estimated)" if effect.price_is_estimate else ""
        self.stdout.write(f"{effect.title_en} costs {dollars(effect.price)}{estimate} at Kling.")
        if not effect.is_current:
            self.stdout.write("Kling no longer lists this effect and may refuse it; then it costs nothing.")
        if closed := Studio.current().line_closed:
            self.stdout.write(f"Orders wait at the moment: {Closed(closed).label}")
        if is_agreed:
            return
        if not sys.stdin.isatty():
            raise CommandError("Nobody is here to agree to the price. Nothing was ordered; say --yes to agree.")
        self.stdout.write("Make it? [y/N] ", ending="")
        self.stdout.flush()
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise CommandError("Nothing was ordered.")

    def _follow(self, job: Job) -> None:
        """Give the job its turns here, or watch a worker that was quicker, until it rests."""
        while job.is_open and job.status != Status.UNCONFIRMED:
            claimed = Job.objects.claim(job.pk, production.LEASE)
            if claimed:
                wait = production.advance(claimed, self._draw)
                if wait is not None:
                    claimed.book(timezone.now() + wait)
            else:
                time.sleep(_pause(job))
            job.refresh_from_db()
            self._draw(job.frames_done, job.frames_total)
        if self.stderr.isatty():
            self.stderr.write("")

    def _draw(self, done: int, total: int) -> None:
        if total and self.stderr.isatty():
            full = BAR * done // total
            bar = "█" * full + "░" * (BAR - full)
            self.stderr.write(f"\r{bar} frame {done} of {total}", ending="")

    def _deliver(self, job: Job, target: Path) -> None:
        if job.status == Status.UNCONFIRMED:
            raise CommandError("The order left, but no answer came back. It is not sent twice; see the admin.")
        if job.video is None:
            raise CommandError(f"{job.get_failure_display() or job.get_status_display()} What was charged is refunded.")
        video = job.video
        with video.file.open("rb") as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        self.stdout.write(f"{target}: {video.width} x {video.height}, {video.seconds:.1f} s, {video.size:,} bytes")


def _pause(job: Job) -> float:
    """Return the seconds until a job's next turn; a moment while a worker has it, whose frames are drawn here."""
    until_turn = (job.next_turn_at - timezone.now()).total_seconds()
    return min(max(until_turn, PACE), LONGEST_PAUSE)


def _effect(name: str) -> Effect:
    effect = Effect.objects.offered().filter(name=name).first()
    if effect:
        return effect
    if not Effect.objects.exists():
        raise CommandError("The catalogue is empty. Run script/setup first.")
    near = ", ".join(get_close_matches(name, Effect.objects.offered().values_list("name", flat=True), n=3))
    raise CommandError(f"There is no effect {name!r}." + (f" Did you mean {near}?" if near else ""))


def _owner(username: str | None) -> Account:
    """Return the member of that name, else the first administrator; before there is one, a guest's account."""
    users = get_user_model().objects
    if username is not None:
        user = users.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user {username!r}.")
        return accounts.account_of(user)
    administrator = users.filter(is_superuser=True).order_by("pk").first()
    return accounts.account_of(administrator) if administrator else Account.objects.create()


def _portrait(owner: Account, path: Path) -> Portrait:
    try:
        with path.open("rb") as file:
            return keep_portrait(owner, UploadedFile(file, path.name, size=path.stat().st_size))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    except Refusal as refusal:
        raise CommandError(f"{path}: {refusal.messages[0]}") from refusal
