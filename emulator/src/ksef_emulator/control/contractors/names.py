"""What people call kinds, structures, corrections, marks and scams."""

from __future__ import annotations

from ...pages.words import Both
from .marks import Mark
from .orders import Correction, Form, Kind, Scam

KIND_NAMES: dict[Kind, Both] = {
    "VAT": ("Faktura (VAT)", "Invoice (VAT)"),
    "UPR": ("Faktura uproszczona do 450 zł (UPR)", "Simplified invoice up to 450 zł (UPR)"),
    "ZAL": ("Faktura zaliczkowa (ZAL)", "Advance invoice (ZAL)"),
    "ROZ": ("Zaliczka i jej rozliczenie (ZAL + ROZ)", "An advance and its settlement (ZAL + ROZ)"),
    "KOR": ("Korekta (KOR)", "Correction (KOR)"),
    "KOR_ZAL": ("Zaliczka i jej korekta (KOR_ZAL)", "An advance and its correction (KOR_ZAL)"),
    "KOR_ROZ": ("Rozliczenie zaliczki i jego korekta (KOR_ROZ)", "A settlement and its correction (KOR_ROZ)"),
    "VAT_RR": ("Od rolnika ryczałtowego (VAT_RR)", "From a flat-rate farmer (VAT_RR)"),
    "KOR_VAT_RR": ("Od rolnika, z korektą (KOR_VAT_RR)", "From a farmer, with a correction (KOR_VAT_RR)"),
    "VAT_PEF": ("Faktura PEF", "PEF invoice"),
    "KOR_PEF": ("Faktura PEF i jej korekta", "A PEF invoice and its credit note"),
}
FORM_NAMES: dict[Form, Both] = {
    "FA (3)": ("FA (3)", "FA (3)"),
    "FA (2)": ("FA (2), poprzednia", "FA (2), the former"),
}
CORRECTION_NAMES: dict[Correction, Both] = {
    "discount": ("rabat po sprzedaży", "a discount after the sale"),
    "price": ("cenę", "the price"),
    "quantity": ("ilość", "the quantity"),
    "data": ("adres nabywcy", "the buyer's address"),
}
MARK_NAMES: dict[Mark, Both] = {
    Mark.SPLIT_PAYMENT: ("mechanizm podzielonej płatności", "split payment"),
    Mark.REVERSE_CHARGE: ("odwrotne obciążenie", "reverse charge"),
    Mark.MARGIN: ("marża, towary używane", "margin scheme, used goods"),
    Mark.MIXED_RATES: ("różne stawki", "several rates"),
    Mark.INSTALMENTS: ("trzy terminy płatności i skonto", "three terms of payment and a discount"),
    Mark.PAID: ("zapłacona kartą", "paid by card"),
    Mark.SELF_INVOICING: ("samofakturowanie", "self-invoicing"),
    Mark.ATTACHMENT: ("załącznik", "an attachment"),
}
SCAM_NAMES: dict[Scam, Both] = {
    "account": ("znany kontrahent, inny rachunek", "a known contractor, another account"),
    "look-alike": ("podobna nazwa, inny NIP", "a similar name, another NIP"),
    "double-number": (
        "drugi raz ta sama, numer inaczej zapisany",
        "the same again, its number spelt otherwise",
    ),
    "double-amount": ("drugi raz to samo, następny numer", "the same again, the next number"),
    "stranger": ("nieznany nadawca, wysoka pilna opłata", "an unknown sender, a high urgent fee"),
}
