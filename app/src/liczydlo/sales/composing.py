"""From the form to what it means, an ``InvoiceDraft``, and back; its sums while it is being typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.forms import ChoiceField
from django.utils.translation import gettext as _

from liczydlo.companies.models import Company
from liczydlo.fa3 import money
from liczydlo.fa3 import totals as fa_totals
from liczydlo.fa3.build import lines as rows_of
from liczydlo.fa3.draft import (
    TRANSFER,
    Address,
    InvoiceDraft,
    Line,
    Party,
    Payment,
    ThirdParty,
)
from liczydlo.fa3.model import (
    DaneKontaktowe,
    Informacja,
    RachunekBankowy,
    Stopka,
    TerminPlatnosci,
)
from liczydlo.sales import exchange, line_values, sections, vat_values
from liczydlo.sales.forms import InvoiceForm
from liczydlo.sales.line_forms import MOST_LINES
from liczydlo.sales.sections import parties, payments
from liczydlo.sales.sections.buyers import COUNTRIES
from liczydlo.web.fields import amount_text

LINES: Final = "lines"  # prefix of the lines' fields


@dataclass(frozen=True, kw_only=True)
class Sum:
    """The sum of a rate."""

    rate: str
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What an invoice comes to. Amounts are in ``currency``, ``tax_pln`` in PLN when that is another one.

    ``difference`` is what a correction changes in the total. Of an order: ``advances`` are those that are taken off the
    total or paid with this invoice, ``left`` is what remains to be paid after them. ``due`` is what is to be paid with
    charges and deductions beside the invoice's own amount; less than nothing is overpaid.
    """

    currency: str
    sums: tuple[Sum, ...]
    total: Decimal
    tax_pln: Decimal | None
    difference: Decimal | None = None
    advances: Decimal | None = None
    left: Decimal | None = None
    due: Decimal | None = None


def filled(lines: Any) -> list[dict[str, Any]]:
    """The lines that are finished: what was typed and is right, or what a draft holds."""
    if not lines.is_bound:
        return [line for line in lines.begun if line]
    lines.is_valid()
    good = (one.cleaned_data for one in lines if not one.errors and one.has_changed())
    return [values for values in good if _is_line(values)]


def _is_line(values: dict[str, Any]) -> bool:
    return values.get("price") is not None or bool(
        values.get("uu_id") or values.get(line_values.ORIGINAL_LINE)
    )


def cleaned_lines(lines: Any) -> list[dict[str, Any] | None]:
    """What each line of the formset says; None for one that is not finished."""
    values_of_lines = lines.begun
    if lines.is_bound:
        values_of_lines = [
            one.cleaned_data if one.is_valid() and one.has_changed() else None for one in lines
        ]
    return [line if line and _is_line(line) else None for line in values_of_lines]


def worth(line: Line) -> Decimal | None:
    """The value of a line, net or gross as its price is."""
    net, gross, _ = rows_of.worth(line)
    return net if net is not None else gross


def totals(lines: Sequence[Line], currency: str, exchange_rate: Decimal | None) -> Totals:
    """What lines come to, for the page."""
    rate = exchange_rate if currency != fa_totals.PLN else None
    draft = InvoiceDraft(lines=tuple(lines), currency=currency, exchange_rate=rate)
    shares = fa_totals.shares(rows_of.rows(draft))
    sums = tuple(Sum(rate=_rate_name(one, lines), net=one.net, tax=one.tax) for one in shares)
    return Totals(
        currency=currency,
        sums=sums,
        total=money.total(one.net + one.tax for one in sums),
        tax_pln=None if rate is None else money.total(_in_pln(one, rate) for one in shares),
    )


def _in_pln(share: fa_totals.Share, rate: Decimal) -> Decimal:
    return money.converted(share.tax, rate) if share.tax_pln is None else share.tax_pln


def _rate_name(share: fa_totals.Share, lines: Sequence[Line]) -> str:
    name = next(
        (line.rate for line in lines if line.rate and fa_totals.RATES.get(line.rate) == share.rate), None
    )
    if name is None:
        if share.rate == fa_totals.MARGIN:
            return _("marża")
        return "—" if share.rate.percent is None else f"{share.rate.percent}%"
    return f"{name}%" if name.isdigit() else name


def draft(
    company: Company, typed: dict[str, Any], lines: Sequence[dict[str, Any]], *, self_billed: bool = False
) -> InvoiceDraft:
    """What a form that has been checked means; where the company bills itself, the form's other party is the seller."""
    sold, marks = typed["sale_date"], vat_values.marks(typed, lines)
    parties = (seller(company), _buyer(typed))
    own, other = parties if not self_billed else reversed(parties)
    plain = InvoiceDraft(
        number=typed["number"],
        issue_date=typed["issue_date"],
        sale_date=sold if sold != typed["issue_date"] else None,
        currency=typed["currency"],
        exchange_rate=typed["exchange_rate"],
        seller=own,
        buyer=other,
        local_authority=typed["buyer_local_authority"],
        vat_group=typed["buyer_vat_group"],
        third_parties=recipients(typed),
        lines=tuple(map(line_values.line, lines)),
        marks=replace(marks, self_billing=self_billed),
        payment=payment(typed),
        remarks=exchange.remarks(typed.get("exchange_table", ""), typed["currency"], typed["exchange_rate"]),
        footer=footer(typed["remarks"]),
        **vat_values.statements(typed),
    )
    return sections.applied(plain, typed.get(sections.SECTIONS_FIELD, {}))


def recipients(typed: Mapping[str, Any]) -> tuple[ThirdParty, ...]:
    """The recipient of the plain fields."""
    return parties.recipients(
        typed["buyer_recipient_name"],
        typed["buyer_recipient_number"],
        address(typed["buyer_recipient_line1"], typed["buyer_recipient_line2"]),
        unit=typed["buyer_local_authority"],
        member=typed["buyer_vat_group"],
    )


def seller(company: Company) -> Party:
    """The company as it is now."""
    contact = DaneKontaktowe(email=company.email or None, telefon=company.phone or None)
    return Party(
        name=company.name,
        nip=company.nip,
        address=address(company.line1, company.line2),
        contacts=(contact,) if contact.email or contact.telefon else (),
    )


def other_party(draft: InvoiceDraft) -> Party | None:
    """Whom the company deals with: the buyer, or the seller in whose name it issues."""
    return draft.seller if draft.marks.self_billing else draft.buyer


def as_now(company: Company, draft: InvoiceDraft) -> InvoiceDraft:
    """A draft with the company as it is now; what else is said of it as the buyer stays."""
    own = seller(company)
    if not draft.marks.self_billing:
        return replace(draft, seller=own)
    buyer = replace(draft.buyer or own, name=own.name, nip=own.nip, address=own.address)
    return replace(draft, buyer=buyer)


def initial(draft: InvoiceDraft, beginning: dict[str, Any]) -> dict[str, Any]:
    """What the form shows of a draft that it made. ``beginning`` has the term and the account that a new form begins
    with: a draft that is paid, or not by transfer, does not hold them."""
    buyer, payment = other_party(draft) or Party(), draft.payment or Payment()
    place = buyer.address or Address(line1="")
    account, term = payments.first_account(payment), payments.first_term(payment)
    notes = draft.footer.informacje if draft.footer is not None else ()
    prices = line_values.prices_of(draft.lines)
    return {
        "number": draft.number,
        "issue_date": draft.issue_date,
        "sale_date": draft.sale_date,
        "currency": draft.currency,
        "exchange_rate": amount_text(draft.exchange_rate),
        "exchange_table": str(exchange.of_draft(draft) or ""),
        "buyer_kind": _buyer_kind(buyer),
        "buyer_nip": buyer.nip,
        "buyer_eu_country": buyer.vat_ue_country,
        "buyer_country": buyer.tax_country,
        "buyer_tax_number": buyer.vat_ue or buyer.tax_id,
        "buyer_name": buyer.name,
        "buyer_line1": place.line1,
        "buyer_line2": place.line2,
        **behind_buyer(draft),
        "payment": payment.form or TRANSFER,
        "due_date": beginning["due_date"] if payment.paid else term and term.termin,
        "account": (account.nr_rb if account else "") if payment.form == TRANSFER else beginning["account"],
        "paid": payment.paid is not None and payment.paid == draft.issue_date,
        "remarks": next((one.stopka_faktury for one in notes), ""),
        **vat_values.initial(draft),
        "prices": prices,
        LINES: [line_values.initial(line, prices) for line in draft.lines],
        sections.SECTIONS_FIELD: sections.initial(draft),
    }


def behind_buyer(draft: InvoiceDraft) -> dict[str, Any]:
    """What the fields about the recipient show."""
    behind = parties.first_recipient(draft) or Party()
    place = behind.address or Address(line1="")
    return {
        "buyer_local_authority": draft.local_authority,
        "buyer_vat_group": draft.vat_group,
        "buyer_recipient_name": behind.name,
        "buyer_recipient_number": behind.nip or behind.internal_id,
        "buyer_recipient_line1": place.line1,
        "buyer_recipient_line2": place.line2,
    }


def fits_form(company: Company, draft: InvoiceDraft) -> bool:
    """Whether the form shows all that a draft says, so that saving it loses nothing. The company is always as it is
    now: the seller, or the buyer that bills itself."""
    fields = initial(draft, {"due_date": None, "account": ""})
    choices = {name: one for name, one in InvoiceForm.base_fields.items() if isinstance(one, ChoiceField)}
    if not all(one.valid_value(fields[name]) for name, one in choices.items() if fields[name] is not None):
        return False
    if not all(map(line_values.fits, draft.lines)):
        return False
    own = "buyer" if draft.marks.self_billing else "seller"
    rebuilt = replace(as_typed(company, draft), **{own: getattr(draft, own)})
    return 0 < len(draft.lines) <= MOST_LINES and rebuilt == draft


def as_typed(company: Company, kept: InvoiceDraft) -> InvoiceDraft:
    """What the form would make of all that it shows of a draft; the company is as it is now."""
    fields = initial(kept, {"due_date": None, "account": ""})
    lines = [line_values.values(one, fields["prices"]) for one in kept.lines]
    typed = {name: "" if value is None else value for name, value in fields.items()}
    typed |= {"exchange_rate": kept.exchange_rate, "sale_date": kept.sale_date}
    typed[sections.SECTIONS_FIELD] = sections.as_typed(kept)
    return draft(company, typed, lines, self_billed=kept.marks.self_billing)


def footer(remarks: str) -> Stopka | None:
    """The document's footer with what „Uwagi" holds; None when that is empty."""
    return Stopka(informacje=(Informacja(stopka_faktury=remarks),)) if remarks else None


def _buyer_kind(buyer: Party) -> str:
    if buyer.nip is not None:
        return "nip"
    return "eu" if buyer.vat_ue is not None else "abroad" if buyer.tax_id is not None else "person"


def _buyer(typed: dict[str, Any]) -> Party:
    name, number = typed["buyer_name"], typed["buyer_tax_number"]
    where = typed["buyer_line1"], typed["buyer_line2"]
    match typed["buyer_kind"]:
        case "nip":
            return Party(name=name, nip=typed["buyer_nip"], address=address(*where))
        case "eu":
            prefix = typed["buyer_eu_country"]
            place = address(*where, COUNTRIES.get(prefix, prefix))
            return Party(name=name, vat_ue_country=prefix, vat_ue=number, address=place)
        case "abroad":
            country = typed["buyer_country"].upper()
            return Party(name=name, tax_country=country, tax_id=number, address=address(*where, country))
        case _:
            return Party(name=name, address=address(*where))


def address(line1: str, line2: str, country: str = "PL") -> Address | None:
    """FA(3) has no second line without a first."""
    lines = [line for line in (line1, line2) if line]
    return Address(line1=lines[0], line2="".join(lines[1:]) or None, country=country) if lines else None


def payment(typed: dict[str, Any]) -> Payment:
    """How it is paid."""
    due, account = typed["due_date"], typed["account"] if typed["payment"] == TRANSFER else ""
    return Payment(
        paid=typed["issue_date"] if typed.get("paid") else None,
        terms=(TerminPlatnosci(termin=due),) if due and not typed.get("paid") else (),
        form=typed["payment"],
        accounts=(RachunekBankowy(nr_rb=account),) if account else (),
    )
