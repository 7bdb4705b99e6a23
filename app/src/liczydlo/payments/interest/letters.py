"""A note of interest as the matter of a letter to the debtor."""

from __future__ import annotations

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from liczydlo.audit.actions import Action
from liczydlo.payments.interest import paper
from liczydlo.payments.models import InterestNote
from liczydlo.sales.delivery.letters import Kind
from liczydlo.sales.delivery.matters import Matter, Paper, money
from liczydlo.web.files import file_name
from liczydlo.web.templatetags.liczydlo import data


def matter(note: InterestNote) -> Matter:
    """The note, with its contractor and company."""
    company = note.company

    def values(language: str) -> dict[str, str]:
        return {
            "numer": note.number,
            "data": data(note.day),
            "kwota": money(note.total, "PLN", language),
            "zostało": money(note.total, "PLN", language),
            "nabywca": note.content["buyer"][0],
            "firma": company.name,
        }

    def printed(language: str) -> Paper:
        with translation.override(language):
            return Paper(
                title=_("Nota odsetkowa %(number)s") % {"number": note.number},
                name=file_name("nota-odsetkowa", note.number, ending=".pdf"),
                content=paper.pdf(note, language=language),
            )

    return Matter(
        company=company,
        kind=Kind.NOTE,
        contractor=note.contractor,
        title=note.number,
        page=note.get_absolute_url(),
        write=reverse("payments:write_interest_note", args=[company.pk, note.pk]),
        values=values,
        action=Action.INTEREST_NOTE_MAILED,
        details={"number": note.number},
        about=note.pk,
        paper=printed,
    )
