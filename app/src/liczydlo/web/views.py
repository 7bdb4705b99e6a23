"""Addresses for programs: health, the mark."""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.db import DatabaseError, connection
from django.http import FileResponse, HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> FileResponse:  # noqa: ARG001 - Django's protocol
    """The mark, for browsers and programs that ask for it at its old address whatever a page says."""
    path = finders.find("web/favicon.ico")
    assert isinstance(path, str)
    headers = {"Cache-Control": "public, max-age=604800"}
    return FileResponse(Path(path).open("rb"), content_type="image/x-icon", headers=headers)


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's protocol
    """200 when the database answers, 503 when it does not; for supervisors, tells nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"status": "down"}, status=503)
    return JsonResponse({"status": "up"})
