"""What the list of sales invoices can be narrowed to."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.connection.models import VOID
from liczydlo.documents import filters
from liczydlo.documents.filters import of_environment
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.sales.models import Invoice
from liczydlo.sales.states import MOVING, UNSENT, State

STATES = [
    ("", _("Wszystkie stany")),
    ("draft", _("Szkice")),
    ("moving", _("W drodze do KSeF")),
    ("waiting", _("Offline, do wysłania")),
    ("overdue", _("Po terminie")),
    ("void", _("Z nieważnym KODEM II")),
    ("held", _("Wstrzymane")),
    ("accepted", _("Przyjęte")),
    ("rejected", _("Odrzucone")),
    ("corrected", _("Skorygowane technicznie")),
    ("outside", _("Poza KSeF")),
]


class Filters(filters.Filters):
    """The filter row above the list."""

    direction = Direction.SALE
    states = STATES
    typed = _("numer, nabywca, NIP, kwota lub numer KSeF")


def is_in(state: str, today: dt.date) -> Q:
    """What the invoices of one entry of ``STATES`` have in common; counts and lists are both made of it."""
    match state:
        case "moving":
            return Q(state__in=MOVING)
        case "overdue":
            return Q(state__in=UNSENT, due_date__lt=today)
        case "void":
            return Q(state__in=UNSENT, signature__certificate__ksef_status__in=VOID)
        case "held":
            return Q(state=State.ISSUED)
        case "":
            return Q()
        case _:
            return Q(state=state)


def counts(company: Company, today: dt.date) -> dict[str, int]:
    """How many invoices the list shows under each entry of ``STATES``."""
    rows = Invoice.objects.of(company).filter(environment=company.environment)
    by_state = dict(rows.values_list("state").annotate(number=Count("*")).order_by())
    found = {name: by_state.get(name, 0) for name, _words in STATES}
    found[""] = sum(by_state.values())
    found["moving"] = sum(by_state.get(state, 0) for state in MOVING)
    found["held"] = by_state.get(State.ISSUED, 0)
    found["void"] = rows.filter(is_in("void", today)).count()
    found["overdue"] = rows.filter(is_in("overdue", today)).count()
    return found


def narrowed(company: Company, query: QueryDict, today: dt.date) -> tuple[Filters, QuerySet[IndexEntry]]:
    """The filter form, and the company's invoices of its present environment that it lets through."""
    form = Filters(query)
    rows = of_environment(company, Direction.SALE)
    if form.state == State.ACCEPTED:  # most of them: on the way through the list rather than before it
        rows = rows.filter(sale__state=State.ACCEPTED)
    elif form.state:
        of_state = Invoice.objects.of(company).filter(
            is_in(form.state, today), environment=company.environment
        )
        rows = rows.filter(pk__in=of_state.order_by().values("entry"))
    return form, form.narrow(rows)
