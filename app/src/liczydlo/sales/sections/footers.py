"""Further notes of the footer, the seller's public registers and its status (Stopka, StatusInfoPodatnika)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.fa3.model import Informacja, Rejestr, Stopka
from liczydlo.sales.sections.base import Part, Section, Typed
from liczydlo.sales.sections.fields import Paragraphs, Pattern, Text, one_of

MOST_NOTES = 3  # Informacje


class StatusForm(forms.Form):
    """The seller's status."""

    status = one_of("StatusInfoPodatnika", _("Status sprzedawcy"))


class FooterNoteForm(forms.Form):
    """One more note."""

    text = Paragraphs(_("Treść stopki"), required=True)


class RegisterForm(forms.Form):
    """The seller's numbers in one register."""

    full_name = Text(_("Pełna nazwa"))
    krs = Pattern("KRS", r"\d{10}", _("Numer KRS ma 10 cyfr."), 10)
    regon = Pattern("REGON", r"\d{9}(\d{5})?", _("REGON ma 9 albo 14 cyfr."), 14)
    bdo = Text("BDO", 9)


class Footer(Section):
    """What stands below the invoice about the seller."""

    name = "footer"
    title = _("Stopka, rejestry, status sprzedawcy")
    form = StatusForm
    rows: ClassVar = {"registers": RegisterForm, "notes": FooterNoteForm}

    def initial(self, draft: InvoiceDraft) -> dict[str, Any]:
        """As Section; the first note is „Uwagi"."""
        footer = draft.footer or Stopka()
        return {
            "status": draft.seller_status,
            "registers": [
                {"full_name": one.pelna_nazwa, "krs": one.krs, "regon": one.regon, "bdo": one.bdo}
                for one in footer.rejestry
            ],
            "notes": [{"text": one.stopka_faktury} for one in footer.informacje[1:]],
        }

    def check(self, part: Part) -> None:
        """FA(3) has three notes, „Uwagi" among them."""
        if len(part.rows["notes"].typed) >= MOST_NOTES:
            last = part.rows["notes"].forms[-1]
            last.add_error("text", _("Stopka może mieć trzy teksty: „Uwagi” i dwa dalsze."))

    def applied(self, draft: InvoiceDraft, typed: Typed) -> InvoiceDraft:
        first = draft.footer.informacje if draft.footer is not None else ()
        footer = Stopka(
            informacje=(*first, *(Informacja(stopka_faktury=one["text"]) for one in typed["notes"])),
            rejestry=tuple(
                Rejestr(pelna_nazwa=one["full_name"], krs=one["krs"], regon=one["regon"], bdo=one["bdo"])
                for one in typed["registers"]
            ),
        )
        return replace(draft, seller_status=typed["status"], footer=footer if footer != Stopka() else None)
