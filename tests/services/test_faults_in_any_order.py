"""Whatever goes wrong, in whatever order: nothing is paid twice, nothing is lost, nothing stands still.

Hypothesis places orders, lets the hosted service misbehave, kills workers at any point, sends callbacks true and false,
lets time go by and people act; then all is calm, and every video that was made has to come home.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from huey.contrib.djhuey import HUEY
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from effects import providers, tasks
from effects.models import (
    Account,
    Closed,
    CreditEntry,
    Effect,
    FailureReason,
    Job,
    JobEvent,
    Portrait,
    Status,
    Studio,
    Video,
)
from effects.services import callbacks, credits, line, orders, production
from tests import deaths
from tests.hosted import let_pass
from tests.upstream import Handler, Task, Upstream, breaks_off, drops, half, made_but, says, sends, tells

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("faults")]

CALM = 12  # sweeps after which all must be over


def turned_away(status: int) -> Callable[[Handler], bool]:
    """Say no in so many words: the order is not there, and may be sent again."""

    def fault(handler: Handler) -> bool:
        handler.server.upstream.posts.remove(handler.body)
        return says(status)(handler)

    return fault


def lies_about_the_task(handler: Handler) -> bool:
    """Make the video, and name the first task of all."""
    handler.server.upstream.create(handler.body)
    return sends(b'{"code": 200, "data": {"taskId": "clx000001", "state": "pending"}}')(handler)


def kills_the_worker(handler: Handler) -> bool:
    handler.server.upstream.create(handler.body)
    os.kill(handler.server.upstream.victim(), 9)
    handler.hang_up()
    return True


FAULTS = {
    "POST": [
        *(turned_away(status) for status in (400, 401, 402, 429)),
        *(drops, made_but(drops), half, made_but(half), says(500), made_but(says(502)), says(404)),
        *(sends(b"<html>"), made_but(sends(b'{"code": 200, "data": {"taskId": []}}')), lies_about_the_task),
        kills_the_worker,
    ],
    "GET": [
        *(
            drops,
            half,
            says(500),
            says(404),
            says(401),
            sends(b"[]"),
            tells(state="dreaming"),
            tells(taskId="clx999999"),
        ),
        *(tells(resultUrls=[]), tells(completeTime=-5), tells(createTime="now")),
    ],
    "result": [drops, says(403), says(404), sends(b"<html>"), sends(b""), breaks_off(0), breaks_off(700)],
}


class Service(Upstream):
    """The stand-in, which knows whom to kill."""

    pid = 0

    def victim(self) -> int:
        while not self.pid:
            pass
        return self.pid


class Studio_(RuleBasedStateMachine):
    upstream: Service
    owner: Account
    effect: Effect
    portrait: Portrait

    def __init__(self) -> None:
        super().__init__()
        for model in (CreditEntry, JobEvent, Job, Video):
            model.objects.all().delete()
        Studio.objects.update(monthly_cap=Decimal(9), spent=0, line_closed="", line_closed_at=None)
        Account.objects.update(balance=0)
        Effect.objects.update(refused_at=None)
        self.upstream.posts.clear()
        self.upstream.tasks.clear()
        self.upstream.faults.clear()
        self.upstream.making = 0.0
        HUEY.storage.flush_all()
        credits.add(self.owner, CreditEntry.Kind.TOP_UP, Decimal(1))

    @rule()
    def somebody_orders(self) -> None:
        if Job.objects.count() < 4:
            name = f"order-{Job.objects.count():04}"
            orders.order_video(self.owner, self.effect, self.portrait, request_key=name)

    @rule(what=st.sampled_from(sorted(FAULTS)), number=st.integers(0, 99))
    def the_service_is_about_to_misbehave(self, what: str, number: int) -> None:
        self.upstream.does(what, FAULTS[what][number % len(FAULTS[what])])

    @rule(takes=st.sampled_from([0.0, 1e7]))
    def tasks_are_quick_or_endless(self, takes: float) -> None:
        self.upstream.making = takes

    @rule(verdict=st.sampled_from(["", "it broke"]))
    def every_task_ends(self, verdict: str) -> None:
        for task in self.upstream.tasks.values():
            task.making = 0.0
            task.fail_message = task.fail_message or verdict

    @rule(death=st.sampled_from([None, None, *deaths.POINTS]), times=st.integers(1, 3))
    def a_worker_has_its_turns(self, death: str | None, times: int) -> None:
        for _ in range(times):
            Job.objects.filter(leased_until=None).update(next_turn_at=timezone.now())
            self._in_a_process_of_its_own(self._work, death)

    @rule(number=st.integers(0, 3), truly=st.booleans())
    def a_callback_comes(self, number: int, truly: bool) -> None:
        job = Job.objects.order_by("pk")[number : number + 1].first()
        task = self._task_of(job) if job else None
        if job:
            named = task.id if truly and task else f"clx{number:06}"
            callbacks.heed(job.callback_token, f'{{"data": {{"taskId": "{named}"}}}}'.encode())

    @rule(hours=st.sampled_from([0.01, 0.1, 2, 26]))
    def time_goes_by(self, hours: float) -> None:
        let_pass(hours=hours)
        Job.objects.filter(leased_until__isnull=False).update(leased_until=timezone.now() - timedelta(seconds=1))
        Studio.objects.update(line_tried_at=timezone.now() - timedelta(days=1))

    @rule(number=st.integers(0, 3))
    def somebody_cancels(self, number: int) -> None:
        for job in Job.objects.order_by("pk")[number : number + 1]:
            orders.cancel(job)

    @rule(number=st.integers(0, 3))
    def the_owner_writes_an_unknown_order_off(self, number: int) -> None:
        for job in Job.objects.order_by("pk")[number : number + 1]:
            production.fail(job, FailureReason.WRITTEN_OFF, start=[Status.UNCONFIRMED])

    @rule()
    def the_owner_opens_the_line(self) -> None:
        line.reopen(*Closed)

    @invariant()
    def no_order_was_sent_twice(self) -> None:
        sent = Counter(request["callback_url"] for request in self.upstream.posts)
        assert set(sent.values()) <= {1}

    @invariant()
    def the_books_balance(self) -> None:
        self.owner.refresh_from_db()
        entries = CreditEntry.objects.filter(account=self.owner)
        assert entries.aggregate(sum=Sum("amount"))["sum"] == self.owner.balance
        for job in Job.objects.prefetch_related("entries"):
            kinds = sorted(entry.kind for entry in job.entries.all())
            is_over = job.status in (Status.FAILED, Status.CANCELED)
            assert kinds in (["charge"], ["charge", "refund"])
            assert not is_over or kinds == ["charge", "refund"], f"{job.status} and not paid back"

    @invariant()
    def nobody_stands_still(self) -> None:
        for job in Job.objects.open().exclude(status=Status.UNCONFIRMED, hinted_task=""):
            assert job.next_turn_at <= timezone.now() + timedelta(days=1)
            assert job.leased_until is None or job.leased_until <= timezone.now() + timedelta(minutes=5)

    def teardown(self) -> None:
        """Let everything go well again, and see that every video that was made comes home."""
        self.upstream.faults.clear()
        self.upstream.making = 0.0
        self.every_task_ends("")
        for task in self.upstream.tasks.values():
            job = self._job_of(task)
            callbacks.heed(job.callback_token, f'{{"data": {{"taskId": "{task.id}"}}}}'.encode())
        for _ in range(CALM):
            self.time_goes_by(0.1)
            Job.objects.filter(leased_until=None).update(next_turn_at=timezone.now())
            line.check()
            self._work()
            self.no_order_was_sent_twice()
        self.the_books_balance()
        for task in self.upstream.tasks.values():
            job = self._job_of(task)
            if task.state_now() == "completed" and not job.settled_at:
                assert job.status == Status.COMPLETED and job.video, f"{job.status} {job.failure}: its video is lost"
        left = Job.objects.open().exclude(status=Status.UNCONFIRMED)
        assert not left.exists(), list(left.values("status", "attempts", "next_turn_at"))
        connection.close()

    def _work(self) -> None:
        for job in Job.objects.overdue().exclude(pk__in=Job.objects.followed().values("pk")):
            tasks.advance_job.call_local(job.pk)
        tasks.follow_tasks.call_local()
        HUEY.storage.flush_all()

    def _in_a_process_of_its_own(self, work: Callable[[], None], death: str | None) -> None:
        connection.close()
        self.upstream.pid = 0
        pid = os.fork()
        if pid:
            self.upstream.pid = pid
            os.waitpid(pid, 0)
            return
        try:
            providers.named.cache_clear()
            if death:
                deaths.at(death, deaths.kill_process)
            work()
        finally:
            os._exit(0)

    def _job_of(self, task: Task) -> Job:
        return Job.objects.get(callback_token=task.request["callback_url"].rstrip("/").rsplit("/", 1)[-1])

    def _task_of(self, job: Job) -> Task | None:
        mine = [task for task in self.upstream.tasks.values() if job.callback_token in task.request["callback_url"]]
        return mine[0] if mine else None


@pytest.fixture
def service(upstream: Upstream, ada: Account, effect: Effect, portrait: Portrait, settings: object) -> None:
    settings.PUBLIC_URL = "http://studio.example"  # type: ignore[attr-defined]
    upstream.__class__ = Service
    Studio_.upstream, Studio_.owner, Studio_.effect, Studio_.portrait = upstream, ada, effect, portrait


@pytest.mark.usefixtures("service")
def test_faults_deaths_and_callbacks_in_any_order_lose_nothing() -> None:
    run_state_machine_as_test(
        Studio_,
        settings=settings(
            max_examples=int(os.environ.get("FAULT_EXAMPLES", "10")),
            stateful_step_count=25,
            deadline=None,
            derandomize="FAULT_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
