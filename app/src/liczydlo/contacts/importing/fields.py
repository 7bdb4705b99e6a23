"""What columns of a file may be, and how programs call them. Names are written as ``spreadsheets.columns.plain`` does,
the surest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.contacts.models import ImportKind

CONTRACTOR_LABELS: Final[dict[str, str | Promise]] = {
    "name": _("Nazwa albo imię i nazwisko"),
    "number": _("NIP albo inny numer podatkowy"),
    "eu_number": _("Numer VAT UE"),
    "country": _("Kraj"),
    "street": _("Ulica (albo cały adres)"),
    "building": _("Numer domu"),
    "flat": _("Numer lokalu"),
    "postcode": _("Kod pocztowy"),
    "town": _("Miejscowość"),
    "line2": _("Kod pocztowy i miejscowość razem"),
    "email": _("E-mail do faktur"),
    "payment_days": _("Termin płatności (dni)"),
    "payment_form": _("Forma płatności"),
    "currency": _("Waluta"),
    "language": _("Język wydruków"),
    "note": _("Notatka"),
}
CONTRACTOR_NAMES: Final[dict[str, Sequence[str]]] = {
    "name": (
        *("nazwa", "nazwa pelna", "pelna nazwa", "nazwa firmy", "nazwa kontrahenta", "firma", "kontrahent"),
        *("nabywca", "nazwa nabywcy", "klient", "nazwa klienta", "odbiorca", "dostawca", "imie i nazwisko"),
        *("nazwa albo imie i nazwisko", "name", "company name", "company", "full name", "customer name"),
        *("customer", "client", "supplier", "nazwa skrocona", "nazwa 1", "nazwa1"),
    ),
    "number": (
        *("nip", "nr nip", "numer nip", "nip kontrahenta", "nip nabywcy", "nip firmy", "nip regon"),
        *(
            "numer podatkowy",
            "identyfikator podatkowy",
            "tax no",
            "tax id",
            "tax number",
            "tax identification",
        ),
        *(
            "buyer tax no",
            "vat number",
            "vat no",
            "vat id",
            "nip pesel",
            "pesel nip",
            "nip albo inny numer podatkowy",
        ),
    ),
    "eu_number": (
        *("nip ue", "numer vat ue", "vat ue", "nr vat ue", "numer nip ue", "nip europejski", "eu vat"),
        *("eu vat number", "vat eu", "european vat number"),
    ),
    "country": ("kraj", "kod kraju", "panstwo", "country", "country code", "prefiks kraju"),
    "street": (
        *("ulica i numer", "ulica", "ulica nr", "ulica i nr", "adres", "adres ulica", "adres siedziby"),
        *("street", "street address", "address", "address line 1", "address 1", "ulica albo caly adres"),
    ),
    "building": ("nr domu", "numer domu", "nr budynku", "numer budynku", "dom", "building", "house number"),
    "flat": (
        *("nr lokalu", "numer lokalu", "lokal", "nr mieszkania", "numer mieszkania", "mieszkanie"),
        *("flat", "apartment", "flat number"),
    ),
    "postcode": ("kod pocztowy", "kod", "post code", "postcode", "postal code", "zip", "zip code"),
    "town": ("miejscowosc", "miasto", "city", "town", "poczta"),
    "line2": (
        "kod pocztowy i miejscowosc",
        "kod i miejscowosc",
        "kod i miasto",
        "address line 2",
        "address 2",
    ),
    "email": (
        *(
            "e mail",
            "email",
            "e mail do faktur",
            "adres e mail",
            "adres email",
            "mail",
            "poczta elektroniczna",
        ),
        *("email address", "e mail address"),
    ),
    "payment_days": (
        *("termin platnosci", "termin platnosci dni", "termin", "dni platnosci", "termin zaplaty"),
        *("payment term", "payment terms", "payment days", "payment to"),
    ),
    "payment_form": (
        *("forma platnosci", "sposob platnosci", "metoda platnosci", "forma zaplaty", "platnosc"),
        *("payment method", "payment type", "payment form"),
    ),
    "currency": ("waluta", "currency", "kod waluty", "currency code"),
    "language": ("jezyk", "jezyk wydrukow", "jezyk faktury", "language"),
    "note": ("notatka", "uwagi", "opis", "komentarz", "notatki", "note", "notes", "comment", "comments"),
}
ITEM_LABELS: Final[dict[str, str | Promise]] = {
    "name": _("Nazwa towaru lub usługi"),
    "symbol": _("Symbol"),
    "unit": _("Jednostka"),
    "net_price": _("Cena netto"),
    "currency": _("Waluta"),
    "rate": _("Stawka VAT"),
    "gtu": "GTU",
    "pkwiu": "PKWiU",
    "cn": "CN",
}
ITEM_NAMES: Final[dict[str, Sequence[str]]] = {
    "name": (
        *(
            "nazwa",
            "nazwa towaru lub uslugi",
            "nazwa towaru",
            "nazwa uslugi",
            "nazwa produktu",
            "nazwa pozycji",
        ),
        *("towar", "usluga", "produkt", "towar usluga", "name", "product name", "product", "item", "service"),
    ),
    "symbol": (
        *("symbol", "kod", "indeks", "kod towaru", "kod produktu", "symbol towaru", "sku", "index", "code"),
        *("product code", "item code", "nr katalogowy", "numer katalogowy"),
    ),
    "unit": (
        "j m",
        "jm",
        "jednostka",
        "jednostka miary",
        "jedn",
        "jedn miary",
        "miara",
        "unit",
        "quantity unit",
    ),
    "net_price": (
        *("cena netto", "netto", "cena sprzedazy netto", "cena jednostkowa netto", "cena jedn netto", "cena"),
        *("net price", "price net", "unit price", "price"),
    ),
    "currency": ("waluta", "currency", "kod waluty", "currency code"),
    "rate": (
        "stawka vat",
        "vat",
        "stawka",
        "stawka podatku",
        "vat rate",
        "tax",
        "tax rate",
        "stawka vat sprzedazy",
    ),
    "gtu": ("gtu", "kod gtu", "oznaczenie gtu", "gtu code"),
    "pkwiu": ("pkwiu", "kod pkwiu", "symbol pkwiu"),
    "cn": ("cn", "kod cn", "cn code", "kod nomenklatury scalonej"),
}
LABELS: Final[Mapping[str, Mapping[str, str | Promise]]] = {
    ImportKind.CONTRACTORS: CONTRACTOR_LABELS,
    ImportKind.ITEMS: ITEM_LABELS,
}
NAMES: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    ImportKind.CONTRACTORS: CONTRACTOR_NAMES,
    ImportKind.ITEMS: ITEM_NAMES,
}
REQUIRED: Final = "name"
"""The field without which no line can be stored."""
