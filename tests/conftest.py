import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from effects import providers
from effects.catalogue.loading import load_catalogue
from effects.media import images, videos
from effects.models import Account, Effect, Job, Portrait, Status, Studio, Tier, Video
from effects.services import accounts, credits, orders
from effects.services.portraits import keep_portrait
from tests import clips, photos, workers
from tests.stand_in import PaidProvider, paid_provider
from tests.upstream import KEY, Upstream

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(autouse=True)
def empty_queue() -> Iterator[None]:
    yield
    HUEY.storage.flush_all()


@pytest.fixture
def work() -> Callable[[], int]:
    """Let the queue's tasks run here, those for later too, until none is left; return how many ran."""

    def run() -> int:
        count = 0
        while tasks := [task] if (task := HUEY.dequeue()) else HUEY.read_schedule(datetime(2200, 1, 1)):
            Job.objects.free_to_claim().exclude(next_turn_at__lte=timezone.now()).call()
            for task in tasks:
                task.eta = None
                HUEY.execute(task)
            count += len(tasks)
            assert count < 200, "the tasks go round in circles"
        return count

    return run


@pytest.fixture
def catalogue(db: None) -> None:
    load_catalogue()


@pytest.fixture
def tier(db: None) -> Tier:
    return Tier.objects.create(name="medium", title_en="Medium", title_zh="中价", price=Decimal("0.0214"))


@pytest.fixture
def effect(tier: Tier) -> Effect:
    return Effect.objects.create(
        name="balloon_parade",
        title_en="Balloon Parade",
        title_zh="气球游行",
        subjects="single",
        subject_kind="person",
        theme="celebration",
        tier=tier,
        tier_source="stated",
        upstream_status="current",
    )


@pytest.fixture
def dual_effect(tier: Tier) -> Effect:
    return Effect.objects.create(
        name="hug_pro",
        title_en="Hug Pro",
        title_zh="拥抱 Pro",
        subjects="dual",
        subject_kind="person",
        theme="love",
        tier=tier,
        tier_source="assumed",
        upstream_status="current",
    )


def _member(name: str) -> Account:
    return accounts.account_of(User.objects.create_user(name, password="a long enough secret"))


@pytest.fixture
def ada(db: None) -> Account:
    return _member("ada")


@pytest.fixture
def bob(db: None) -> Account:
    return _member("bob")


@pytest.fixture
def owner_of_studio(db: None) -> Account:
    return accounts.account_of(User.objects.create_superuser("mei", password="a long enough secret"))


def _client_of(account: Account) -> Client:
    client = Client()
    client.force_login(account.user)
    return client


@pytest.fixture
def ada_client(ada: Account) -> Client:
    return _client_of(ada)


@pytest.fixture
def bob_client(bob: Account) -> Client:
    return _client_of(bob)


@pytest.fixture
def admin_client(owner_of_studio: Account) -> Client:
    return _client_of(owner_of_studio)


@pytest.fixture
def portrait(ada: Account) -> Portrait:
    return keep_portrait(ada, photos.upload())


@pytest.fixture
def partner(ada: Account) -> Portrait:
    return keep_portrait(ada, photos.upload(seed=2))


@pytest.fixture
def job(ada: Account, effect: Effect, portrait: Portrait) -> Job:
    return orders.order_video(ada, effect, portrait, request_key="first-request")


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real one-second MP4, 72 x 128."""
    return clips.make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4")


@pytest.fixture
def video(ada: Account, job: Job, clip: Path) -> Video:
    """The finished video of `job`."""
    probe = videos.probe(clip)
    made = Video(owner=ada, digest=probe.digest, size=probe.size, width=720, height=1280, seconds=5.0)
    made.file.save("video", ContentFile(clip.read_bytes()), save=False)
    made.poster.save("poster", ContentFile(images.encode_webp(probe.poster)), save=False)
    made.save()
    for status, changes in [
        (Status.SUBMITTING, {}),
        (Status.PENDING, {"task_id": "task"}),
        (Status.COLLECTING, {}),
        (Status.COMPLETED, {"video": made}),
    ]:
        assert job.move_to(status, **changes)
    return made


@pytest.fixture
def paid(db: None, settings: Any) -> Iterator[PaidProvider]:
    """New orders go to a paid provider, and the studio may spend a dollar a month on it."""
    settings.PROVIDER = "paid"
    Studio.objects.update_or_create(pk=1, defaults={"monthly_cap": Decimal(1)})
    paid_provider().__init__()
    yield paid_provider()


@pytest.fixture
def upstream(db: None, settings: Any, clip: Path) -> Iterator[Upstream]:
    """New orders go over HTTP to a stand-in for the hosted service, and the studio may spend a dollar a month there."""
    with Upstream(clip.read_bytes()) as service:
        settings.PROVIDER = "apimodels"
        settings.KLING_API_KEY, settings.KLING_API_BASE_URL = KEY, service.url
        settings.ALLOW_PRIVATE_ADDRESSES = True
        Studio.objects.update_or_create(pk=1, defaults={"monthly_cap": Decimal(1)})
        providers.named.cache_clear()
        yield service
    providers.named.cache_clear()


@pytest.fixture
def hosted_job(upstream: Upstream, ada: Account, effect: Effect, portrait: Portrait) -> Job:
    credits.add(ada, credits.Kind.TOP_UP, Decimal("0.2"))
    return orders.order_video(ada, effect, portrait, request_key="hosted-job")


@pytest.fixture
def another(hosted_job: Job) -> Callable[[], Job]:
    def order() -> Job:
        key = f"hosted-{Job.objects.count()}"
        assert hosted_job.portrait
        return orders.order_video(hosted_job.owner, hosted_job.effect, hosted_job.portrait, request_key=key)

    return order


@pytest.fixture
def start_worker() -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start real workers; none of them outlives the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(workers.start())
        return started[-1]

    yield start
    for worker in started:
        workers.kill(worker)
