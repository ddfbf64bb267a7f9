from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from effects.services import first_run


class Command(BaseCommand):
    help = "Say where the studio is, and print the link that makes the first administrator, once, if there is none."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("address", help="where the studio listens, for example http://127.0.0.1:8000")

    def handle(self, *args: Any, **options: Any) -> None:
        address = settings.PUBLIC_URL or options["address"].rstrip("/")
        self.stdout.write(f"\n  The studio:  {address}/")
        if first_run.is_due():
            link = address + reverse("effects:welcome", args=[first_run.token()])
            self.stdout.write(f"  Become its administrator (this link works once, for a day):\n  {link}\n")
        else:
            self.stdout.write(f"  Its admin:   {address}{reverse('admin:index')}\n")
