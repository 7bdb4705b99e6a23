"""What Polish banks write in ``:86:``: numbered fields after a sign (``~``, ``<``, ``^``, others)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from liczydlo.fa3.identifiers import bare, is_nip
from liczydlo.payments.statements.reading.model import account, cleaned

_START: Final = re.compile(r"\s*(?:[0-9A-Z]{3})?(?P<sign>[^\w\s])(?=[0-9]{2})")
_IBAN_LIKE: Final = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}|[0-9]{26}")
_TITLE: Final = ("20", "21", "22", "23", "24", "25")
_NAME: Final = ("32", "33")
_MORE: Final = ("26", "27", "28", "29")
"""ING and Millennium write the other party's name and address here, the rest the end of a long title."""
_ADDRESS_SIGN: Final = "<"


@dataclass(frozen=True, kw_only=True)
class Details:
    """The fields of ``:86:``."""

    title: str = ""
    party_name: str = ""
    party_account: str = ""
    party_nip: str = ""
    reference: str = ""


def parse(text: str) -> Details:
    """The fields of a raw ``:86:``; text without numbered fields is a title.

    Lines are joined as they are: a field breaks anywhere, and a space at the end of a line is the title's.
    """
    whole = re.sub(r"\r?\n", "", text)
    start = _START.match(whole)
    if start is None:
        return Details(title=cleaned(whole))
    sign = start["sign"]
    pieces = re.split(rf"{re.escape(sign)}([0-9]{{2}})", whole[start.start("sign") :])
    fields: dict[str, str] = {}
    for number, value in zip(pieces[1::2], pieces[2::2], strict=True):
        fields[number] = fields.get(number, "") + value
    return _of(fields, sign)


def _of(fields: dict[str, str], sign: str) -> Details:
    title = _TITLE if sign == _ADDRESS_SIGN else (*_TITLE, *_MORE)
    name = _joined(fields, _NAME)
    if not name and sign == _ADDRESS_SIGN:
        name = _joined(fields, _MORE)
    iban, nip = bare(_joined(fields, ("38",))), ""
    if is_nip(iban):  # some banks put the payer's NIP where others have the IBAN
        iban, nip = "", iban
    if not _IBAN_LIKE.fullmatch(iban):
        iban = _joined(fields, ("31",))
    return Details(
        title=_joined(fields, title),
        party_name=name[:512],
        party_account=account(iban),
        party_nip=nip,
        reference=_joined(fields, ("63",)),
    )


def _joined(fields: dict[str, str], numbers: tuple[str, ...]) -> str:
    return cleaned("".join(fields.get(number, "") for number in numbers))
