"""A whole studio for the browser: web server, worker and data folder of its own, as script/server starts them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.photos import photo_bytes

ROOT = Path(__file__).resolve().parents[2]
QUIET = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
         "disable-component-update", "disable-sync"]  # fmt: skip


@dataclass
class Studio:
    """A running studio: where it listens, its data folder, and its worker to stop and start."""

    address: str
    environment: dict[str, str]
    worker: subprocess.Popen[bytes] | None = None

    def manage(self, *words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout

    def start_worker(self) -> None:
        command = [sys.executable, "manage.py", "run_huey", "--quiet"]
        self.worker = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)

    def stop_worker(self) -> None:
        if self.worker:
            stop(self.worker)


def stop(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    port = free_port()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "kling_studio.settings",
        "STUDIO_DATA_DIR": str(tmp_path_factory.mktemp("studio")),
    }
    running = Studio(f"http://127.0.0.1:{port}", environment)
    for words in (["migrate", "-v0"], ["load_catalogue"], ["collectstatic", "--noinput", "-v0"]):
        running.manage(*words)
    running.manage("shell", "-v0", "-c", "from tests.e2e.samples import lay_out; lay_out()")
    granian = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--port", str(port)]
    granian += ["--blocking-threads", "8", "--log-level", "error", "kling_studio.wsgi:application"]
    web = subprocess.Popen(granian, cwd=ROOT, env=environment, start_new_session=True)
    running.start_worker()
    wait_for(running.address + "/health/")
    yield running
    stop(web)
    running.stop_worker()


def wait_for(address: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(address, timeout=2)
            return
        except OSError:
            assert time.monotonic() < end, f"{address} does not answer"
            time.sleep(0.1)


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium where there is one, since it knows H.264; else the one that Playwright brought."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    browser = playwright.chromium.launch(executable_path=path, args=[f"--{flag}" for flag in QUIET])
    yield browser
    browser.close()


@pytest.fixture
def visitor(browser: Browser, studio: Studio) -> Iterator[BrowserContext]:
    """Somebody new, with a browser of his own, reading English."""
    context = browser.new_context(base_url=studio.address, locale="en-US")
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext) -> Iterator[Page]:
    """A page that must not break the security policy or throw while it is used."""
    page = visitor.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if is_trouble(message) else None)
    yield page
    assert troubles == []


def is_trouble(message: Any) -> bool:
    return message.type == "error" and "Failed to load resource" not in message.text


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "me.jpg"
    path.write_bytes(photo_bytes(600, 800))
    return path


@pytest.fixture
def other_photo(tmp_path: Path) -> Path:
    path = tmp_path / "you.png"
    path.write_bytes(photo_bytes(600, 800, form="PNG", seed=2))
    return path
