"""Elixir-0: a line of 16 fields per transfer, CRLF, in the code page that the bank takes."""

from __future__ import annotations

import unicodedata
from typing import Final

from liczydlo.payments.transfers.order import Order, Payment
from liczydlo.payments.transfers.payees import Party
from liczydlo.prints.transfer_code import clean

WIDTH, LINES = 35, 4
ORDINARY, SPLIT = "51", "53"
# What a code page without it gets instead; letters with marks lose them by Unicode's own rule.
_INSTEAD: Final = str.maketrans(
    {
        # by that rule these two would become what ends a field and a line of it
        **{"\uff02": "'", "\uff5c": "-"},
        **{"„": "'", "”": "'", "“": "'", "«": "'", "»": "'", "’": "'", "‘": "'", "‚": "'"},
        **{"–": "-", "—": "-", "−": "-", "…": "...", "•": "-", "·": "-", "×": "x"},
        **{"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "þ": "th", "ı": "i"},
        **{"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss", "€": "EUR", "ħ": "h", "Ħ": "H", "Þ": "Th"},
    }
)


class ElixirError(ValueError):
    """What Elixir cannot carry, ``value``; ``code`` is ``character``, ``too-long``, ``account`` or ``amount``."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(f"{code}: {value}")
        self.code, self.value = code, value


def encoded(text: str, encoding: str) -> str:
    """The text in signs that the code page has. Raises ElixirError for a sign that has no substitute."""
    return "".join(_sign(sign, encoding) for sign in unicodedata.normalize("NFC", text))


def _sign(sign: str, encoding: str) -> str:
    plain = "".join(
        one
        for one in unicodedata.normalize("NFKD", sign.translate(_INSTEAD))
        if not unicodedata.combining(one)
    )
    for text in (sign, sign.translate(_INSTEAD), plain):
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            continue
        return text
    raise ElixirError("character", sign)


def wrapped(text: str, *, lines: int = LINES) -> list[str]:
    """Lines of at most 35 characters: broken between words where that takes no more of them. Raises ElixirError."""
    kind: list[str] = []
    for word in text.split(" "):
        if kind and len(kind[-1]) + 1 + len(word) <= WIDTH:
            kind[-1] += f" {word}"
        else:
            kind += [word[at : at + WIDTH] for at in range(0, len(word), WIDTH)]
    if len(kind) <= lines:
        return kind
    hard = [text[at : at + WIDTH] for at in range(0, len(text), WIDTH)]
    if len(hard) > lines:
        raise ElixirError("too-long", text)
    return hard


def _title(payment: Payment, encoding: str) -> str:
    text = encoded(clean(payment.title), encoding)
    if payment.is_split:  # a bank puts the lines together again: nothing may come between
        return "|".join(text[at : at + WIDTH] for at in range(0, len(text), WIDTH))
    return "|".join(wrapped(text))


def _party(party: Party, encoding: str) -> str:
    """Two lines of the name, two of the address; a name may be cut, as every bank does."""
    name = encoded(clean(party.name), encoding)[: 2 * WIDTH].strip()
    address = encoded(clean(party.address.line), encoding)[: 2 * WIDTH].strip()
    return "|".join(line for text in (name, address) for line in wrapped(text, lines=2))


def _nrb(iban: str) -> str:
    if not iban.startswith("PL"):
        raise ElixirError("account", iban)
    return iban[2:]


def line(order: Order, payment: Payment, encoding: str) -> str:
    """One transfer, without the line's end. Raises ElixirError."""
    ours, theirs = _nrb(order.iban), _nrb(payment.iban)
    if payment.amount <= 0 or order.currency != "PLN":
        raise ElixirError("amount", str(payment.amount))
    fields = (
        "110",
        f"{order.day:%Y%m%d}",
        f"{payment.amount * 100:.0f}",
        ours[2:10],
        "0",
        f'"{ours}"',
        f'"{theirs}"',
        f'"{_party(order.payer, encoding)}"',
        f'"{_party(payment.payee, encoding)}"',
        "0",
        theirs[2:10],
        f'"{_title(payment, encoding)}"',
        '""',
        '""',
        f'"{SPLIT if payment.is_split else ORDINARY}"',
        '""',
    )
    return ",".join(fields)


def write(order: Order, encoding: str) -> bytes:
    """The whole file. Raises ElixirError."""
    return "".join(f"{line(order, one, encoding)}\r\n" for one in order.payments).encode(encoding)
