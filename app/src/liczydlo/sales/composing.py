"""From the form to FA(3): the document of a basic invoice, and its sums while it is being typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from liczydlo.companies.models import Company
from liczydlo.fa3 import money
from liczydlo.fa3.model.adnotacje import Adnotacje, Zwolnienie
from liczydlo.fa3.model.common import Adres, DaneKontaktowe, RachunekBankowy
from liczydlo.fa3.model.fa import Fa
from liczydlo.fa3.model.faktura import Faktura
from liczydlo.fa3.model.naglowek import Naglowek
from liczydlo.fa3.model.platnosc import Platnosc, TerminPlatnosci
from liczydlo.fa3.model.podmioty import Podmiot1, Podmiot2, TozsamoscNabywcy, TozsamoscPodatnika
from liczydlo.fa3.model.stopka import Informacja, Stopka
from liczydlo.fa3.model.wiersze import FaWiersz
from liczydlo.fa3.write import write
from liczydlo.sales.forms import RATES, InvoiceForm, LineForm

LINE_FIELDS: Final = ("name", "quantity", "unit", "price", "rate")
TRANSFER: Final = 6
# rate → (net, tax): the fields that hold the sums of a rate (FA(3), P_13_* and P_14_*)
FIELDS: Final[dict[str, tuple[str, str]]] = {
    "23": ("p_13_1", "p_14_1"),
    "8": ("p_13_2", "p_14_2"),
    "5": ("p_13_3", "p_14_3"),
    "0 KR": ("p_13_6_1", ""),
    "0 WDT": ("p_13_6_2", ""),
    "0 EX": ("p_13_6_3", ""),
    "zw": ("p_13_7", ""),
    "np I": ("p_13_8", ""),
    "np II": ("p_13_9", ""),
    "oo": ("p_13_10", ""),
}


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


def _sums(lines: Iterable[dict[str, Any]]) -> list[Sum]:
    """Sums by rate in the order of the form; the tax is of a rate's whole sum (art. 106e ust. 1 pkt 14)."""
    by_rate: dict[str, Decimal] = {}
    for line in lines:
        by_rate[line["rate"]] = by_rate.get(line["rate"], money.ZERO) + net(line)
    return [
        Sum(rate=rate, net=by_rate[rate], tax=_tax(rate, by_rate[rate]))
        for rate, _ in RATES
        if rate in by_rate
    ]


def _tax(rate: str, amount: Decimal) -> Decimal:
    return money.tax_on_net(amount, Decimal(rate)) if rate.isdigit() else money.ZERO


def totals(form: InvoiceForm, lines: Sequence[dict[str, Any]]) -> Totals:
    """The sums of finished lines, for the page."""
    typed = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else {}
    currency = typed.get("currency") or form.initial.get("currency") or "PLN"
    rate = typed.get("exchange_rate")
    sums = _sums(lines)
    foreign = currency != "PLN" and rate is not None
    return Totals(
        currency=str(currency),
        sums=tuple(sums),
        total=money.total([one.net + one.tax for one in sums]),
        tax_pln=money.total([money.converted(one.tax, rate) for one in sums]) if foreign else None,
    )


def xml(
    company: Company, typed: dict[str, Any], lines: Sequence[dict[str, Any]], *, now: dt.datetime
) -> bytes:
    """The document of a form that has been checked. ``now`` is an aware moment."""
    return write(
        Faktura(
            naglowek=Naglowek(data_wytworzenia_fa=now.replace(microsecond=0), system_info="Liczydło"),
            podmiot1=_seller(company, typed),
            podmiot2=_buyer(typed),
            fa=_body(typed, lines),
            stopka=Stopka(informacje=(Informacja(stopka_faktury=typed["remarks"]),))
            if typed["remarks"]
            else None,
        )
    )


def _seller(company: Company, typed: dict[str, Any]) -> Podmiot1:
    contact = DaneKontaktowe(email=company.email or None, telefon=company.phone or None)
    return Podmiot1(
        prefiks_podatnika="PL" if typed["buyer_kind"] == "eu" else None,
        dane_identyfikacyjne=TozsamoscPodatnika(nip=company.nip, nazwa=company.name),
        adres=Adres(kod_kraju="PL", adres_l1=company.line1, adres_l2=company.line2 or None),
        dane_kontaktowe=(contact,) if contact.email or contact.telefon else (),
    )


def _buyer(typed: dict[str, Any]) -> Podmiot2:
    name, kind = typed["buyer_name"], typed["buyer_kind"]
    country = "PL"
    match kind:
        case "nip":
            identity = TozsamoscNabywcy(nip=typed["buyer_nip"], nazwa=name)
        case "eu":
            country = {"EL": "GR", "XI": "GB"}.get(typed["buyer_eu_country"], typed["buyer_eu_country"])
            number = _tax_number(typed).removeprefix(typed["buyer_eu_country"])
            identity = TozsamoscNabywcy(kod_ue=typed["buyer_eu_country"], nr_vat_ue=number, nazwa=name)
        case "abroad":
            country = typed["buyer_country"].upper()
            identity = TozsamoscNabywcy(kod_kraju=country, nr_id=_tax_number(typed), nazwa=name)
        case _:
            identity = TozsamoscNabywcy(brak_id=1, nazwa=name)
    address = None
    if typed["buyer_line1"]:
        address = Adres(
            kod_kraju=country, adres_l1=typed["buyer_line1"], adres_l2=typed["buyer_line2"] or None
        )
    return Podmiot2(dane_identyfikacyjne=identity, adres=address)


def _tax_number(typed: dict[str, Any]) -> str:
    return "".join(typed["buyer_tax_number"].split()).upper()


def _body(typed: dict[str, Any], lines: Sequence[dict[str, Any]]) -> Fa:
    sums = _sums(lines)
    rate = typed["exchange_rate"] if typed["currency"] != "PLN" else None
    amounts: dict[str, Any] = {}
    for one in sums:
        net_field, tax_field = FIELDS[one.rate]
        amounts[net_field] = one.net
        if tax_field:
            amounts[tax_field] = one.tax
            if rate is not None:
                amounts[f"{tax_field}w"] = money.converted(one.tax, rate)
    sold = typed["sale_date"]
    return Fa(
        kod_waluty=typed["currency"],
        p_1=typed["issue_date"],
        p_2=typed["number"],
        p_6=sold if sold and sold != typed["issue_date"] else None,
        p_15=money.total([one.net + one.tax for one in sums]),
        adnotacje=_marks(typed, {one.rate for one in sums}),
        rodzaj_faktury="VAT",
        fa_wiersz=tuple(_line(number, line, rate) for number, line in enumerate(lines, 1)),
        platnosc=_payment(typed),
        **amounts,
    )


def _line(number: int, line: dict[str, Any], rate: Decimal | None) -> FaWiersz:
    return FaWiersz(
        nr_wiersza_fa=number,
        p_7=line["name"],
        p_8a=line["unit"] or None,
        p_8b=line["quantity"],
        p_9a=line["price"],
        p_11=net(line),
        p_12=line["rate"],
        kurs_waluty=rate,
    )


def _marks(typed: dict[str, Any], rates: set[str]) -> Adnotacje:
    exempt = Zwolnienie(p_19=1, p_19a=typed["exemption"]) if "zw" in rates else Zwolnienie(p_19n=1)
    return Adnotacje(
        p_18=1 if "oo" in rates else 2,
        p_18a=1 if typed["split_payment"] else 2,
        zwolnienie=exempt,
    )


def _payment(typed: dict[str, Any]) -> Platnosc:
    by_transfer = typed["payment"] == TRANSFER and typed["account"]
    account = (RachunekBankowy(nr_rb=typed["account"]),) if by_transfer else ()
    if typed["paid"]:
        return Platnosc(
            zaplacono=1,
            data_zaplaty=typed["issue_date"],
            forma_platnosci=typed["payment"],
            rachunek_bankowy=account,
        )
    due = (TerminPlatnosci(termin=typed["due_date"]),) if typed["due_date"] else ()
    return Platnosc(termin_platnosci=due, forma_platnosci=typed["payment"], rachunek_bankowy=account)
