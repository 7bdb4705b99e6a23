"""From a document's bytes to everything that its print and its page say."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any, Final

from liczydlo.prints import attachment, groups, lines, parties, pef, reading, sums, transfer
from liczydlo.prints.choices import KINDS, word
from liczydlo.prints.codes import Codes, svg
from liczydlo.prints.fonts import POINT, metrics
from liczydlo.prints.groups import Group
from liczydlo.prints.labels import Language, label, pick
from liczydlo.prints.look import PLAIN, Look, Window
from liczydlo.prints.parties import Party
from liczydlo.prints.reading import Node, Pair
from liczydlo.prints.typesetting import PrintError
from liczydlo.prints.values import day, seconds, soft

_WORDS: Final = (
    *(
        "page",
        "ksef_number",
        "sums",
        "marks",
        "notes",
        "other",
        "cannot_scan",
        "inside",
        "lost",
        "scan_to_pay",
        *("hidden_rows", "hidden_tables", "hidden_blocks"),
    ),
)
_TYPED: Final = 400  # characters; the link of an RSA signature is longer, and nobody types it from paper


@dataclass(frozen=True, kw_only=True)
class InvoiceView:
    """What ``invoice.typ`` and ``invoice.html`` show, written as people read it.

    ``moment`` is when the document was made, in seconds since 1970. ``other`` is whatever no other field has read.
    """

    language: Language
    moment: int
    title: str
    number: str
    ksef: str
    dates: list[Pair]
    parties: list[Party]
    order: dict[str, Any] | None
    lines: dict[str, Any] | None
    sums: dict[str, Any] | None
    amounts: list[Pair]
    paid: str
    tables: list[dict[str, Any]]
    groups: list[list[Group]]
    marks: list[str]
    notes: list[Pair]
    attachment: dict[str, Any] | None
    made: str
    codes: list[dict[str, Any]]
    words: dict[str, str]
    other: Group | None
    duplicate: str = ""
    transfer: str = ""
    note: str = ""
    logo: str = ""
    addressee: list[str] = field(default_factory=list)
    window: Window = ""
    correction: list[list[Group]] = field(default_factory=list)
    corrected: dict[str, Any] | None = None


def invoice(
    xml: bytes, *, codes: Codes | None, language: Language, look: Look = PLAIN, brief: bool = False
) -> InvoiceView:
    """FA(3), FA(2), FA_RR(1), PEF(3) or PEF_KOR(3), ``brief`` with the beginning of a large attachment. Raises
    PrintError for anything else."""
    view = _invoice(xml, codes, language, look, brief)
    day_of = "" if look.duplicate is None else day(look.duplicate.isoformat())
    return replace(
        view,
        duplicate=f"{word('duplicate', language)} {day_of}" if day_of else "",
        note=look.note,
        logo=look.logo,
        window=look.window,
    )


def _invoice(xml: bytes, codes: Codes | None, language: Language, look: Look, brief: bool) -> InvoiceView:
    document = reading.document(xml, language)
    if document.name in pef.ROOTS:
        return _of_pef(document, codes)
    fa = document.first("Fa")
    if document.name != "Faktura" or fa is None:
        raise PrintError("not-an-invoice", document.name)
    created = document.text("Naglowek/DataWytworzeniaFa")
    rows, order = fa.all("FaWiersz"), fa.all("Zamowienie/ZamowienieWiersz")
    return InvoiceView(
        language=language,
        moment=seconds(created) or seconds(fa.text("P_1") or fa.text("P_4B")) or 0,
        title=_title(fa),
        number=soft(fa.text("P_2") or fa.text("P_4C"), 44),
        ksef=codes.caption if codes else "",
        dates=_dates(fa),
        parties=parties.parties(document, fa),
        correction=groups.correction(fa),
        corrected=groups.corrected(fa),
        order=_order(fa, order),
        lines=lines.lines(rows, language),
        sums=sums.sums(fa, lines.rates([*rows, *order])),
        amounts=sums.amounts(fa),
        paid=" · ".join(filter(None, (groups.paid_or_due(fa), _in_words(fa)))),
        tables=groups.tables(fa),
        groups=groups.in_columns(groups.groups(document, fa)),
        marks=sums.marks(fa),
        notes=_notes(document, fa),
        attachment=attachment.attachment(document, brief=brief),
        made=_made(document),
        codes=_codes(codes, language),
        words=_words(language),
        transfer=transfer.code(document, fa) if look.transfer_code else "",
        addressee=parties.addressee(document),
        other=groups.other(document),  # last: what nothing above has read
    )


def _title(fa: Node) -> str:
    """The kind; a correction for a rebate of a period (art. 106j ust. 3) is of many invoices."""
    kind = fa.text("RodzajFaktury")
    if kind == "KOR" and fa.first("OkresFaKorygowanej") is not None:
        return word("collective", fa.language)
    return pick(KINDS.get(kind, (kind, kind)), fa.language)


def _order(fa: Node, rows: list[Node]) -> dict[str, Any] | None:
    """The order's lines, under them its ``value`` with its label."""
    table = lines.lines(rows, fa.language)
    if table is None:
        return None
    value = fa.pairs("Zamowienie/WartoscZamowienia")
    currency = fa.text("KodWaluty")
    return {**table, "value": [(title, f"{amount}\u00a0{currency}") for title, amount in value]}


def _in_words(fa: Node) -> str:
    """The sum in words, which the law wants of a VAT RR (art. 116 ust. 2 pkt 12)."""
    words = fa.text("P_12_2")
    return f"{label('P_12_2', fa.language)}: {soft(words)}" if words else ""


def _words(language: Language) -> dict[str, str]:
    return {name: word(name, language) for name in _WORDS} | {
        name: label(name, language) for name in ("Zamowienie", "Zalacznik", "FaWiersz")
    }


def _of_pef(document: Node, codes: Codes | None) -> InvoiceView:
    """PEF is UBL (EN 16931), of whose many fields those that every invoice has stand in their places; the rest is
    listed by name."""
    language = document.language
    parts = pef.parts(document)
    return InvoiceView(
        language=language,
        ksef=codes.caption if codes else "",
        order=None,
        marks=[],
        codes=_codes(codes, language),
        words=_words(language),
        **parts,
        other=groups.other(document),  # last: what nothing above has read
    )


def _dates(fa: Node) -> list[Pair]:
    # P_6 of an advance is the day of its payment (art. 106f ust. 1 pkt 1 of the VAT act)
    day_of = "P_6Z" if fa.text("RodzajFaktury") in ("ZAL", "KOR_ZAL") else "P_6"
    pairs = fa.pairs("P_1", "P_4B", "P_1M", "P_4A")
    pairs += [(label(day_of, fa.language), value) for _, value in fa.pairs("P_6")]
    start, end = fa.text("OkresFa/P_6_Od"), fa.text("OkresFa/P_6_Do")
    if start or end:
        pairs.append((label("OkresFa", fa.language), f"{day(start)} – {day(end)}"))
    delivery = fa.pairs("WZ")
    if delivery:
        pairs.append((delivery[0][0], ", ".join(value for _, value in delivery)))
    if fa.text("KodWaluty") != "PLN":
        pairs += fa.pairs("KodWaluty")
    return pairs + fa.pairs("KursWalutyZ")


def _made(document: Node) -> str:
    """When and by which program, and in which form the XML was made: small print."""
    head = document.first("Naglowek")
    if head is None:
        return ""
    form = " ".join(filter(None, (head.text("KodFormularza"), f"({head.text('WariantFormularza')})")))
    parts = [form, *(f"{title}: {value}" for title, value in head.pairs("DataWytworzeniaFa", "SystemInfo"))]
    return " · ".join(parts)


def _notes(document: Node, fa: Node) -> list[Pair]:
    """Free remarks, of the invoice or of one line, and the footer."""
    pairs: list[Pair] = []
    for node in fa.all("DodatkowyOpis"):
        row = node.text("NrWiersza")
        where = f" ({word('line', document.language)} {row})" if row else ""
        pairs.append((node.words("Klucz") + where, node.words("Wartosc")))
    return pairs + [("", node.words()) for node in document.all("Stopka/Informacje/StopkaFaktury")]


def _codes(codes: Codes | None, language: Language) -> list[dict[str, Any]]:
    """KOD I with its caption, KOD II with „CERTYFIKAT" (ksef-docs kody-qr.md). Raises PrintError."""
    if codes is None:
        return []
    links = [(codes.kod_1, codes.caption, "KOD I", "check")]
    if codes.kod_2:
        links.append((codes.kod_2, word("certificate", language), "KOD II", "check_issuer"))
    try:
        return [
            {
                "svg": svg(link),
                "caption": caption,
                "link": link,
                "shown": _broken(link) if len(link) < _TYPED else [word("open_link", language)],
                "name": name,
                "words": word(what, language),
            }
            for link, caption, name, what in links
        ]
    except ValueError as error:
        raise PrintError("code-too-long") from error


def _broken(link: str) -> list[str]:
    """A link in lines of 56 mm at 5.4 pt, broken here because Typst is slow to try every place itself."""
    ends = list(accumulate(map(metrics().advances.__getitem__, link)))
    line = 56 / (5.4 * POINT)
    rows, start = [], 0
    while start < len(link):
        end = bisect_right(ends, line + (ends[start - 1] if start else 0), start)
        rows.append(link[start:end])
        start = end
    return rows
