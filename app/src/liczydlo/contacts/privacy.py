"""What is kept of a contractor: given out (art. 15 and 20 RODO) and erased (art. 17).

Invoices stay, and answers of VIES that prove them: the law asks for both until the tax is time-barred (art. 112 ustawy
o VAT), so art. 17 ust. 3 lit. b RODO lets them be kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.forms import model_to_dict
from django.http import HttpRequest

from liczydlo.audit.actions import Action
from liczydlo.audit.services import log
from liczydlo.companies.models import Company
from liczydlo.contacts import contractors, stopped, trade
from liczydlo.contacts.models import Contractor
from liczydlo.documents.models import Direction
from liczydlo.lookups import firms, vies

Keeper = Callable[[Company, Contractor], QuerySet[Any]]
KEEPERS: Final[dict[str, Keeper]] = {}
"""What features keep of a contractor that goes with him, by its name in the file; rows are named by ``str``."""
STAYING: Final[dict[str, Keeper]] = {}
"""The same of what stays without him, as his invoices do."""
INTERNAL: Final = ("id", "company", "contractor", "key", "name_key", "words", "version")
ANSWER: Final = ("question", "answered_at", "request_id", "content")
INVOICE: Final = ("number", "issue_date", "currency", "gross", "ksef_number")


def export(company: Company, contractor: Contractor) -> dict[str, Any]:
    """All that is kept of him, ready for JSON; of invoices what identifies them."""
    return {
        "contractor": _columns(contractor) | {"created_at": contractor.created_at},
        "addresses": [_columns(one) for one in contractor.addresses.all()],
        "recipients": [_columns(one) for one in contractor.recipients.all()],
        "sales": _invoices(company, contractor, Direction.SALE),
        "purchases": _invoices(company, contractor, Direction.PURCHASE),
        "self_billed": _invoices(company, contractor, Direction.SELF_BILLED),
        **{
            name: [_columns(row) for row in rows(company, contractor)]
            for name, rows in {**KEEPERS, **STAYING}.items()
        },
        "vies": list(vies.answers(company, contractor.country, contractor.number).values(*ANSWER)),
        "registers": list(_registers(contractor).values("service", *ANSWER)),
    }


def going(company: Company, contractor: Contractor) -> dict[str, list[str]]:
    """What of other features goes with him: names, by that of the feature."""
    return {name: [str(row) for row in rows(company, contractor)] for name, rows in KEEPERS.items()}


def _columns(row: Any) -> dict[str, Any]:
    return {name: value for name, value in model_to_dict(row).items() if name not in INTERNAL}


def _invoices(company: Company, contractor: Contractor, direction: Direction) -> list[dict[str, Any]]:
    rows = trade.invoices(company, contractor, direction).select_related(None)
    return list(rows.values(*INVOICE))


def _registers(contractor: Contractor) -> QuerySet[Any]:
    """What GUS and Biała lista have said of his name and address."""
    nip = contractor.number if contractor.kind == "nip" else ""
    return firms.answers_about(contractor.company, nip)


def erase(contractor: Contractor, request: HttpRequest) -> None:
    """Delete him with addresses, recipients, defaults, note and what other features keep of him; the log says that
    somebody did, and not of whom."""
    with transaction.atomic():
        Company.objects.select_for_update(no_key=True).get(pk=contractor.company_id)
        rows = contractors.of(contractor.company).filter(pk=contractor.pk)
        # an address or a recipient that another session is adding is there once we have the lock, or is not added
        list(rows.select_for_update().values_list("pk"))
        for rows_of in KEEPERS.values():
            rows_of(contractor.company, contractor).delete()
        _registers(contractor).delete()
        stopped.kept_of(contractor.company, contractor).delete()
        count, _models = rows.delete()
        if count:
            log(contractor.company, Action.CONTRACTOR_ERASED, request=request)
