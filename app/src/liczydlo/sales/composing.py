"""From the form to FA(3): the document of a basic invoice, and its sums while it is being typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from liczydlo.companies.models import Company
from liczydlo.fa3 import money
from liczydlo.fa3 import totals as fa_totals
from liczydlo.fa3.build import Line, Party, Payment, sale
from liczydlo.fa3.model import DaneKontaktowe, FaWiersz, Informacja, Stopka
from liczydlo.fa3.write import write
from liczydlo.sales.forms import InvoiceForm, LineForm

LINE_FIELDS: Final = ("name", "quantity", "unit", "price", "rate")
TRANSFER: Final = 6  # FormaPlatnosci
COUNTRIES: Final = {"EL": "GR", "XI": "GB"}  # where a VAT prefix is not the country's own code
ABROAD: Final = "np II"  # services whose tax the buyer in the EU settles (art. 100 ust. 1 pkt 4)


@dataclass(frozen=True, kw_only=True)
class Sum:
    """The sum of a rate."""

    rate: str
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What an invoice comes to. Amounts are in ``currency``, ``tax_pln`` in PLN when that is another one."""

    currency: str
    sums: tuple[Sum, ...]
    total: Decimal
    tax_pln: Decimal | None


def filled(lines: Any) -> list[dict[str, Any]]:
    """The lines that are finished: what was typed and is right, or what a draft holds."""
    if not lines.is_bound:
        return [line for line in (_initial(one.initial) for one in lines) if line]
    lines.is_valid()
    good = (one.cleaned_data for one in lines if not one.errors and one.has_changed())
    return [values for values in good if values.get("price") is not None]


def _initial(values: dict[str, Any] | None) -> dict[str, Any] | None:
    form = LineForm(values or {})
    return form.cleaned_data if form.is_valid() else None


def net(line: dict[str, Any]) -> Decimal:
    """A line's value."""
    return money.value(line["quantity"], line["price"])


def values(lines: Any) -> list[Decimal | None]:
    """The value of each line of the formset, finished or not."""
    found: list[Decimal | None] = []
    for one in lines:
        if one.is_bound:
            line = one.cleaned_data if one.is_valid() and one.has_changed() else None
        else:
            line = _initial(one.initial)
        found.append(net(line) if line and line.get("price") is not None else None)
    return found


def totals(form: InvoiceForm, lines: Sequence[dict[str, Any]]) -> Totals:
    """The sums of finished lines, for the page."""
    typed = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else {}
    currency = str(typed.get("currency") or form.initial.get("currency") or "PLN")
    rate = typed.get("exchange_rate") if currency != "PLN" else None
    sums = tuple(
        Sum(rate=_rate_name(one, lines), net=one.net, tax=one.tax)
        for one in fa_totals.shares(map(_row, lines))
    )
    return Totals(
        currency=currency,
        sums=sums,
        total=money.total(one.net + one.tax for one in sums),
        tax_pln=None if rate is None else money.total(money.converted(one.tax, rate) for one in sums),
    )


def _row(line: dict[str, Any]) -> FaWiersz:
    return FaWiersz(nr_wiersza_fa=1, p_11=net(line), p_12=line["rate"])


def _rate_name(share: fa_totals.Share, lines: Sequence[dict[str, Any]]) -> str:
    name = next(line["rate"] for line in lines if fa_totals.RATES[line["rate"]] == share.rate)
    return f"{name}%" if name.isdigit() else name


def xml(
    company: Company, typed: dict[str, Any], lines: Sequence[dict[str, Any]], *, now: dt.datetime
) -> bytes:
    """The document of a form that has been checked. ``now`` is an aware moment."""
    sold = typed["sale_date"]
    faktura = sale(
        seller=Party(name=company.name, nip=company.nip, line1=company.line1, line2=company.line2),
        buyer=_buyer(typed),
        number=typed["number"],
        issue_date=typed["issue_date"],
        created=now,
        lines=[_line(line) for line in lines],
        sale_date=sold if sold and sold != typed["issue_date"] else None,
        currency=typed["currency"],
        exchange_rate=typed["exchange_rate"],
        payment=_payment(typed),
        split_payment=typed["split_payment"],
        reverse_charge=any(line["rate"] == ABROAD for line in lines),
        exemption=typed["exemption"] or None,
    )
    contact = DaneKontaktowe(email=company.email or None, telefon=company.phone or None)
    seller = replace(
        faktura.podmiot1,
        dane_kontaktowe=(contact,) if contact.email or contact.telefon else (),
    )
    foot = Stopka(informacje=(Informacja(stopka_faktury=typed["remarks"]),)) if typed["remarks"] else None
    return write(replace(faktura, podmiot1=seller, stopka=foot))


def _buyer(typed: dict[str, Any]) -> Party:
    address = {"name": typed["buyer_name"], "line1": typed["buyer_line1"], "line2": typed["buyer_line2"]}
    match typed["buyer_kind"]:
        case "nip":
            return Party(nip=typed["buyer_nip"], **address)
        case "eu":
            prefix = typed["buyer_eu_country"]
            country = COUNTRIES.get(prefix, prefix)
            return Party(vat_ue_country=prefix, vat_ue=typed["buyer_tax_number"], country=country, **address)
        case "abroad":
            return Party(tax_id=typed["buyer_tax_number"], country=typed["buyer_country"].upper(), **address)
        case _:
            return Party(**address)


def _line(line: dict[str, Any]) -> Line:
    return Line(
        name=line["name"],
        rate=line["rate"],
        quantity=line["quantity"],
        unit=line["unit"],
        net_price=line["price"],
    )


def _payment(typed: dict[str, Any]) -> Payment:
    return Payment(
        due=typed["due_date"],
        form=typed["payment"],
        account=typed["account"] if typed["payment"] == TRANSFER else "",
        paid=typed["issue_date"] if typed["paid"] else None,
    )
