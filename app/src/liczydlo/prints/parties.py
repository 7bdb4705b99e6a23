"""Who takes part in an invoice."""

from __future__ import annotations

from dataclasses import dataclass

from liczydlo.prints.choices import choice, word
from liczydlo.prints.countries import country
from liczydlo.prints.labels import label
from liczydlo.prints.reading import Node, Pair
from liczydlo.prints.values import soft


@dataclass(frozen=True, kw_only=True)
class Party:
    """``title`` is what the party is to the invoice; ``identifiers`` are pairs, the rest is finished lines."""

    title: str
    name: str
    identifiers: list[Pair]
    address: list[str]
    details: list[str]


def parties(document: Node, fa: Node) -> list[Party]:
    """Seller, buyer, third parties, the authorised party; then the data that a correction changes."""
    language = document.language
    result = [
        _party(node, label(name, language))
        for name in ("Podmiot1", "Podmiot1RR", "Podmiot2")
        for node in document.all(name)
    ]
    if result and _is_self_billed(fa):  # art. 106d of the VAT act
        result[-1].details.insert(0, word("self_billed", language))
    for node in document.all("Podmiot3"):
        node.skip("RolaInna")
        role = node.text("Rola")
        title = choice("Rola", role, language) if role else node.text("OpisRoli")
        result.append(_party(node, title or label("Podmiot3", language)))
    for node in document.all("PodmiotUpowazniony"):
        result.append(_party(node, choice("RolaPU", node.text("RolaPU"), language)))
    for name in ("Podmiot1K", "Podmiot1KRR", "Podmiot2K"):
        result += [_party(node, label(name, language)) for node in fa.all(name)]
    return result


def addressee(document: Node) -> list[str]:
    """To whom the paper is posted: name and address of correspondence, or the other one, of the buyer, or of the farmer
    or the seller for whom the buyer issued it."""
    fa = document.first("Fa")
    seller = "Podmiot1" if fa is not None and _is_self_billed(fa) else "Podmiot1RR"
    party = document.first(seller) or document.first("Podmiot2")
    home = None if party is None else party.first("AdresKoresp") or party.first("Adres")
    if party is None or home is None:
        return []
    return [
        party.words("DaneIdentyfikacyjne/Nazwa"),
        *(line for line in address(home) if not line.startswith("GLN ")),
    ]


def _is_self_billed(fa: Node) -> bool:
    return fa.text("Adnotacje/P_17") == "1"


def _party(node: Node, title: str) -> Party:
    """Name, identifiers, address, contact, and whatever else is said of a party."""
    language = node.language
    name, identifiers = identity(node)
    home = node.first("Adres")
    details: list[Pair] = []
    post = node.first("AdresKoresp")
    if post is not None:
        details.append((label("AdresKoresp", language), ", ".join(address(post))))
    contacts = [
        " · ".join(value for _, value in contact.pairs("Email", "EmailPU", "Telefon", "TelefonPU"))
        for contact in node.all("DaneKontaktowe")
    ]
    details += node.pairs("NrKlienta", "NrKontrahenta", "Udzial")
    details += node.pairs("NrEORI", "StatusInfoPodatnika", "IDNabywcy")
    for only_yes in ("JST", "GV"):
        flag = node.pairs(only_yes)
        if node.text(only_yes) == "1":
            details += flag
    return Party(
        title=title,
        name=soft(name),
        identifiers=identifiers,
        address=address(home) if home is not None else [],
        details=contacts + [f"{what}: {value}" for what, value in details],
    )


def identity(node: Node) -> tuple[str, list[Pair]]:
    """Name and tax identifiers of ``DaneIdentyfikacyjne``; prefixes stand before their numbers."""
    language = node.language
    data = node.first("DaneIdentyfikacyjne")
    if data is None:
        return "", []
    prefix = node.text("PrefiksPodatnika")
    identifiers = [(title, f"{prefix} {value}".strip()) for title, value in data.pairs("NIP")]
    identifiers += data.pairs("IDWew")
    if number := data.text("NrVatUE"):
        identifiers.append((label("NrVatUE", language), f"{data.text('KodUE')} {number}".strip()))
    if number := data.text("NrID"):
        of = country(data.text("KodKraju"), language)
        identifiers.append((label("NrID", language), f"{number} ({of})" if of else number))
    identifiers += data.pairs("BrakID")
    return data.text("Nazwa"), identifiers


def address(node: Node) -> list[str]:
    """The lines of an address; the country, by its name, only when it is abroad, GLN last."""
    code = node.text("KodKraju")
    written = "\n".join((node.words("AdresL1"), node.words("AdresL2")))
    lines = [*written.split("\n"), country(code, node.language) if code != "PL" else ""]
    if number := node.text("GLN"):
        lines.append(f"GLN {number}")
    return [line for line in lines if line]
