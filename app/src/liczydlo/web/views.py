"""Pages without a company: the way in, health, the state of KSeF."""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.db import DatabaseError, connection
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from liczydlo.companies.models import User


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to where the reader left off: their last company, or making the first one."""
    assert isinstance(request.user, User)
    last = request.user.memberships.select_related("company").order_by("-used_at", "-id").first()
    return redirect(last.company.get_absolute_url() if last else "companies:new")


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
