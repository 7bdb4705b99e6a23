"""„Wgraj XML": ready files, FA(3) or FA_RR(1), become drafts to be looked at; each refused one says where and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import INVOICES, accepts
from liczydlo.companies.models import Company
from liczydlo.fa3.problems import DocumentError
from liczydlo.sales import services, structures
from liczydlo.sales.models import Invoice
from liczydlo.web import times
from liczydlo.web.templatetags.liczydlo import data

MOST_FILES = 100
LARGEST = 3_000_000  # bytes: an invoice with attachments (ksef-docs limity.md)


@dataclass(frozen=True, kw_only=True)
class Uploaded:
    """What became of one file: an invoice to be looked at, or the problems of the file."""

    name: str
    invoice: Invoice | None = None
    warnings: tuple[Any, ...] = ()
    problems: tuple[Any, ...] = ()
    is_known: bool = False


@accepts(INVOICES)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: CompanyRequest, company: Company) -> HttpResponse:
    """Take files; a single good one leads straight to its preview."""
    files = request.FILES.getlist("files")
    error = ""
    if request.method == "POST" and not files:
        error = _("Nie wybrano pliku. Dodaj jeden lub więcej plików XML z fakturami FA(3) albo FA_RR(1).")
    elif len(files) > MOST_FILES:
        error = _("Wybrano za dużo plików naraz. Wgraj najwyżej %(most)d.") % {"most": MOST_FILES}
        files = []
    results = [_take(company, file) for file in files]
    good = [result for result in results if result.invoice is not None]
    if len(results) == 1 and good and good[0].invoice is not None:
        if good[0].is_known:
            messages.info(request, _known_message(good[0].invoice))
        return redirect(good[0].invoice)
    return render(
        request,
        "sales/upload.html",
        {
            "results": results,
            "sendable": [result for result in good if not result.is_known],
            "refused": len(results) - len(good),
            "error": error,
        },
        status=422 if error or (results and not good) else 200,
    )


def _known_message(invoice: Invoice) -> str:
    """What happened with a file that is on the list: nothing, and since when it is there."""
    return _(
        "Ten plik jest już w programie jako %(number)s (od %(day)s). Nie dodano go drugi raz; to jest ta"
        " faktura."
    ) % {"number": invoice.entry.number, "day": data(invoice.created_at)}


def _take(company: Company, file: UploadedFile[Any]) -> Uploaded:
    name = file.name or _("plik bez nazwy")
    if (file.size or 0) > LARGEST:
        return Uploaded(name=name, problems=(_("Plik jest za duży: faktura może mieć najwyżej 3 MB."),))
    xml = file.read()
    try:
        checked = services.examine(company, xml)
        if invoice := services.holder_of(company, checked):
            return Uploaded(name=name, invoice=invoice, is_known=True)
        draft = services.save_draft(company, xml, file_name=name)
    except DocumentError as error:
        return Uploaded(name=name, problems=error.problems)
    except services.NotIssued as error:
        return Uploaded(name=name, problems=(error.reason,))
    today = times.today()
    warnings = [*services.warnings(checked, today=today), *structures.warnings(company, checked, draft=draft)]
    return Uploaded(name=name, invoice=draft, warnings=(*warnings, *checked.warnings))
