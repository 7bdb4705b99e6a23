"""A buyer and lines taken from the company's lists into the form of an invoice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from liczydlo.companies.models import Company
from liczydlo.contacts import addresses, contractors
from liczydlo.contacts.forms import buyer_of, recipient_of
from liczydlo.contacts.models import Address, Contractor, Recipient
from liczydlo.web import times
from liczydlo.web.paging import ids

BUTTONS: Final = ("find", "pick", "item", "save_item", "show_items")
"""Names of the buttons that do not finish the form.

``pick`` has the contractor's id and, after dots, those of one of his addresses and of a recipient; 0 is the default
address, and as a recipient nobody. ``item`` has the number of a line and, after a dot, an item's id; ``save_item`` has
the number of a line.
"""


@dataclass(frozen=True, kw_only=True)
class Picker:
    """What the form shows of it: who was picked, or whom ``typed`` may mean where there is no JavaScript."""

    picked: Contractor | None = None
    address: Address | None = None
    addresses: Sequence[Address] = ()
    recipient: Recipient | None = None
    recipients: Sequence[Recipient] = ()
    typed: str = ""
    suggestions: Sequence[Contractor] = ()


NOBODY: Final = Picker()


def look(company: Company, query: Mapping[str, Any]) -> Picker:
    """What one of ``BUTTONS`` asks for; a contractor who is not the company's is nobody."""
    parts = [*str(query.get("pick", "")).split("."), "", ""][:3]
    named, place, behind = (next(iter(ids([part])), None) for part in parts)
    contractor = contractors.of(company).filter(pk=named).first() if named else None
    if contractor is not None:
        places, recipients = list(addresses.of(contractor)), list(contractor.recipients.all())
        if behind is None and (contractor.local_authority or contractor.vat_group):
            behind = next((one.pk for one in recipients), None)
        return Picker(
            picked=contractor,
            addresses=places,
            address=next((one for one in places if one.pk == place), next(iter(places), None)),
            recipients=recipients,
            recipient=next((one for one in recipients if one.pk == behind), None),
        )
    if "find" in query:
        typed = str(query.get("contractor_q", "")).strip()[:100]
        return Picker(typed=typed, suggestions=contractors.hints(company, typed))
    return NOBODY


def fields(picker: Picker, form: Any, issue_date: dt.date | str | None) -> dict[str, Any]:
    """The fields of ``form`` that the picked contractor fills: the buyer, and what is usual with him."""
    contractor = picker.picked
    if contractor is None:
        return {}
    values = buyer_of(contractor, picker.address) | recipient_of(contractor, picker.recipient)
    if contractor.payment_days is not None:
        values["due_date"] = day(issue_date) + dt.timedelta(days=contractor.payment_days)
    usual = {"currency": contractor.currency, "payment": contractor.payment_form}
    values |= {name: value for name, value in usual.items() if value}
    offered = form.fields
    return {
        name: value
        for name, value in values.items()
        if name in offered
        and name not in form.unpicked
        and (not hasattr(offered[name], "choices") or not value or offered[name].valid_value(str(value)))
    }


def day(typed: dt.date | str | None) -> dt.date:
    """The day of issue, or today where nobody has typed one yet."""
    if isinstance(typed, dt.date):
        return typed
    try:
        return dt.date.fromisoformat(typed or "")
    except ValueError:
        return times.today()
