"""Where the video service says that a task has ended."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from effects.services import callbacks

MOST_BYTES = 64 * 1024


@csrf_exempt
@require_POST
def receive(request: HttpRequest, token: str) -> HttpResponse:
    """Answer at once and empty: 200 however often it is repeated, 404 for a token of no job.

    A sender may repeat the order with its photos in the body; what is beyond the limit is not read.
    """
    if not callbacks.heed(token, request.read(MOST_BYTES)):
        raise Http404
    return HttpResponse()
