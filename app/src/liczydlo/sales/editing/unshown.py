"""Parts of a draft in words: those that a form does not show, and those that „Wystaw podobną" does not take over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from liczydlo.companies.models import Company
from liczydlo.fa3.draft import InvoiceDraft, Line
from liczydlo.sales import composing, similar
from liczydlo.sales.editing.advance import as_sale

WORDS: Final[Mapping[str, str | Promise]] = {
    "place": gettext_lazy("miejsce wystawienia"),
    "currency": gettext_lazy("waluta, której nie ma w formularzu"),
    "seller": gettext_lazy("EORI i adres do korespondencji sprzedawcy"),
    "seller_status": gettext_lazy("status sprzedawcy"),
    "buyer": gettext_lazy("dalsze dane nabywcy"),
    "third_parties": gettext_lazy("dalsze dane innych podmiotów"),
    "authorised": gettext_lazy("dalsze dane wystawcy za sprzedawcę"),
    "lines": gettext_lazy("dalsze dane pozycji"),
    "lines.rate": gettext_lazy("stawki, których nie ma w formularzu"),
    "lines.quantity": gettext_lazy("pozycje bez ilości"),
    "lines.net_price": gettext_lazy("ceny netto i brutto na jednej fakturze"),
    "lines.gross_price": gettext_lazy("ceny netto i brutto na jednej fakturze"),
    "lines.discount": gettext_lazy("rabaty w pozycjach"),
    "lines.net": gettext_lazy("wartości pozycji podane wprost"),
    "lines.gross": gettext_lazy("wartości pozycji podane wprost"),
    "lines.vat": gettext_lazy("wartości pozycji podane wprost"),
    "sums": gettext_lazy("sumy podane wprost"),
    "total": gettext_lazy("sumy podane wprost"),
    "marks": gettext_lazy("adnotacje spoza formularza"),
    "marks.new_transport": gettext_lazy("nowe środki transportu"),
    "marks.art_42_5": gettext_lazy("nowe środki transportu"),
    "marks.margin": gettext_lazy("procedura marży"),
    "marks.self_billing": gettext_lazy("samofakturowanie"),
    "payment.parts": gettext_lazy("zapłaty częściowe, które już były"),
    "payment.settled_in_parts": gettext_lazy("zapłaty częściowe, które już były"),
    "payment.ipksef": gettext_lazy("numer i link płatności"),
    "payment.link": gettext_lazy("numer i link płatności"),
    "payment": gettext_lazy("dalsze dane płatności"),
    "settlement": gettext_lazy("obciążenia i odliczenia"),
    "settlement.sums": gettext_lazy("sumy rozliczenia podane wprost"),
    "advance_rate": gettext_lazy("kurs waluty zaliczki (KursWalutyZ)"),
    "part_payments": gettext_lazy("daty wpłat"),
    "delivery_notes": gettext_lazy("numery WZ"),
    "remarks": gettext_lazy("dodatkowe opisy"),
    "terms": gettext_lazy("transport albo dalsze warunki transakcji"),
    "footer": gettext_lazy("dalsza stopka"),
    "attachment": gettext_lazy("załącznik"),
    "correction": gettext_lazy("dane korekty: faktury korygowane, przyczyna, dane sprzed korekty"),
    "order": gettext_lazy("zamówienie inne niż z pozycji netto"),
    "advance": gettext_lazy("kwota zaliczek"),
    "advances": gettext_lazy("numery rozliczanych zaliczek"),
}
"""What a form does not show, by the field of the draft; one that is not named here goes by the one that holds it."""
TOO_MANY: Final = gettext_lazy("wszystkich pozycji: faktura ma ich więcej niż %(most)d")


RECOUNTED: Final = ("sums", "total", "settlement.sums", "lines.net", "lines.gross", "lines.vat")
"""What is worked out anew once a line is changed, so that it does not stay whatever is done."""


@dataclass(frozen=True, kw_only=True)
class Stays:
    """What a draft keeps though the form does not show it, in words: for good, and until lines are changed."""

    always: Sequence[str] = ()
    until_changed: Sequence[str] = ()


def stays(draft: InvoiceDraft, form_draft: InvoiceDraft, lines: Sequence[Line]) -> Stays:
    """What the form does not show of a draft that it ``form_draft``, its lines apart."""
    names = list(similar.differences(draft, form_draft))
    names += [
        f"lines.{name}"
        for name in ("net", "gross", "vat")
        if any(getattr(one, name) is not None for one in lines)
    ]
    until = [name for name in names if name in RECOUNTED]
    return Stays(
        always=words_of_fields(name for name in names if name not in RECOUNTED),
        until_changed=words_of_fields(until),
    )


def words_of_fields(names: Iterable[str]) -> list[str]:
    """Words for fields of a draft, each once; what is none stays as it is."""
    return list(dict.fromkeys(str(_words(one)) for one in names))


def words(company: Company, draft: InvoiceDraft) -> list[str]:
    """Words for what the form does not show of a draft."""
    sale = draft if draft.kind != "ZAL" else as_sale(draft)
    return words_of_fields(similar.differences(sale, _as_form_makes_it(company, sale)))


def _as_form_makes_it(company: Company, draft: InvoiceDraft) -> InvoiceDraft:
    """What the form would make of it, the seller and an empty name of the buyer apart."""
    form_draft = composing.as_typed(company, replace(draft, kind="VAT"))
    buyer = (
        form_draft.buyer
        and draft.buyer
        and replace(form_draft.buyer, name=form_draft.buyer.name or draft.buyer.name)
    )
    return replace(form_draft, kind=draft.kind, seller=draft.seller, buyer=buyer, number=draft.number)


def _words(name: str) -> str | Promise:
    while name not in WORDS and "." in name:
        name = name.rpartition(".")[0]
    return WORDS.get(name, name)
