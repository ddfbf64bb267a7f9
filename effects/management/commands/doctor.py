from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from effects.services import doctor
from effects.services.doctor import Finding, Health

MARKS = {Health.OK: "✓", Health.WARN: "!", Health.FAIL: "✗"}


class Command(BaseCommand):
    help = "Examine the studio, and the key for Kling if there is one, without spending anything."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            findings = doctor.examine()
        styles = {Health.OK: self.style.SUCCESS, Health.WARN: self.style.WARNING, Health.FAIL: self.style.ERROR}
        width = max(len(finding.what) for finding in findings)
        for finding in findings:
            mark = styles[finding.health](MARKS[finding.health])
            self.stdout.write(f"{mark} {finding.what:<{width}}  {_sentences(finding)}")
        failed = sum(finding.health is Health.FAIL for finding in findings)
        if failed:
            raise CommandError(f"{failed} of {len(findings)} checks failed.")


def _sentences(finding: Finding) -> str:
    detail = f"({finding.detail.rstrip('.')})" if finding.detail else ""
    return " ".join(part for part in (finding.says, detail, finding.todo) if part)
