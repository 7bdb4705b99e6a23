"""The pages that read a table in, the same for every kind of file: its upload, what storing it would do, which column
is which, storing, giving up. A feature says by a :class:`Door` what the lines are, and takes ``paths`` into its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liczydlo.audit.actions import Action
from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import TABLES, accepts
from liczydlo.companies.models import Company
from liczydlo.contacts.contractors import ChangedMeanwhile
from liczydlo.contacts.importing import storing, uploads
from liczydlo.contacts.importing.forms import ColumnsForm
from liczydlo.contacts.importing.plan import Line, Outcome, Plan, Progress
from liczydlo.contacts.models import ImportKind, Upload
from liczydlo.spreadsheets import TableError
from liczydlo.spreadsheets.columns import Columns, recognise
from liczydlo.spreadsheets.model import MOST_BYTES, MOST_ROWS, Table
from liczydlo.web.reasons import explain

REFUSED: Final = HTTPStatus.UNPROCESSABLE_ENTITY

Options = Mapping[str, str]
"""What a person chose for a file besides its columns."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A kept file as it is read now; ``plan`` is None while nobody has said which columns those are without which no
    line means anything, and while it is being made: then there is its ``progress``."""

    upload: Upload
    table: Table
    columns: Columns
    options: Options
    is_remembered: bool
    plan: Plan | None
    progress: Progress | None = None


class Door(ABC):
    """One kind of files: what its lines are and what becomes of them. ``urls`` are the names of the ``list``, of
    the ``form`` of a file, and ``names``."""

    kind: ClassVar[ImportKind]
    urls: ClassVar[Mapping[str, str]]
    action: ClassVar[Action]
    labels: ClassVar[Mapping[str, str | Promise]]
    names: ClassVar[Mapping[str, Sequence[str]]]
    most_rows: ClassVar[int] = MOST_ROWS
    stored_query: ClassVar[str] = ""  # what the list is asked for once a file is stored
    file_template: ClassVar[str] = "contacts/import_file.html"
    preview_template: ClassVar[str] = "contacts/import_preview.html"
    progress_template: ClassVar[str] = ""  # of a door whose plan is not made at once
    states: ClassVar[Mapping[str, str | Promise]] = {
        Outcome.REFUSED: gettext_lazy("Odrzucone"),
        Outcome.CHANGED: gettext_lazy("Zmiany"),
        Outcome.NEW: gettext_lazy("Nowe"),
        Outcome.SAME: gettext_lazy("Bez zmian"),
    }
    words: ClassVar[Mapping[str, str | Promise]] = {
        "left": gettext_lazy(
            "Niczego nie zapisano. Popraw odrzucone wiersze w pliku albo zaznacz, że mają być pominięte."
        ),
        "outrun": gettext_lazy(
            "Lista zmieniła się w międzyczasie, więc niczego nie zapisano. Poniżej jest, co plik zmieniłby teraz:"
            " sprawdź to i zapisz jeszcze raz."
        ),
        "stored": gettext_lazy(
            "Zapisano plik: nowe %(new)d, zmienione %(changed)d, bez zmian %(same)d, pominięte %(refused)d."
        ),
        "discarded": gettext_lazy("Plik odrzucono. Lista została bez zmian."),
    }

    def recognise(self, table: Table) -> Columns:
        """The header and the columns of a file as far as their names say."""
        return recognise(table, self.names)

    @abstractmethod
    def is_ready(self, columns: Columns) -> bool:
        """Whether the columns that every line needs are chosen."""

    @abstractmethod
    def plan(self, upload: Upload, table: Table, columns: Columns, options: Options) -> Plan | Progress:
        """What storing the lines of a kept file would do, or how far the look at them has come."""

    @abstractmethod
    def store(self, company: Company, plan: Plan) -> None:
        """Store a plan's lines, in a transaction. Raises ChangedMeanwhile."""

    def forget(self, upload: Upload) -> None:  # noqa: B027 - a plan that is made anew each time is not kept
        """Forget a plan that could not be stored."""

    @abstractmethod
    def facts(self, line: Line) -> Sequence[tuple[str, str]]:
        """Labels and values of a line that would be stored, for its row on the page."""

    @abstractmethod
    def form(self, reading: Reading, data: Mapping[str, Any] | None = None) -> ColumnsForm:
        """The form of the columns."""

    def context(self, reading: Reading) -> Mapping[str, object]:  # noqa: ARG002 - for subclasses
        """Further values of the template of a file's page."""
        return {}


Doors = Mapping[ImportKind, Door]


def names(feature: str) -> dict[str, str]:
    """The names of ``paths`` by what a door calls them."""
    return {
        "preview": f"{feature}:import",
        "columns": f"{feature}:import_columns",
        "store": f"{feature}:store_import",
        "discard": f"{feature}:discard_import",
    }


def paths(under: str, doors: Doors) -> list[URLPattern]:
    """The addresses of a kept file of one of the doors; each door's form has its own."""
    return [
        path(f"{under}<int:upload_id>/", preview, {"doors": doors}, name="import"),
        path(f"{under}<int:upload_id>/kolumny/", choose, {"doors": doors}, name="import_columns"),
        path(f"{under}<int:upload_id>/zapisz/", store, {"doors": doors}, name="store_import"),
        path(f"{under}<int:upload_id>/usun/", discard, {"doors": doors}, name="discard_import"),
    ]


@accepts(TABLES)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: CompanyRequest, company: Company, door: Door) -> HttpResponse:
    """The form that takes a file; a file that can be read is kept and shown."""
    error = ""
    if request.method == "POST":
        try:
            row = _store_upload(request, company, door, request.FILES.get("file"))
            return redirect(door.urls["preview"], company.pk, row.pk)
        except TableError as refusal:
            error = explain(refusal)
    return render(
        request,
        door.file_template,
        {
            "kind": door.kind,
            "list": door.urls["list"],
            "error": error,
            "most_rows": door.most_rows,
            "most_megabytes": MOST_BYTES // 1_000_000,
        },
        status=REFUSED if error else HTTPStatus.OK,
    )


def _store_upload(
    request: CompanyRequest, company: Company, door: Door, file: UploadedFile[Any] | None
) -> Upload:
    """Raises TableError."""
    if file is None:
        raise TableError("no-file")
    if (file.size or 0) > MOST_BYTES:
        raise TableError("too-large", most=MOST_BYTES // 1_000_000)
    return uploads.keep(
        company, door.kind, file.read(), name=file.name or "", by=request.user, most_rows=door.most_rows
    )


def _read(company: Company, upload_id: int, doors: Doors) -> tuple[Reading, Door]:
    """Raises uploads.UploadGone."""
    row = uploads.of(company, *doors).filter(pk=upload_id).select_related("company").first()
    if row is None:
        raise uploads.UploadGone
    door, table = doors[ImportKind(row.kind)], uploads.table(row)
    columns = door.recognise(table)
    chosen = uploads.columns_of(row, columns.digest)
    if chosen is not None:
        places = {name: at for name, at in chosen.columns.items() if name in door.labels}
        columns = Columns(header=columns.header, places=places)
    options = chosen.options if chosen is not None else {}
    plan = door.plan(row, table, columns, options) if door.is_ready(columns) else None
    reading = Reading(
        upload=row,
        table=table,
        columns=columns,
        options=options,
        is_remembered=chosen is not None and chosen.is_remembered,
        plan=plan if isinstance(plan, Plan) else None,
        progress=plan if isinstance(plan, Progress) else None,
    )
    return reading, door


def _expired(request: CompanyRequest, company: Company, doors: Doors) -> HttpResponse:
    messages.warning(
        request,
        _(
            "Tego pliku już tu nie ma: został zapisany albo odrzucony, albo minęła doba. Wczytaj go jeszcze raz,"
            " żeby zobaczyć, co by zmienił."
        ),
    )
    return redirect(next(iter(doors.values())).urls["list"], company.pk)


@member(*ISSUERS)
@require_safe
def preview(request: CompanyRequest, company: Company, upload_id: int, doors: Doors) -> HttpResponse:
    """What the file would change, line by line."""
    try:
        reading, door = _read(company, upload_id, doors)
    except uploads.UploadGone:
        return _expired(request, company, doors)
    return _shown(request, reading, door)


def _shown(
    request: CompanyRequest,
    reading: Reading,
    door: Door,
    *,
    form: ColumnsForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    plan, upload = reading.plan, reading.upload
    if reading.progress is not None:
        values = {
            "upload": upload,
            "progress": reading.progress,
            "list": door.urls["list"],
            "urls": door.urls,
        }
        return render(request, door.progress_template, values, status=status)
    state = request.GET.get("stan", "")
    if plan is not None and not plan.counts.get(state):
        state = next((one for one in door.states if plan.counts[one]), "")
    page = (plan or Plan(lines=())).page(Outcome(state) if state else None, request.GET)
    return render(
        request,
        door.preview_template,
        {
            "reading": reading,
            "upload": upload,
            "plan": plan,
            "list": door.urls["list"],
            "urls": door.urls,
            "form": form or door.form(reading),
            "state": state,
            "states": [(one, label, plan.counts[one]) for one, label in door.states.items()] if plan else [],
            "page": page,
            "rows": [(line, door.facts(line) if line.outcome == Outcome.NEW else ()) for line in page.rows],
            "refused": plan.counts[Outcome.REFUSED] if plan else 0,
            "stored": plan.counts[Outcome.NEW] + plan.counts[Outcome.CHANGED] if plan else 0,
            **door.context(reading),
        },
        status=status,
    )


@member(*ISSUERS)
@require_POST
def choose(request: CompanyRequest, company: Company, upload_id: int, doors: Doors) -> HttpResponse:
    """Which column is which; remembered for files with the same header."""
    try:
        reading, door = _read(company, upload_id, doors)
    except uploads.UploadGone:
        return _expired(request, company, doors)
    form = door.form(reading, request.POST)
    if not form.is_valid():
        return _shown(request, reading, door, form=form, status=HTTPStatus.BAD_REQUEST)
    uploads.choose(reading.upload, reading.columns.digest, form.places(), form.options())
    messages.success(request, _("Kolumny ustawione. Tak samo odczytają się następne pliki z tym nagłówkiem."))
    return redirect(door.urls["preview"], company.pk, reading.upload.pk)


@member(*ISSUERS)
@require_POST
def store(request: CompanyRequest, company: Company, upload_id: int, doors: Doors) -> HttpResponse:
    """Store what the page showed, whole; lines with faults are left out where the person says so."""
    try:
        reading, door = _read(company, upload_id, doors)
    except uploads.UploadGone:
        return _expired(request, company, doors)
    plan = reading.plan
    if reading.progress is not None and request.POST.get("digest"):
        return _outrun(request, reading, door)
    if plan is None or plan.changes_nothing:
        return redirect(door.urls["preview"], company.pk, reading.upload.pk)
    if request.POST.get("digest") != plan.digest:
        return _outrun(request, reading, door)
    if plan.counts[Outcome.REFUSED] and request.POST.get("leave_out") != "1":
        messages.warning(request, str(door.words["left"]))
        return _shown(request, reading, door, status=HTTPStatus.BAD_REQUEST)
    try:
        storing.store(reading.upload, plan, request, keep=door.store, action=door.action)
    except ChangedMeanwhile:
        door.forget(reading.upload)
        try:
            return _outrun(request, *_read(company, upload_id, doors))
        except uploads.UploadGone:
            return _expired(request, company, doors)
    messages.success(request, str(door.words["stored"]) % plan.counts)
    return redirect(f"{reverse(door.urls['list'], args=[company.pk])}{door.stored_query}")


def _outrun(request: CompanyRequest, reading: Reading, door: Door) -> HttpResponse:
    messages.warning(request, str(door.words["outrun"]))
    return _shown(request, reading, door, status=HTTPStatus.CONFLICT)


@member(*ISSUERS)
@require_POST
def discard(request: CompanyRequest, company: Company, upload_id: int, doors: Doors) -> HttpResponse:
    """Forget the file; the list stays as it is."""
    row = uploads.of(company, *doors).filter(pk=upload_id).first()
    if row is None:
        return _expired(request, company, doors)
    door = doors[ImportKind(row.kind)]
    if not uploads.discard(row):
        return _expired(request, company, doors)
    messages.success(request, str(door.words["discarded"]))
    return redirect(door.urls["list"], company.pk)
