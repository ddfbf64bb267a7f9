"""Send files in byte ranges: a browser seeks, and a phone plays at all, only where ranges are answered."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date, quote_etag

RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})$", re.ASCII)
CHUNK = 256 * 1024


class Slice:
    """A part of an open file, read like a file but nameless, so that a link may name the download.

    It is closed by the response that sends it.
    """

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        self.file, self.left = file, length
        file.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        while self.left and (chunk := self.file.read(min(CHUNK, self.left))):
            self.left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self.file.close()


def serve_stored(request: HttpRequest, stored: FieldFile, content_type: str) -> HttpResponseBase:
    """Send a file of the media storage, by the reverse proxy where ACCEL_PREFIX names its path."""
    if not stored:
        raise Http404
    if settings.ACCEL_PREFIX:
        response = HttpResponse(content_type=content_type)
        response["X-Accel-Redirect"] = f"{settings.ACCEL_PREFIX.rstrip('/')}/{stored.name}"
        return response
    return serve_file(request, Path(stored.path), content_type)


def serve_file(request: HttpRequest, path: Path, content_type: str) -> HttpResponseBase:
    """Answer 200 with the whole file, 206 with the range asked for, 304 or 416 (RFC 9110, section 14)."""
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    status = path.stat()
    etag = quote_etag(f"{status.st_mtime_ns:x}-{status.st_size:x}")
    response = _answer(request, file, status.st_size, etag)
    response["Content-Type"] = content_type
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Last-Modified"] = http_date(status.st_mtime)
    return response


def _answer(request: HttpRequest, file: BinaryIO, size: int, etag: str) -> HttpResponseBase:
    if request.headers.get("If-None-Match") == etag:
        file.close()
        return HttpResponse(status=304)
    wanted = _range(request, size, etag)
    if wanted is None:
        return FileResponse(Slice(file, 0, size), headers={"Content-Length": str(size)})
    start, end = wanted
    if start > end:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", "Cache-Control": "no-store"})
    length = end - start + 1
    headers = {"Content-Length": str(length), "Content-Range": f"bytes {start}-{end}/{size}"}
    return FileResponse(Slice(file, start, length), status=206, headers=headers)


def _range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """Return the first and last byte asked for, first > last if there are none such, None for the whole file."""
    asked = RANGE.match(request.headers.get("Range", ""))
    if not asked or asked.groups() == ("", "") or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = asked.groups()
    if not first:
        return max(0, size - int(last)), size - 1 if int(last) else -1
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < int(first):
        return None
    return int(first), end
