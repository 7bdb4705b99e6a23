"""„Wczytaj z pliku": a file of contractors or goods, what it would change, and storing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liczydlo import spreadsheets
from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import TABLES, accepts
from liczydlo.companies.models import Company
from liczydlo.contacts.contractors import ChangedMeanwhile
from liczydlo.contacts.importing import contractor_lines, item_lines, storing, uploads
from liczydlo.contacts.importing.fields import NAMES, REQUIRED
from liczydlo.contacts.importing.forms import ColumnsForm
from liczydlo.contacts.importing.plan import Outcome, Plan
from liczydlo.contacts.models import ImportKind, Upload
from liczydlo.spreadsheets import TableError
from liczydlo.spreadsheets.columns import Columns
from liczydlo.spreadsheets.model import MOST_BYTES, MOST_ROWS, Table
from liczydlo.web.paging import listed
from liczydlo.web.reasons import explain

REFUSED: Final = HTTPStatus.UNPROCESSABLE_ENTITY
PLANS: Final[dict[str, Callable[[Company, Table, Columns], Plan]]] = {
    ImportKind.CONTRACTORS: contractor_lines.plan,
    ImportKind.ITEMS: item_lines.plan,
}
FACTS: Final[dict[str, Callable[[Any], list[tuple[str, str]]]]] = {
    ImportKind.CONTRACTORS: contractor_lines.facts,
    ImportKind.ITEMS: item_lines.facts,
}
LISTS: Final = {ImportKind.CONTRACTORS: "contacts:contractors", ImportKind.ITEMS: "contacts:items"}
FORMS: Final = {
    ImportKind.CONTRACTORS: "contacts:import_contractors",
    ImportKind.ITEMS: "contacts:import_items",
}
STATES: Final[dict[str, str | Promise]] = {
    Outcome.REFUSED: gettext_lazy("Odrzucone"),
    Outcome.CHANGED: gettext_lazy("Zmiany"),
    Outcome.NEW: gettext_lazy("Nowe"),
    Outcome.SAME: gettext_lazy("Bez zmian"),
}


class Gone(Exception):
    """The file is not here any more: stored, given up, or a day old."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A kept file as it is read now; ``plan`` is None while nobody has said which column is the name."""

    upload: Upload
    table: Table
    columns: Columns
    is_remembered: bool
    plan: Plan | None


@accepts(TABLES)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: CompanyRequest, company: Company, kind: str) -> HttpResponse:
    """The form that takes a file; a file that can be read is kept and shown."""
    error = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            return redirect(_kept(request, company, ImportKind(kind), file))
        except TableError as refusal:
            error = explain(refusal)
    return render(
        request,
        "contacts/import_file.html",
        {
            "kind": kind,
            "list": LISTS[ImportKind(kind)],
            "error": error,
            "most_rows": MOST_ROWS,
            "most_megabytes": MOST_BYTES // 1_000_000,
        },
        status=REFUSED if error else HTTPStatus.OK,
    )


def _kept(
    request: CompanyRequest, company: Company, kind: ImportKind, file: UploadedFile[Any] | None
) -> Upload:
    """Raises TableError."""
    if file is None:
        raise TableError("no-file")
    if (file.size or 0) > MOST_BYTES:
        raise TableError("too-large", most=MOST_BYTES // 1_000_000)
    return uploads.keep(company, kind, file.read(), name=file.name or "", by=request.user)


def _read(company: Company, upload_id: int) -> Reading:
    """Raises Gone."""
    row = uploads.of(company).filter(pk=upload_id).select_related("company").first()
    if row is None:
        raise Gone
    table = spreadsheets.read(bytes(row.content))
    columns, is_remembered = uploads.columns_of(row, table, NAMES[row.kind])
    plan = PLANS[row.kind](company, table, columns) if REQUIRED in columns.places else None
    return Reading(upload=row, table=table, columns=columns, is_remembered=is_remembered, plan=plan)


def _gone(request: HttpRequest, company: Company) -> HttpResponse:
    messages.warning(
        request,
        _(
            "Tego pliku już tu nie ma: został zapisany albo odrzucony, albo minęła doba. Wczytaj go jeszcze raz,"
            " żeby zobaczyć, co by zmienił."
        ),
    )
    return redirect("contacts:contractors", company.pk)


@member(*ISSUERS)
@require_safe
def preview(request: CompanyRequest, company: Company, upload_id: int) -> HttpResponse:
    """What the file would change, line by line."""
    try:
        reading = _read(company, upload_id)
    except Gone:
        return _gone(request, company)
    return _shown(request, reading)


def _shown(
    request: CompanyRequest,
    reading: Reading,
    *,
    form: ColumnsForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    plan, upload = reading.plan, reading.upload
    kind = ImportKind(upload.kind)
    state = request.GET.get("stan", "")
    if plan is not None and not plan.counts.get(state):
        state = next((one for one in STATES if plan.counts[one]), "")
    lines = plan.of(Outcome(state)) if plan is not None and state else []
    page = listed(lines, request.GET, number=lambda line: line.number)
    return render(
        request,
        "contacts/import_preview.html",
        {
            "reading": reading,
            "upload": upload,
            "plan": plan,
            "list": LISTS[kind],
            "again": FORMS[kind],
            "form": form or ColumnsForm(upload.kind, reading.table, reading.columns),
            "state": state,
            "states": [(one, label, plan.counts[one]) for one, label in STATES.items()] if plan else [],
            "page": page,
            "rows": [
                (line, FACTS[kind](line.values) if line.outcome == Outcome.NEW else ()) for line in page.rows
            ],
            "refused": plan.counts[Outcome.REFUSED] if plan else 0,
            "stored": plan.counts[Outcome.NEW] + plan.counts[Outcome.CHANGED] if plan else 0,
        },
        status=status,
    )


@member(*ISSUERS)
@require_POST
def choose(request: CompanyRequest, company: Company, upload_id: int) -> HttpResponse:
    """Which column is which; remembered for files with the same header."""
    try:
        reading = _read(company, upload_id)
    except Gone:
        return _gone(request, company)
    form = ColumnsForm(reading.upload.kind, reading.table, reading.columns, request.POST)
    if not form.is_valid():
        return _shown(request, reading, form=form, status=HTTPStatus.BAD_REQUEST)
    uploads.choose(reading.upload, reading.columns.digest, form.places())
    messages.success(request, _("Kolumny ustawione. Tak samo odczytają się następne pliki z tym nagłówkiem."))
    return redirect(reading.upload)


@member(*ISSUERS)
@require_POST
def store(request: CompanyRequest, company: Company, upload_id: int) -> HttpResponse:
    """Store what the page showed, whole; lines with faults are left out where the person says so."""
    try:
        reading = _read(company, upload_id)
    except Gone:
        return _gone(request, company)
    plan, upload = reading.plan, reading.upload
    if plan is None or plan.changes_nothing:
        return redirect(upload)
    if request.POST.get("digest") != plan.digest:
        return _outrun(request, reading)
    if plan.counts[Outcome.REFUSED] and request.POST.get("leave_out") != "1":
        messages.warning(
            request,
            _("Niczego nie zapisano. Popraw odrzucone wiersze w pliku albo zaznacz, że mają być pominięte."),
        )
        return _shown(request, reading, status=HTTPStatus.BAD_REQUEST)
    try:
        storing.store(upload, plan, request)
    except ChangedMeanwhile:
        try:
            return _outrun(request, _read(company, upload_id))
        except Gone:
            return _gone(request, company)
    counts = plan.counts
    messages.success(
        request,
        _("Zapisano plik: nowe %(new)d, zmienione %(changed)d, bez zmian %(same)d, pominięte %(left)d.")
        % {
            "new": counts[Outcome.NEW],
            "changed": counts[Outcome.CHANGED],
            "same": counts[Outcome.SAME],
            "left": counts[Outcome.REFUSED],
        },
    )
    return redirect(LISTS[ImportKind(upload.kind)], company.pk)


def _outrun(request: CompanyRequest, reading: Reading) -> HttpResponse:
    messages.warning(
        request,
        _(
            "Lista zmieniła się w międzyczasie, więc niczego nie zapisano. Poniżej jest, co plik zmieniłby teraz:"
            " sprawdź to i zapisz jeszcze raz."
        ),
    )
    return _shown(request, reading, status=HTTPStatus.CONFLICT)


@member(*ISSUERS)
@require_POST
def discard(request: CompanyRequest, company: Company, upload_id: int) -> HttpResponse:
    """Forget the file; the list stays as it is."""
    row = uploads.of(company).filter(pk=upload_id).first()
    if row is None:
        return _gone(request, company)
    kind = ImportKind(row.kind)
    row.delete()
    messages.success(request, _("Plik odrzucono. Lista została bez zmian."))
    return redirect(LISTS[kind], company.pk)
