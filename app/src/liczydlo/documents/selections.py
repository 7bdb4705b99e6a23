"""Answers to the forms of the lists that ask for the files of many invoices."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from liczydlo.documents import archives
from liczydlo.documents.archives import BesideFiles, Printer
from liczydlo.documents.models import IndexEntry

WHAT = "co"  # parameter of the form: „xml", „pdf", ``archives.OTHERS``


def download(
    request: HttpRequest,
    entries: QuerySet[IndexEntry],
    name: str,
    *,
    back: HttpResponseBase,
    printer: Printer,
    others: BesideFiles,
) -> HttpResponseBase:
    """The archive of the invoices' files; ``back`` with a message where it cannot be made."""
    what = request.POST.getlist(WHAT)
    try:
        archive = archives.archive(entries, what, name, printer=printer, others=others)
    except archives.TooMany as error:
        text = _(
            "Naraz można pobrać pliki najwyżej %(most)d faktur, a wybrano %(n)d. Zawęź filtr, na przykład do miesiąca,"
            " i pobierz je częściami."
        )
        messages.warning(request, text % {"most": archives.MOST, "n": error.number})
        return back
    if archive is None:
        messages.warning(request, _("Wybierz faktury i to, które z ich plików pobrać."))
        return back
    return archive
