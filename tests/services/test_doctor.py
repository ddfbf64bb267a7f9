"""The studio examined: each check says what is wrong, and never more than it should."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from effects import providers
from effects.models import Closed, Effect, FailureReason, Job, Status, Studio, Worker
from effects.providers.apimodels import ApiModels
from effects.services import doctor, line
from effects.services.doctor import Finding, Health

KEY = "sk-nobody-may-read-this"
NOT_FOUND = b'{"code": 404, "msg": "no such task"}'
Serve = Callable[[int, bytes], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Answer every GET in one way, at the address returned; refuse to be ordered from."""
    servers: list[ThreadingHTTPServer] = []

    def start(status: int, body: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                allowed = self.headers["Authorization"] == f"Bearer {KEY}"
                self.send_response(status if allowed else 418)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def hosted(serve: Serve, settings, db: None) -> Iterator[Callable[[int, bytes], None]]:
    """Let the hosted provider be in force, and its service answer in one way."""

    def answer(status: int, body: bytes) -> None:
        settings.PROVIDER, settings.KLING_API_KEY = "apimodels", KEY
        settings.KLING_API_BASE_URL = serve(status, body)
        providers.named.cache_clear()

    yield answer
    providers.named.cache_clear()


def found(what: str) -> Finding:
    return next(finding for finding in doctor.examine() if finding.what == what)


class TestTheKey:
    @pytest.mark.parametrize(
        ("status", "body", "health"),
        [
            (404, NOT_FOUND, Health.OK),
            (200, NOT_FOUND, Health.OK),
            (401, b'{"code": 401, "msg": "bad key"}', Health.FAIL),
            (200, b'{"code": 401, "msg": "bad key"}', Health.FAIL),
            (403, b"", Health.FAIL),
            (404, b"<html>Not found", Health.FAIL),
            (200, b"<html>Welcome to the hotel's network", Health.FAIL),
            (200, b"[[[[", Health.FAIL),
            (500, b'{"code": 500}', Health.FAIL),
        ],
    )
    def test_it_is_good_if_a_task_that_does_not_exist_is_not_found(
        self, status: int, body: bytes, health: Health, serve: Serve
    ) -> None:
        assert doctor.key(ApiModels(serve(status, body), KEY)).health is health

    def test_a_refused_key_is_told_from_a_silent_service(self, serve: Serve) -> None:
        refused = doctor.key(ApiModels(serve(401, b"{}"), KEY))
        silent = doctor.key(ApiModels("http://127.0.0.1:9", KEY))

        assert "does not accept it" in refused.says
        assert "KLING_API_KEY" in refused.todo
        assert "could not be tried" in silent.says
        assert "KLING_API_BASE_URL" in silent.todo
        assert "ConnectError" in silent.detail

    def test_a_good_one_tells_how_long_the_answer_took(self, serve: Serve) -> None:
        assert "ms" in doctor.key(ApiModels(serve(404, NOT_FOUND), KEY)).says

    @pytest.mark.parametrize(("status", "body"), [(404, NOT_FOUND), (401, KEY.encode()), (200, KEY.encode())])
    def test_no_finding_holds_it(self, status: int, body: bytes, hosted: Callable[[int, bytes], None]) -> None:
        hosted(status, body)
        findings = doctor.examine()

        assert found("Key").health is (Health.OK if status == 404 else Health.FAIL)
        assert KEY not in repr(findings)

    def test_a_key_that_cannot_be_sent_is_a_finding(self, settings, db: None) -> None:
        settings.PROVIDER, settings.KLING_API_KEY = "apimodels", "ключ"
        providers.named.cache_clear()

        finding = found("Key")

        providers.named.cache_clear()
        assert finding.health is Health.FAIL
        assert "ключ" not in repr(finding)


class TestTheAddress:
    @pytest.mark.parametrize(
        ("url", "health"),
        [
            ("https://apimodels.app", Health.OK),
            ("http://127.0.0.1:9000", Health.OK),
            ("http://localhost:9000", Health.OK),
            ("http://[::1]:9000", Health.OK),
            ("http://192.168.1.20", Health.OK),
            ("http://8.8.8.8", Health.WARN),
            ("http://no-such-host.invalid", Health.WARN),
        ],
    )
    def test_without_encryption_it_has_to_be_near(self, url: str, health: Health) -> None:
        assert doctor.address(url).health is health


class TestTheGround:
    def test_a_folder_that_cannot_be_written_fails(self, settings, tmp_path: Path) -> None:
        settings.DATA_DIR = tmp_path / "nowhere"
        assert doctor.data_folder().health is Health.FAIL

    @pytest.mark.parametrize(
        ("free", "health"), [(50_000_000_000, Health.OK), (1_000_000_000, Health.WARN), (1_000_000, Health.FAIL)]
    )
    def test_a_full_disk_is_told_in_time(self, free: int, health: Health, monkeypatch: pytest.MonkeyPatch) -> None:
        usage = type("Usage", (), {"free": free})()
        monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: usage)
        assert doctor.data_folder().health is health

    def test_a_queue_that_is_not_there_fails_and_is_not_made(self, settings, tmp_path: Path) -> None:
        assert doctor.queue().health is Health.OK

        settings.HUEY = {**settings.HUEY, "filename": str(tmp_path / "queue.sqlite3")}
        assert doctor.queue().health is Health.FAIL
        assert not (tmp_path / "queue.sqlite3").exists()

    def test_a_queue_that_is_no_database_fails(self, settings, tmp_path: Path) -> None:
        damaged = tmp_path / "queue.sqlite3"
        damaged.write_bytes(b"not a database at all" * 100)
        settings.HUEY = {**settings.HUEY, "filename": str(damaged)}
        assert doctor.queue().health is Health.FAIL

    def test_models_that_are_missing_are_counted(self, settings, tmp_path: Path) -> None:
        settings.DATA_DIR = tmp_path
        (tmp_path / "models").mkdir()
        for name in doctor.MODELS[:2]:
            (tmp_path / "models" / name).write_bytes(b"a model")
        assert doctor.models().says.startswith("1 of 3 is missing")

        (tmp_path / "models" / doctor.MODELS[2]).write_bytes(b"a model")
        assert doctor.models().health is Health.OK

    def test_behind_an_old_database_nothing_more_is_asked(self, db: None) -> None:
        assert found("Database").health is Health.OK

        MigrationRecorder(connection).record_unapplied("effects", "0003_hosted_provider")

        assert doctor.examine()[-1].what == "Database"
        assert "1 step behind" in found("Database").says

    def test_a_check_that_breaks_is_a_finding(self, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
        def breaks() -> bool:
            raise RuntimeError("secret")

        monkeypatch.setattr(doctor.first_run, "is_due", breaks)

        assert found("Administrator") == Finding(
            Health.FAIL, "This could not be checked.", "Look at the log.", "RuntimeError", "Administrator"
        )


class TestTheStudio:
    def test_a_silent_worker_fails_only_while_somebody_waits(self, db: None, job: Job) -> None:
        assert doctor.worker().health is Health.FAIL

        Job.objects.update(status=Status.CANCELED)
        assert doctor.worker().health is Health.WARN

        Worker.beat("a worker")
        assert doctor.worker().health is Health.OK

    def test_somebody_must_look_after_it_and_something_be_offered(self, effect: Effect, owner_of_studio) -> None:
        assert doctor.effects().health is Health.OK
        assert doctor.administrator().health is Health.OK

        Effect.objects.update(is_enabled=False)
        owner_of_studio.user.is_superuser = False
        owner_of_studio.user.save()
        assert doctor.effects().health is Health.FAIL
        assert doctor.administrator().health is Health.WARN

    def test_where_videos_cost_nothing_nobody_speaks_of_money(self, db: None) -> None:
        said = {finding.what for finding in doctor.examine()}
        assert "Videos" in said
        assert not said & {"Address", "Key", "Callbacks", "Orders", "Monthly cap", "Outcomes", "Results"}

    def test_callbacks_are_not_needed(self, settings) -> None:
        assert doctor.callbacks().health is Health.OK
        assert "STUDIO_PUBLIC_URL" in doctor.callbacks().says

        settings.PUBLIC_URL = "https://studio.example"
        assert "https://studio.example" in doctor.callbacks().says

    @pytest.mark.parametrize(
        ("why", "health"),
        [
            (Closed.KEY, Health.FAIL),
            (Closed.FUNDS, Health.FAIL),
            (Closed.TROUBLE, Health.FAIL),
            (Closed.LOW, Health.WARN),
            (Closed.OWNER, Health.WARN),
        ],
    )
    def test_a_closed_line_says_why_and_what_opens_it(self, why: Closed, health: Health, paid) -> None:
        assert doctor.orders().health is Health.OK

        line.close(why)

        assert doctor.orders().health is health
        assert str(why.label) in doctor.orders().says
        assert doctor.orders().todo

    def test_without_a_cap_nothing_can_be_ordered(self, paid) -> None:
        assert doctor.monthly_cap().health is Health.OK

        Studio.objects.update(spent=1, month=timezone.now().date().replace(day=1))
        assert doctor.monthly_cap().health is Health.WARN

        Studio.objects.update(monthly_cap=0)
        assert doctor.monthly_cap().health is Health.FAIL

    def test_what_is_unknown_or_owed_is_counted(self, job: Job) -> None:
        Job.objects.update(provider="paid", status=Status.UNCONFIRMED, submitted_at=timezone.now())
        assert found("Outcomes").says == "1 order has no known outcome."
        assert found("Results").health is Health.OK

        Job.objects.update(status=Status.FAILED, failure=FailureReason.TOOK_TOO_LONG, task_id="task-1")
        assert found("Results").says == "1 video was paid for and has not come."
        assert found("Outcomes").health is Health.OK
