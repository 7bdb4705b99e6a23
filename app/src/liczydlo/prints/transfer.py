"""The 2D code of the transfer that pays an invoice, for the bank's application (Rekomendacja ZBP)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from liczydlo.fa3.identifiers import IdentifierError, parse_iban
from liczydlo.prints import transfer_code
from liczydlo.prints.codes import svg
from liczydlo.prints.reading import Node
from liczydlo.prints.sums import is_due, left_to_pay

_KINDS: Final = ("VAT", "UPR", "ROZ")
_TRANSFER: Final = "6"  # FormaPlatnosci


def code(document: Node, fa: Node) -> str:
    """The picture of the code; empty where nothing is to be transferred, or where a code cannot say it.

    A factor's account has no code: its holder is not the seller.
    """
    accounts = fa.all("Platnosc/RachunekBankowy/NrRB")
    amount = left_to_pay(fa)
    form = fa.first("Platnosc/FormaPlatnosci")
    if fa.first("RodzajFaktury") is None or not accounts or amount is None or not is_due(fa):
        return ""
    if fa.text("RodzajFaktury") not in _KINDS or fa.first("Platnosc/RachunekBankowyFaktora") is not None:
        return ""
    if form is not None and form.value != _TRANSFER:
        return ""
    try:
        return svg(_text(document, fa, accounts[0].value, amount))
    except (transfer_code.CodeError, IdentifierError):
        return ""


def _text(document: Node, fa: Node, account: str, amount: Decimal) -> str:
    seller = document.first("Podmiot1/DaneIdentyfikacyjne")
    return transfer_code.text(
        nip=seller.text("NIP") if seller is not None else "",
        iban=parse_iban(account),
        amount=amount,
        currency=fa.text("KodWaluty"),
        name=seller.text("Nazwa") if seller is not None else "",
        title=fa.text("P_2"),
        is_split=any(node.value == "1" for node in fa.all("Adnotacje/P_18A")),
    )
