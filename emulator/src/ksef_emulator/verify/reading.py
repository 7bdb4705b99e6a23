"""An FA document as a person reads it: parties, lines, totals by rate, payment (official names of FA(2) and FA(3))."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

RATES = (
    ("1", "23% / 22%"),
    ("2", "8% / 7%"),
    ("3", "5%"),
    ("4", "4% / 3%"),
    ("5", "OSS"),
    ("6_1", "0%"),
    ("6_2", "0% WDT"),
    ("6_3", "0% eksport"),
    ("7", "zw"),
    ("8", "np"),
    ("9", "np art. 100"),
    ("10", "oo"),
    ("11", "marża"),
)
"""Sums of net values by rate: P_13_x, with their tax in P_14_x where there is one."""
KINDS = {
    "VAT": ("Faktura", "Invoice"),
    "KOR": ("Faktura korygująca", "Correcting invoice"),
    "ZAL": ("Faktura zaliczkowa", "Advance invoice"),
    "ROZ": ("Faktura rozliczeniowa", "Settling invoice"),
    "UPR": ("Faktura uproszczona", "Simplified invoice"),
    "KOR_ZAL": ("Korekta faktury zaliczkowej", "Correction of an advance invoice"),
    "KOR_ROZ": ("Korekta faktury rozliczeniowej", "Correction of a settling invoice"),
}


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody in the document; ``identifier`` has its kind before it."""

    name: str
    identifier: str
    address: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row, as written; amounts are texts of the document."""

    name: str
    quantity: str
    unit: str
    price: str
    amount: str
    rate: str


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the page shows. Empty texts stand for what the document does not say."""

    kind: tuple[str, str]
    number: str
    place: str
    seller: Reader
    buyer: Reader
    others: tuple[Reader, ...]
    lines: tuple[Line, ...]
    totals: tuple[tuple[str, str, str], ...]
    gross: str
    currency: str
    sold: str
    due: tuple[str, ...]
    account: tuple[str, ...]
    corrects: tuple[str, ...]
    reason: str
    remarks: tuple[str, ...]


def read(document: bytes) -> Reading | None:
    """None for documents of other kinds (PEF, RR), which are shown as XML only."""
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    fa = root.find("{*}Fa")
    if fa is None:
        return None
    others = [*root.findall("{*}Podmiot3"), *root.findall("{*}PodmiotUpowazniony")]
    kind = _text(fa, "RodzajFaktury")
    return Reading(
        kind=KINDS.get(kind, (kind, kind)),
        number=_text(fa, "P_2"),
        place=_text(fa, "P_1M"),
        seller=_party(root.find("{*}Podmiot1")),
        buyer=_party(root.find("{*}Podmiot2")),
        others=tuple(_party(each) for each in others),
        lines=tuple(_line(each) for each in fa.findall("{*}FaWiersz")),
        totals=tuple(
            (label, net, _text(fa, f"P_14_{name}"))
            for name, label in RATES
            if (net := _text(fa, f"P_13_{name}"))
        ),
        gross=_text(fa, "P_15"),
        currency=_text(fa, "KodWaluty"),
        sold=_day(_text(fa, "P_6")),
        due=tuple(map(_day, _texts(fa, "Platnosc/{*}TerminPlatnosci/{*}Termin"))),
        account=_texts(fa, "Platnosc/{*}RachunekBankowy/{*}NrRB"),
        corrects=_texts(fa, "DaneFaKorygowanej/{*}NrFaKorygowanej"),
        reason=_text(fa, "PrzyczynaKorekty"),
        remarks=_texts(root, "Stopka/{*}Informacje/{*}StopkaFaktury"),
    )


def _party(node: etree._Element | None) -> Reader:
    if node is None:
        return Reader(name="", identifier="", address=())
    known = node.find("{*}DaneIdentyfikacyjne")
    identifier = ""
    for tag, label in (("NIP", "NIP"), ("IDWew", "ID"), ("NrID", "ID")):
        if known is not None and (value := _text(known, tag)):
            identifier = f"{label} {value}"
            break
    vat = _text(known, "NrVatUE") if known is not None else ""
    if vat and known is not None:
        identifier = f"VAT UE {_text(known, 'KodUE')}{vat}"
    address = node.find("{*}Adres")
    lines = (
        () if address is None else tuple(filter(None, (_text(address, "AdresL1"), _text(address, "AdresL2"))))
    )
    return Reader(
        name=_text(known, "Nazwa") if known is not None else "", identifier=identifier, address=lines
    )


def _line(row: etree._Element) -> Line:
    return Line(
        name=_text(row, "P_7"),
        quantity=_text(row, "P_8B"),
        unit=_text(row, "P_8A"),
        price=_text(row, "P_9A") or _text(row, "P_9B"),
        amount=_text(row, "P_11") or _text(row, "P_11A"),
        rate=_text(row, "P_12") or _text(row, "P_12_XII"),
    )


def _day(text: str) -> str:
    """``2026-11-24`` → ``24.11.2026``; what is no day stays as it is."""
    parts = text.split("-")
    return ".".join(reversed(parts)) if len(parts) == 3 else text


def _text(node: etree._Element, path: str) -> str:
    return (node.findtext(f"{{*}}{path}") or "").strip()


def _texts(node: etree._Element, path: str) -> tuple[str, ...]:
    return tuple((each.text or "").strip() for each in node.findall(f"{{*}}{path}"))
