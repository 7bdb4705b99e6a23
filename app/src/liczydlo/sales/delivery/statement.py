"""„Wyciąg rozrachunków" of a contractor as the matter of a letter."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company
from liczydlo.contacts.models import Contractor
from liczydlo.sales import statement
from liczydlo.sales.delivery.letters import Kind
from liczydlo.sales.delivery.matters import Matter, Paper, money
from liczydlo.web import times
from liczydlo.web.files import file_name
from liczydlo.web.templatetags.liczydlo import data

WHOLE_HISTORY: Final = "wszystkie"
"""Query parameter: with what is settled."""


def matter(company: Company, contractor: Contractor, *, with_settled: bool) -> Matter:
    """The statement as it is now."""
    now = times.now()
    today = timezone.localdate(now)
    accounts = statement.of(company, contractor, today, with_settled=with_settled)

    def values(language: str) -> dict[str, str]:
        left = ", ".join(money(one.left, one.currency, language) for one in accounts)
        return {
            "data": data(today),
            "kwota": left,
            "zostało": left or money(statement.NOTHING, "PLN", language),
            "nabywca": contractor.name,
            "firma": company.name,
        }

    def paper(language: str) -> Paper:
        with translation.override(language):
            return Paper(
                title=f"{_('Wyciąg rozrachunków')} – {data(today)}",
                name=file_name("wyciag-rozrachunkow", f"{today}", ending=".pdf"),
                content=statement.pdf(company, contractor, accounts, at=now, language=language),
            )

    query = f"?{WHOLE_HISTORY}" if with_settled else ""
    arguments = [company.pk, contractor.pk]
    return Matter(
        company=company,
        kind=Kind.STATEMENT,
        contractor=contractor,
        title=_("Wyciąg rozrachunków"),
        page=reverse("sales:statement", args=arguments) + query,
        write=reverse("sales:write_statement", args=arguments) + query,
        values=values,
        action=Action.STATEMENT_MAILED,
        details={"day": f"{today}"},
        paper=paper,
    )
