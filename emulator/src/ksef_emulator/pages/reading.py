"""An FA document as a person reads it: parties, lines, totals by rate, payment, what it corrects.

Names and meanings of elements: the official schemas of FA(2) and FA(3). Every text is the document's own; dates,
account numbers and rates are only written the way people read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from .reading_words import (
    FORMS_OF_PAYMENT,
    KINDS,
    MARGINS,
    NOTES,
    RATES,
    ROLES,
    ROLES_OF_AUTHORIZED,
    SUMS,
    Words,
)


@dataclass(frozen=True, kw_only=True)
class Party:
    """Somebody in the document, and what they are there; ``identifier`` has its kind before it."""

    role: Words
    name: str
    identifier: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row, as written; ``codes`` are PKWiU, CN, GTU and such, ``before`` marks the state before a correction."""

    name: str
    codes: str
    quantity: str
    price: str
    discount: str
    amount: str
    tax: str
    rate: str
    before: bool


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the page shows. ``gross`` tells that the prices of the lines have VAT in them; ``facts``, ``payment`` and
    ``more`` are words with a value each; empty texts stand for what the document does not say."""

    kind: Words
    number: str
    facts: tuple[tuple[Words, Words], ...]
    parties: tuple[Party, ...]
    lines: tuple[Line, ...]
    gross: bool
    totals: tuple[tuple[Words, str, str], ...]
    amount: str
    to_pay: str
    currency: str
    notes: tuple[Words, ...]
    payment: tuple[tuple[Words, Words], ...]
    more: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    attachment: bool


def read(document: bytes) -> Reading | None:
    """None for documents of other kinds (PEF, RR), which are shown as XML only."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    root = etree.fromstring(document, parser)
    fa = root.find("{*}Fa")
    if fa is None:
        return None
    kind = _text(fa, "RodzajFaktury")
    rows = fa.findall("{*}FaWiersz") or fa.findall("{*}Zamowienie/{*}ZamowienieWiersz")
    return Reading(
        kind=KINDS.get(kind, (kind, kind)),
        number=_text(fa, "P_2"),
        facts=tuple(_filled(_facts(fa))),
        parties=tuple(_parties(root, fa)),
        lines=tuple(_line(row) for row in rows),
        gross=any(_text(row, "P_9B") or _text(row, "P_11A") for row in rows),
        totals=tuple(
            (words, net, _text(fa, f"P_14_{name}"))
            for name, words in SUMS
            if (net := _text(fa, f"P_13_{name}"))
        ),
        amount=_text(fa, "P_15"),
        to_pay=_text(fa, "Rozliczenie/{*}DoZaplaty"),
        currency=_text(fa, "KodWaluty"),
        notes=tuple(_notes(fa)),
        payment=tuple(_filled(_payment(fa))),
        more=tuple(_more(root, fa)),
        remarks=_texts(root, "Stopka/{*}Informacje/{*}StopkaFaktury"),
        attachment=root.find("{*}Zalacznik") is not None,
    )


def _facts(fa: etree._Element) -> Iterator[tuple[Words, str]]:
    """Dates, what is corrected or settled, the rate of a foreign currency."""
    yield ("Miejsce wystawienia", "Place of issue"), _text(fa, "P_1M")
    yield ("Data dostawy lub wykonania usługi", "Date of delivery or service"), _day(_text(fa, "P_6"))
    if fa.find("{*}OkresFa") is not None:
        days = (_day(_text(fa, f"OkresFa/{{*}}{end}")) for end in ("P_6_Od", "P_6_Do"))
        yield ("Okres", "Period"), " – ".join(days)
    for node in fa.findall("{*}DaneFaKorygowanej"):
        issued = _day(_text(node, "DataWystFaKorygowanej"))
        ksef = _text(node, "NrKSeFFaKorygowanej") or "–"
        yield (
            ("Koryguje fakturę", "Corrects invoice"),
            f"{_text(node, 'NrFaKorygowanej')} · {issued} · KSeF: {ksef}",
        )
    yield ("Okres korygowany", "Corrected period"), _text(fa, "OkresFaKorygowanej")
    yield ("Przyczyna korekty", "Reason of the correction"), _text(fa, "PrzyczynaKorekty")
    for node in fa.findall("{*}FakturaZaliczkowa"):
        number = _text(node, "NrKSeFFaZaliczkowej") or _text(node, "NrFaZaliczkowej")
        yield ("Faktura zaliczkowa", "Advance invoice"), number
    yield ("Kurs waluty", "Rate of exchange"), _comma(_text(fa, "KursWalutyZ"))
    for node in fa.findall("{*}WarunkiTransakcji/{*}Zamowienia"):
        yield (
            ("Zamówienie", "Order"),
            _joined(_text(node, "NrZamowienia"), _day(_text(node, "DataZamowienia"))),
        )
    for node in fa.findall("{*}WarunkiTransakcji/{*}Umowy"):
        yield ("Umowa", "Contract"), _joined(_text(node, "NrUmowy"), _day(_text(node, "DataUmowy")))


def _parties(root: etree._Element, fa: etree._Element) -> Iterator[Party]:
    yield _party(root.find("{*}Podmiot1"), ("Sprzedawca", "Seller"))
    yield _party(root.find("{*}Podmiot2"), ("Nabywca", "Buyer"))
    for node in root.findall("{*}Podmiot3"):
        other = _text(node, "OpisRoli")
        role = (other, other) if other else ROLES.get(_text(node, "Rola"), ("Podmiot trzeci", "Third party"))
        yield _party(node, role)
    for node in root.findall("{*}PodmiotUpowazniony"):
        unknown = ("Podmiot upoważniony", "Authorized party")
        yield _party(node, ROLES_OF_AUTHORIZED.get(_text(node, "RolaPU"), unknown))
    for node in fa.findall("{*}Podmiot1K"):
        yield _party(node, ("Sprzedawca przed korektą", "Seller before the correction"))
    for node in fa.findall("{*}Podmiot2K"):
        yield _party(node, ("Nabywca przed korektą", "Buyer before the correction"))


def _party(node: etree._Element | None, role: Words) -> Party:
    if node is None:
        return Party(role=role, name="", identifier="", lines=())
    identity = node.find("{*}DaneIdentyfikacyjne")
    if identity is None:
        identity = node
    vat_ue, number = _text(identity, "NrVatUE"), _text(identity, "NrID")
    nip, unit = _text(identity, "NIP"), _text(identity, "IDWew")
    identifier = (
        f"NIP {_text(node, 'PrefiksPodatnika')}{nip}"
        if nip
        else f"VAT UE {_text(identity, 'KodUE')}{vat_ue}"
        if vat_ue
        else f"ID {unit or number}"
        if unit or number
        else ""
    )
    country = _text(node, "Adres/{*}KodKraju")
    parts = (
        *(_text(node, f"Adres/{{*}}{name}") for name in ("AdresL1", "AdresL2")),
        "" if country == "PL" else country,
        *_texts(node, "DaneKontaktowe/{*}Email"),
        *_texts(node, "DaneKontaktowe/{*}Telefon"),
    )
    return Party(
        role=role, name=_text(identity, "Nazwa"), identifier=identifier, lines=tuple(filter(None, parts))
    )


def _line(row: etree._Element) -> Line:
    """Of an invoice; or of an order, whose names have a Z at their end."""
    rate, oss = _either(row, "P_12"), _either(row, "P_12_XII")
    codes = (
        f"{name} {code}" for name in ("Indeks", "GTIN", "PKWiU", "CN", "GTU") if (code := _either(row, name))
    )
    return Line(
        name=_either(row, "P_7"),
        codes=", ".join(codes),
        quantity=f"{_comma(_either(row, 'P_8B'))} {_either(row, 'P_8A')}".strip(),
        price=_either(row, "P_9A") or _text(row, "P_9B"),
        discount=_text(row, "P_10"),
        amount=_text(row, "P_11") or _text(row, "P_11A") or _text(row, "P_11NettoZ"),
        tax=_either(row, "P_11Vat"),
        rate=RATES.get(rate, f"{_comma(rate or oss)}%" if rate or oss else ""),
        before=_either(row, "StanPrzed") == "1",
    )


def _notes(fa: etree._Element) -> Iterator[Words]:
    """What the law wants said in words (art. 106e)."""
    for path, words in NOTES:
        if _text(fa, f"Adnotacje/{{*}}{path}") == "1":
            yield words
    for basis in ("P_19A", "P_19B", "P_19C"):
        if law := _text(fa, f"Adnotacje/{{*}}Zwolnienie/{{*}}{basis}"):
            yield f"Zwolnienie z VAT: {law}", f"Exempt from VAT: {law}"
    for path, words in MARGINS:
        if _text(fa, f"Adnotacje/{{*}}PMarzy/{{*}}{path}") == "1":
            yield words


def _payment(fa: etree._Element) -> Iterator[tuple[Words, Words | str]]:
    paid = fa.find("{*}Platnosc")
    if paid is None:
        return
    if _text(paid, "Zaplacono") == "1":
        yield ("Zapłacono", "Paid"), _day(_text(paid, "DataZaplaty")) or ("tak", "yes")
    for node in paid.findall("{*}ZaplataCzesciowa"):
        part = f"{_comma(_text(node, 'KwotaZaplatyCzesciowej'))} {_text(fa, 'KodWaluty')}"
        yield ("Zapłacono część", "Paid in part"), _joined(part, _day(_text(node, "DataZaplatyCzesciowej")))
    for node in paid.findall("{*}TerminPlatnosci"):
        described = " ".join(
            filter(None, ((one.text or "").strip() for one in node.findall("{*}TerminOpis/*")))
        )
        yield (
            ("Termin płatności", "Payment due"),
            _day(_text(node, "Termin")) or described or _text(node, "TerminOpis"),
        )
    form = _text(paid, "FormaPlatnosci")
    if form in FORMS_OF_PAYMENT:
        yield ("Forma płatności", "Form of payment"), FORMS_OF_PAYMENT[form]
    yield ("Forma płatności", "Form of payment"), _text(paid, "OpisPlatnosci")
    for path, words in (
        ("RachunekBankowy", ("Rachunek bankowy", "Bank account")),
        ("RachunekBankowyFaktora", ("Rachunek faktora", "The factor's account")),
    ):
        for node in paid.findall(f"{{*}}{path}"):
            bank = (_text(node, name) for name in ("NazwaBanku", "SWIFT", "OpisRachunku"))
            yield words, _joined(_account(_text(node, "NrRB")), *bank)
    for node in paid.findall("{*}Skonto"):
        yield ("Skonto", "Discount"), _joined(_text(node, "WysokoscSkonta"), _text(node, "WarunkiSkonta"))


def _more(root: etree._Element, fa: etree._Element) -> Iterator[tuple[str, str]]:
    """What the issuer added under names of their own, and the registers that they are in."""
    for node in fa.findall("{*}DodatkowyOpis"):
        row = _text(node, "NrWiersza")
        yield f"{_text(node, 'Klucz')}{f' ({row})' if row else ''}", _text(node, "Wartosc")
    for node in root.findall("{*}Stopka/{*}Rejestry"):
        for name in ("KRS", "REGON", "BDO"):
            if value := _text(node, name):
                yield name, value


def _filled(pairs: Iterable[tuple[Words, Words | str]]) -> Iterator[tuple[Words, Words]]:
    """Without what the document does not say; the document's own texts are the same in both languages."""
    return ((words, (value, value) if isinstance(value, str) else value) for words, value in pairs if value)


def _either(row: etree._Element, name: str) -> str:
    """A field of an invoice's line, or the same one of an order's line."""
    stem, ending = (name.removesuffix("_XII"), "_XII") if name.endswith("_XII") else (name, "")
    return _text(row, name) or _text(row, f"{stem}Z{ending}")


def _day(text: str) -> str:
    """``2026-11-24`` → ``24.11.2026``; what is no day stays as it is."""
    parts = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(Z|[+-]\d{2}:\d{2})?", text, re.ASCII)
    return f"{parts[3]}.{parts[2]}.{parts[1]}" if parts else text


def _account(text: str) -> str:
    """A Polish number in its groups: two digits, then by four."""
    bare = text.removeprefix("PL").replace(" ", "")
    return (
        " ".join((bare[:2], *re.findall(".{4}", bare[2:])))
        if re.fullmatch(r"\d{26}", bare, re.ASCII)
        else text
    )


def _comma(text: str) -> str:
    return text.replace(".", ",")


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _text(node: etree._Element, path: str) -> str:
    return (node.findtext(f"{{*}}{path}") or "").strip()


def _texts(node: etree._Element, path: str) -> tuple[str, ...]:
    return tuple((item.text or "").strip() for item in node.findall(f"{{*}}{path}"))
