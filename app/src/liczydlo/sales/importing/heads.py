"""What a file says of an invoice, as the fields of the editor's form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from liczydlo.companies.models import Company
from liczydlo.contacts.importing.cells import Fault
from liczydlo.contacts.importing.contractor_lines import place_of
from liczydlo.contacts.importing.identity import country, identity
from liczydlo.fa3.draft import InvoiceDraft, Party, Payment
from liczydlo.fa3.model import DaneKontaktowe, WarunkiTransakcji, ZamowienieOdniesienie
from liczydlo.sales.importing import words
from liczydlo.sales.importing.fields import LABELS

MOST_DAYS: Final = 3650
"""Days of a term."""
_LONGEST: Final = {"order": 256, "email": 255}
"""Characters that FA(3) has room for, where the form of the editor has no field of its own."""


@dataclass(frozen=True, kw_only=True)
class Besides:
    """What the plain fields of the editor's form do not hold."""

    order: str = ""
    order_day: dt.date | None = None
    email: str = ""
    country: str = ""
    paid: dt.date | None = None
    other_form: str = ""

    def added(self, draft: InvoiceDraft) -> InvoiceDraft:
        """The draft with it."""
        buyer, payment = draft.buyer or Party(), draft.payment or Payment()
        if self.email:
            buyer = replace(buyer, contacts=(DaneKontaktowe(email=self.email),))
        if self.country and buyer.address is not None and buyer.vat_ue is None and buyer.tax_id is None:
            buyer = replace(buyer, address=replace(buyer.address, country=self.country))
        if self.other_form:
            payment = replace(payment, form=None, other_form=self.other_form, accounts=())
        if self.paid is not None:
            payment = replace(payment, paid=self.paid, terms=())
        order = ZamowienieOdniesienie(data_zamowienia=self.order_day, nr_zamowienia=self.order)
        return replace(
            draft,
            buyer=buyer,
            payment=payment,
            terms=WarunkiTransakcji(zamowienia=(order,)) if self.order else draft.terms,
        )


def fields(
    company: Company, texts: Mapping[str, str], options: Mapping[str, str], today: dt.date
) -> tuple[dict[str, Any], Besides, list[str]]:
    """The form's fields without number and prices, what stands besides, and the faults."""
    faults: list[str] = []

    def read(name: str, reader: Any) -> Any:
        if name not in texts:
            return None
        try:
            return reader(texts[name], LABELS[name])
        except Fault as fault:
            faults.append(str(fault))
            return None

    days = {name: read(name, words.day) for name in ("issue_date", "sale_date", "order_date", "due_date")}
    marks = {
        name: bool(read(name, words.answer)) for name in ("local_authority", "vat_group", "split_payment")
    }
    issued = days["issue_date"] or today.isoformat()
    form, other = (
        words.payment(texts["payment"]) if "payment" in texts else (options.get("default_payment") or "6", "")
    )
    is_paid, paid_on = _paid(texts.get("paid", ""), faults)
    due = days["due_date"] or _due(texts.get("payment_days", ""), issued, faults)
    data = {
        "issue_date": issued,
        "sale_date": days["sale_date"] or "",
        "currency": words.currency(texts.get("currency", "PLN")),
        **_buyer(texts, faults),
        "buyer_local_authority": marks["local_authority"],
        "buyer_vat_group": marks["vat_group"],
        "payment": form or "6",
        "due_date": due,
        "account": company.bank_account,
        "paid": is_paid,
        "split_payment": marks["split_payment"],
        "exemption": texts.get("exemption", ""),
        "remarks": texts.get("remarks", ""),
    }
    for name, most in _LONGEST.items():
        if len(texts.get(name, "")) > most:
            faults.append(_("%(field)s: najwyżej %(most)d znaków.") % {"field": LABELS[name], "most": most})
    ordered = days["order_date"]
    besides = Besides(
        order=texts.get("order", ""),
        order_day=dt.date.fromisoformat(ordered) if ordered and texts.get("order") else None,
        email=_email(texts.get("email", ""), faults),
        country=_country(texts, faults),
        paid=dt.date.fromisoformat(paid_on) if paid_on else None,
        other_form=other,
    )
    return data, besides, faults


def _buyer(texts: Mapping[str, str], faults: list[str]) -> dict[str, str]:
    kind, place, number = "person", "", ""
    try:
        kind, place, number = identity(
            texts.get("nip", ""), texts.get("eu_number", ""), texts.get("country", "")
        )
    except Fault as fault:
        faults.append(str(fault))
    person = " ".join(filter(None, (texts.get("first_name", ""), texts.get("last_name", ""))))
    postcode = texts.get("postcode", "").lstrip(
        "'"
    )  # how Shopify keeps a spreadsheet from taking it for a number
    line1, line2 = place_of({**texts, "postcode": postcode})
    return {
        "buyer_kind": kind,
        "buyer_nip": number if kind == "nip" else "",
        "buyer_eu_country": place if kind == "eu" else "",
        "buyer_country": place if kind == "abroad" else "",
        "buyer_tax_number": number if kind in ("eu", "abroad") else "",
        "buyer_name": texts.get("company") or texts.get("buyer_name") or person,
        "buyer_line1": line1,
        "buyer_line2": line2,
    }


def _country(texts: Mapping[str, str], faults: list[str]) -> str:
    try:
        code = country(texts.get("country", ""))
    except Fault as fault:
        if str(fault) not in faults:
            faults.append(str(fault))
        return ""
    return "" if code == "PL" else code


def _email(text: str, faults: list[str]) -> str:
    if not text:
        return ""
    try:
        validate_email(text)
    except ValidationError:
        faults.append(
            _("%(field)s: „%(text)s” to nie jest adres.") % {"field": LABELS["email"], "text": text[:40]}
        )
        return ""
    return text


def _paid(text: str, faults: list[str]) -> tuple[bool, str]:
    """Whether it was paid on the day of issue, and on which other day."""
    if not text:
        return False, ""
    try:
        return words.answer(text, LABELS["paid"]), ""
    except Fault:
        pass
    try:
        return False, words.day(text, LABELS["paid"])
    except Fault as fault:
        faults.append(str(fault))
        return False, ""


def _due(text: str, issued: str, faults: list[str]) -> str:
    """The day due so many days after the issue."""
    bare = text.casefold().removesuffix("dni").removesuffix("days").strip()
    if not bare:
        return ""
    if not (bare.isascii() and bare.isdigit() and int(bare) <= MOST_DAYS):
        faults.append(
            _("%(field)s: „%(text)s” to nie jest liczba dni.")
            % {"field": LABELS["payment_days"], "text": text[:40]}
        )
        return ""
    return (dt.date.fromisoformat(issued) + dt.timedelta(days=int(bare))).isoformat()
