"""Take a callback for what it is: a hint, unsigned, that it is time to ask. Whatever it says, a GET decides.

The token in its address names the job. All that is kept of the body is the id of a task, for a job that has none.
"""

import json
import re
from functools import partial

from django.db import transaction
from django.utils import timezone

from effects import tasks
from effects.models import LOCAL, Job, Status
from effects.models.job import FOLLOWED
from effects.providers.apimodels import text_id

# Lines on a job's timeline; a sender that goes on repeating himself is answered and no longer written down.
MOST_LOGGED = 20
WHAT = "callback"
TASK_ID = re.compile(r'"taskId"\s*:\s*"([^"\\]+)"')
# Where news of the task changes something: elsewhere the job's own next turn finds out.
WOKEN = (*FOLLOWED, Status.UNCONFIRMED, Status.FAILED)


def heed(token: str, body: bytes) -> bool:
    """Give the job that the token names its next turn now; return whether there is one. Repeating is harmless."""
    job = Job.objects.exclude(provider=LOCAL).filter(callback_token=token).first() if token else None
    if job is None or job.submitted_at is None:
        return False
    _take_hint(job, task_named_in(body))
    return True


def task_named_in(body: bytes) -> str:
    """Return the `data.taskId` of a callback's body, which may be cut off; empty if it names none."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        cut_off = TASK_ID.search(body.decode(errors="replace"))
        return text_id(cut_off[1]) if cut_off else ""
    data = said.get("data") if isinstance(said, dict) else None
    return text_id(data.get("taskId")) if isinstance(data, dict) else ""


@transaction.atomic
def _take_hint(job: Job, task_id: str) -> None:
    _log(job, task_id)
    if not job.task_id and task_id:
        Job.objects.filter(pk=job.pk, task_id="").update(hinted_task=task_id)
    woken = Job.objects.filter(pk=job.pk, status__in=WOKEN).free_to_claim()
    if woken.update(next_turn_at=timezone.now()):
        nudge = tasks.follow_tasks if job.status in FOLLOWED else partial(tasks.advance_job, job.pk)
        transaction.on_commit(nudge, robust=True)


def _log(job: Job, task_id: str) -> None:
    if job.events.filter(what=WHAT).count() >= MOST_LOGGED:
        return
    if task_id and job.task_id and task_id != job.task_id:
        job.log(WHAT, f"It speaks of another task: {task_id}")
    else:
        job.log(WHAT, task_id)
