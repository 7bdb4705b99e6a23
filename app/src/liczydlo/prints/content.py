"""From a document's bytes to everything that its print says."""

from __future__ import annotations

from typing import Any

from lxml import etree

from liczydlo.prints import sections
from liczydlo.prints.codes import Codes, svg
from liczydlo.prints.labels import KINDS, Language, choice, label, pick, word
from liczydlo.prints.reading import Node, Pair, Reader, amount, show
from liczydlo.prints.typesetting import PrintError


def invoice(xml: bytes, *, codes: Codes | None, language: Language) -> dict[str, Any]:
    """The data of ``invoice.typ``. Raises PrintError for what is not an FA invoice."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise PrintError(f"not XML: {error}") from error
    reader = Reader(root, language)
    document = reader.root
    fa = document.child("Fa")
    if document.name != "Faktura" or fa is None:
        raise PrintError(f"not an invoice: {document.name}")
    kind = fa.text("RodzajFaktury")
    currency = fa.text("KodWaluty")
    document.skip(
        "Naglowek/KodFormularza",
        "Naglowek/WariantFormularza",
        "Naglowek/DataWytworzeniaFa",
        "Naglowek/SystemInfo",
    )
    found: dict[str, Any] = {
        "language": language,
        "title": pick(KINDS.get(kind, (kind, kind)), language),
        "number": fa.text("P_2"),
        "dates": _dates(fa),
        "parties": _parties(document, fa),
        "lines": sections.lines(list(fa.children("FaWiersz")), language),
        "order": sections.lines(list(fa.children("Zamowienie/ZamowienieWiersz")), language),
        "sums": sections.sums(fa),
        "due_label": word("difference" if kind.startswith("KOR") else "due", language),
        "due": f"{amount(fa.text('P_15'))} {currency}",
        "groups": _groups(document, fa),
        "marks": sections.marks(fa),
        "notes": _notes(document, fa),
        "attachment": sections.attachment(document),
        "codes": _codes(codes, language),
        "ksef": codes.caption if codes else "",
        "words": {
            name: word(name, language)
            for name in ("page", "ksef_number", "marks", "notes", "order", "attachment")
        },
        "xml": xml.decode("utf-8", "replace"),
    }
    others = [
        (_where(leaf, language), show(_name(leaf), " ".join((leaf.text or "").split()), language))
        for leaf in reader.unread()
    ]
    if others:
        found["groups"].append({"title": word("other", language), "pairs": others})
    return found


def _name(leaf: etree._Element) -> str:
    return str(etree.QName(leaf).localname)


def _where(leaf: etree._Element, language: Language) -> str:
    """Label of a leaf that has no place of its own, with its parent's."""
    parent = leaf.getparent()
    own = label(_name(leaf), language)
    return own if parent is None else f"{label(_name(parent), language)}: {own}"


def _dates(fa: Node) -> list[Pair]:
    language = fa.reader.language
    found = fa.pairs("P_1", "P_1M", "P_6")
    start, end = fa.text("OkresFa/P_6_Od"), fa.text("OkresFa/P_6_Do")
    if start:
        found.append((label("OkresFa", language), f"{show('', start, language)} – {show('', end, language)}"))
    return found + fa.pairs("WZ", "KursWalutyZ", "FP", "TP", "ZwrotAkcyzy")


def _parties(document: Node, fa: Node) -> list[dict[str, Any]]:
    language = document.reader.language
    found = []
    for path, name in (("Podmiot1", "Sprzedawca"), ("Podmiot2", "Nabywca")):
        found += [sections.party(node, label(name, language)) for node in document.children(path)]
    for node in document.children("Podmiot3"):
        role = node.text("Rola")
        node.skip("RolaInna")
        title = choice("Rola", role, language) if role else node.text("OpisRoli")
        found.append(sections.party(node, title))
    for node in document.children("PodmiotUpowazniony"):
        found.append(sections.party(node, choice("RolaPU", node.text("RolaPU"), language)))
    for name in ("Podmiot1K", "Podmiot2K"):
        found += [sections.party(node, label(name, language)) for node in fa.children(name)]
    return found


def _groups(document: Node, fa: Node) -> list[dict[str, Any]]:
    """Headed lists of labels and values."""
    language = fa.reader.language
    corrected: list[Pair] = fa.pairs("PrzyczynaKorekty", "TypKorekty")
    for node in fa.children("DaneFaKorygowanej"):
        node.skip("NrKSeF", "NrKSeFN")
        corrected += node.pairs("NrFaKorygowanej", "DataWystFaKorygowanej", "NrKSeFFaKorygowanej")
    corrected += fa.pairs("OkresFaKorygowanej", "NrFaKorygowany")
    corrected += _amounts(fa, "P_15ZK") + fa.pairs("KursWalutyZK")
    advances: list[Pair] = []
    for node in fa.children("ZaliczkaCzesciowa"):
        advances += node.pairs("P_6Z") + _amounts(node, "P_15Z") + node.pairs("KursWalutyZW")
    for node in fa.children("FakturaZaliczkowa"):
        node.skip("NrKSeFZN")
        advances += node.pairs("NrFaZaliczkowej", "NrKSeFFaZaliczkowej")
    terms = fa.child("WarunkiTransakcji")
    order = fa.child("Zamowienie")
    groups = [
        ("correction", corrected),
        ("advances", advances),
        ("order", _amounts(order, "WartoscZamowienia") if order is not None else []),
        ("settlement", _settlement(fa)),
        ("payment", _payment(fa)),
        ("terms", _terms(terms) if terms is not None else []),
        (
            "registers",
            document.pairs(
                "Stopka/Rejestry/PelnaNazwa",
                "Stopka/Rejestry/KRS",
                "Stopka/Rejestry/REGON",
                "Stopka/Rejestry/BDO",
            ),
        ),
    ]
    return [{"title": word(name, language), "pairs": pairs} for name, pairs in groups if pairs]


def _amounts(node: Node, *names: str) -> list[Pair]:
    language = node.reader.language
    return [
        (label(name, language), amount(each.text()))
        for name in names
        for each in node.children(name)
        if each.text()
    ]


def _settlement(fa: Node) -> list[Pair]:
    language = fa.reader.language
    found: list[Pair] = []
    node = fa.child("Rozliczenie")
    if node is None:
        return found
    for path, name in (("Obciazenia", "charges"), ("Odliczenia", "deductions")):
        for each in node.children(path):
            found.append((f"{word(name, language)}: {each.text('Powod')}", amount(each.text("Kwota"))))
    return found + _amounts(node, "SumaObciazen", "SumaOdliczen", "DoZaplaty", "DoRozliczenia")


def _payment(fa: Node) -> list[Pair]:
    language = fa.reader.language
    node = fa.child("Platnosc")
    if node is None:
        return []
    found: list[Pair] = []
    if node.child("DataZaplaty") is None:
        found += node.pairs("Zaplacono")
    node.skip("Zaplacono")
    found += node.pairs("DataZaplaty", "ZnacznikZaplatyCzesciowej")
    for part in node.children("ZaplataCzesciowa"):
        part.skip("PlatnoscInna")
        paid = amount(part.text("KwotaZaplatyCzesciowej"))
        how = part.pairs("FormaPlatnosci", "OpisPlatnosci")
        when = show("", part.text("DataZaplatyCzesciowej"), language)
        found.append(
            (label("KwotaZaplatyCzesciowej", language), ", ".join([paid, when, *(value for _, value in how)]))
        )
    for term in node.children("TerminPlatnosci"):
        found += term.pairs("Termin")
        words = term.child("TerminOpis")
        if words is not None:
            parts = (words.text(name) for name in ("Ilosc", "Jednostka", "ZdarzeniePoczatkowe"))
            found.append((label("TerminOpis", language), " ".join(part for part in parts if part)))
    node.skip("PlatnoscInna")
    found += node.pairs("FormaPlatnosci", "OpisPlatnosci")
    for account in node.children("RachunekBankowy"):
        found += account.leaves()
    for account in node.children("RachunekBankowyFaktora"):
        found += [(f"{word('factor', language)}: {title}", value) for title, value in account.leaves()]
    for discount in node.children("Skonto"):
        found += discount.leaves()
    return found + node.pairs("LinkDoPlatnosci", "IPKSeF")


def _terms(node: Node) -> list[Pair]:
    language = node.reader.language
    found: list[Pair] = []
    for element in node.element:
        child = Node(element, node.reader)
        if child.name != "Transport":
            found += child.leaves() if len(element) else _pair(child)
    for transport in node.children("Transport"):
        transport.skip("TransportInny", "LadunekInny")
        carrier = transport.child("Przewoznik")
        for element in transport.element:
            child = Node(element, node.reader)
            if child.name == "Przewoznik":
                continue
            if child.child("AdresL1") is not None:
                found.append((label(child.name, language), ", ".join(sections.address(child))))
            elif child.name not in ("TransportInny", "LadunekInny"):
                found += _pair(child)
        if carrier is not None:
            who = sections.party(carrier, "")
            where = carrier.child("AdresPrzewoznika")
            parts = [who["name"], *(f"{title} {value}" for title, value in who["identifiers"])]
            parts += sections.address(where) if where is not None else []
            found.append((label("Przewoznik", language), ", ".join(part for part in parts if part)))
    return found


def _pair(node: Node) -> list[Pair]:
    value = node.text()
    language = node.reader.language
    return [(label(node.name, language), show(node.name, value, language))] if value else []


def _notes(document: Node, fa: Node) -> list[Pair]:
    """Free remarks, of the invoice or of one line, and the footer."""
    language = document.reader.language
    found = []
    for node in fa.children("DodatkowyOpis"):
        row = node.text("NrWiersza")
        where = f" ({word('line', language)} {row})" if row else ""
        found.append((node.text("Klucz") + where, node.text("Wartosc")))
    for node in document.children("Stopka/Informacje/StopkaFaktury"):
        found.append(("", node.text()))
    return found


def _codes(codes: Codes | None, language: Language) -> list[dict[str, str]]:
    if codes is None:
        return []
    found = [
        {
            "svg": svg(codes.kod_1),
            "caption": codes.caption,
            "link": codes.kod_1,
            "words": word("check", language),
        }
    ]
    if codes.kod_2:
        found.append(
            {
                "svg": svg(codes.kod_2),
                "caption": word("certificate", language),
                "link": codes.kod_2,
                "words": word("check_issuer", language),
            }
        )
    return found
