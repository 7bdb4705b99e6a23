"""From the form to what it means, an ``InvoiceDraft``, and back; its sums while it is being typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.forms import ChoiceField

from liczydlo.companies.models import Company
from liczydlo.fa3 import money
from liczydlo.fa3 import totals as fa_totals
from liczydlo.fa3.draft import (
    TRANSFER,
    Address,
    Exemption,
    InvoiceDraft,
    Line,
    Marks,
    Party,
    Payment,
)
from liczydlo.fa3.model import (
    DaneKontaktowe,
    FaWiersz,
    Informacja,
    RachunekBankowy,
    Stopka,
    TerminPlatnosci,
)
from liczydlo.sales.forms import RATES, InvoiceForm, LineForm

LINES: Final = "lines"  # prefix of the lines' fields
LINE_FIELDS: Final = ("name", "quantity", "unit", "price", "rate")
COUNTRIES: Final = {"EL": "GR", "XI": "GB"}  # where a VAT prefix is not the country's own code
EXEMPT: Final = "zw"
_RATES: Final = dict(RATES)


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
    """Quantity times net price, rounded to grosze."""
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


def draft(company: Company, typed: dict[str, Any], lines: Sequence[dict[str, Any]]) -> InvoiceDraft:
    """What a form that has been checked means."""
    contact = DaneKontaktowe(email=company.email or None, telefon=company.phone or None)
    sold, remarks = typed["sale_date"], typed["remarks"]
    exempt = any(line["rate"] == EXEMPT for line in lines)
    return InvoiceDraft(
        number=typed["number"],
        issue_date=typed["issue_date"],
        sale_date=sold if sold != typed["issue_date"] else None,
        currency=typed["currency"],
        exchange_rate=typed["exchange_rate"],
        seller=Party(
            name=company.name,
            nip=company.nip,
            address=_address(company.line1, company.line2),
            contacts=(contact,) if contact.email or contact.telefon else (),
        ),
        buyer=_buyer(typed),
        lines=tuple(
            Line(
                name=line["name"],
                rate=line["rate"],
                quantity=line["quantity"],
                unit=line["unit"] or None,
                net_price=line["price"],
            )
            for line in lines
        ),
        marks=Marks(
            split_payment=typed["split_payment"],
            exemption=Exemption(text=typed["exemption"]) if exempt else None,
        ),
        payment=_payment(typed),
        footer=Stopka(informacje=(Informacja(stopka_faktury=remarks),)) if remarks else None,
    )


def initial(draft: InvoiceDraft, beginning: dict[str, Any]) -> dict[str, Any]:
    """What the form shows of a draft that it made. ``beginning`` has the term and the account that a new form begins
    with: a draft that is paid, or not by transfer, does not hold them."""
    buyer, payment = draft.buyer or Party(), draft.payment or Payment()
    address = buyer.address or Address(line1="")
    account = next((one.nr_rb for one in payment.accounts), "")
    due = next((one.termin for one in payment.terms), None)
    notes = draft.footer.informacje if draft.footer is not None else ()
    return {
        "number": draft.number,
        "issue_date": draft.issue_date,
        "sale_date": draft.sale_date,
        "currency": draft.currency,
        "exchange_rate": _typed(draft.exchange_rate),
        "buyer_kind": _buyer_kind(buyer),
        "buyer_nip": buyer.nip,
        "buyer_eu_country": buyer.vat_ue_country,
        "buyer_country": buyer.tax_country,
        "buyer_tax_number": buyer.vat_ue or buyer.tax_id,
        "buyer_name": buyer.name,
        "buyer_line1": address.line1,
        "buyer_line2": address.line2,
        "payment": payment.form,
        "due_date": beginning["due_date"] if payment.paid else due,
        "account": account if payment.form == TRANSFER else beginning["account"],
        "paid": payment.paid is not None,
        "split_payment": draft.marks.split_payment,
        "exemption": draft.marks.exemption.text if draft.marks.exemption is not None else "",
        "remarks": next((one.stopka_faktury for one in notes), ""),
        LINES: [
            {
                "name": line.name,
                "quantity": _typed(line.quantity),
                "unit": line.unit or "",
                "price": _typed(line.net_price),
                "rate": line.rate,
            }
            for line in draft.lines
        ],
    }


def fits_form(company: Company, kept: InvoiceDraft) -> bool:
    """Whether the form shows all that a draft says, so that saving it loses nothing. The seller is always the company
    as it is now."""
    shown = initial(kept, {"due_date": None, "account": ""})
    choices = {name: one for name, one in InvoiceForm.base_fields.items() if isinstance(one, ChoiceField)}
    if not all(one.valid_value(shown[name]) for name, one in choices.items() if shown[name] is not None):
        return False
    if not all(line.rate in _RATES and line.quantity and line.net_price is not None for line in kept.lines):
        return False
    lines = [
        {**fields, "quantity": line.quantity, "price": line.net_price}
        for fields, line in zip(shown[LINES], kept.lines, strict=True)
    ]
    typed = {name: "" if value is None else value for name, value in shown.items()}
    again = draft(company, {**typed, "exchange_rate": kept.exchange_rate, "sale_date": kept.sale_date}, lines)
    return bool(lines) and replace(again, seller=kept.seller) == kept


def _buyer_kind(buyer: Party) -> str:
    if buyer.nip is not None:
        return "nip"
    return "eu" if buyer.vat_ue is not None else "abroad" if buyer.tax_id is not None else "person"


def _typed(amount: Decimal | None) -> str:
    """As a person types it: with a comma."""
    return "" if amount is None else f"{amount:f}".replace(".", ",")


def _buyer(typed: dict[str, Any]) -> Party:
    name, number = typed["buyer_name"], typed["buyer_tax_number"]
    where = typed["buyer_line1"], typed["buyer_line2"]
    match typed["buyer_kind"]:
        case "nip":
            return Party(name=name, nip=typed["buyer_nip"], address=_address(*where))
        case "eu":
            prefix = typed["buyer_eu_country"]
            address = _address(*where, COUNTRIES.get(prefix, prefix))
            return Party(name=name, vat_ue_country=prefix, vat_ue=number, address=address)
        case "abroad":
            country = typed["buyer_country"].upper()
            return Party(name=name, tax_country=country, tax_id=number, address=_address(*where, country))
        case _:
            return Party(name=name, address=_address(*where))


def _address(line1: str, line2: str, country: str = "PL") -> Address | None:
    """FA(3) has no second line without a first."""
    lines = [line for line in (line1, line2) if line]
    return Address(line1=lines[0], line2="".join(lines[1:]) or None, country=country) if lines else None


def _payment(typed: dict[str, Any]) -> Payment:
    due, account = typed["due_date"], typed["account"] if typed["payment"] == TRANSFER else ""
    return Payment(
        paid=typed["issue_date"] if typed["paid"] else None,
        terms=(TerminPlatnosci(termin=due),) if due and not typed["paid"] else (),
        form=typed["payment"],
        accounts=(RachunekBankowy(nr_rb=account),) if account else (),
    )
