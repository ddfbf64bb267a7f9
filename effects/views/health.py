from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from effects.models import Job, Worker
from effects.requests import StudioRequest


@require_safe
@never_cache
def health(request: StudioRequest) -> JsonResponse:
    """Answer for this process and its database; late jobs are told, not failed on."""
    return JsonResponse({"ok": True, "worker": Worker.any_alive(), "overdue_jobs": Job.objects.overdue().count()})
