"""What was left behind by whoever was interrupted."""

from datetime import timedelta
from pathlib import Path

from django.utils import timezone


def is_older(file: Path, age: timedelta) -> bool:
    """Whether a file has not been touched for so long; one that is gone meanwhile is not."""
    try:
        return file.stat().st_mtime < (timezone.now() - age).timestamp()
    except FileNotFoundError:
        return False
