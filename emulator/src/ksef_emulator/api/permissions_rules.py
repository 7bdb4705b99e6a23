"""What identifiers of permissions must look like, and what is said of those who get them."""

import re
from typing import Any

from .. import problems
from ..model.access.grants import Identifier
from ..model.identity.contexts import Context, ContextType

_PATTERNS = {
    "Nip": re.compile(r"[1-9](\d[1-9]|[1-9]\d)\d{7}", re.ASCII),
    "Pesel": re.compile(
        r"\d{2}(?:0[1-9]|1[0-2]|2[1-9]|3[0-2]|4[1-9]|5[0-2]|6[1-9]|7[0-2]|8[1-9]|9[0-2])\d{7}", re.ASCII
    ),
    "Fingerprint": re.compile(r"[0-9A-F]{64}", re.ASCII),
    "PeppolId": re.compile(r"P[A-Z]{2}[0-9]{6}", re.ASCII),
}
_PERSONS = {
    "PersonByIdentifier": "personById",
    "PersonByFingerprintWithIdentifier": "personByFpWithId",
    "PersonByFingerprintWithoutIdentifier": "personByFpNoId",
    "EntityByFingerprint": "entityByFp",
}


def checked(field: str, kind: str, value: str) -> Identifier:
    """An identifier whose value has the shape of its type. Raises problem 21405."""
    if kind in _PATTERNS:
        holds = _PATTERNS[kind].fullmatch(value) is not None
    else:
        try:
            holds = bool(Context(type=ContextType(kind), value=value))
        except ValueError:
            holds = False
        holds = holds and (kind != ContextType.INTERNAL_ID or unit_holds(value))
    if not holds:
        raise problems.invalid_input(f"{field}: Wartość jest niezgodna ze wzorcem.")
    return Identifier(type=kind, value=value)


def unit_holds(value: str) -> bool:
    """Whether the last digit of an internal identifier is its checksum."""
    return unit_checksum(value[:-1]) == value[-1]


def unit_checksum(beginning: str) -> str:
    """The last digit of an internal identifier, of all before it: weights 1 and 3 by turns, modulo 10 (OpenAPI, ``POST
    /permissions/subunits/grants``)."""
    digits = (int(item) for item in beginning if item.isdigit())
    return str(sum(digit * (1, 3)[place % 2] for place, digit in enumerate(digits)) % 10)


def details_of(details: Any, identifier: str) -> dict[str, Any]:
    """``subjectPersonDetails`` or ``subjectEntityDetails`` of a query, from what the request said. Raises problem
    21405 when the details are not those that their type announces, or do not fit the identifier."""
    values = details.model_dump(mode="json", exclude_none=True)
    kind = values.pop("subjectDetailsType", None)
    if kind is None:  # of an entity, which has nothing but its name
        return {"subjectEntityDetails": {"subjectDetailsType": "EntityByIdentifier", **values}}
    inner = values.get(_PERSONS[kind])
    if inner is None or (kind == "PersonByIdentifier") != (identifier != "Fingerprint"):
        raise problems.invalid_input(f"subjectDetails.{_PERSONS[kind]}: Pole jest wymagane.")
    if kind == "EntityByFingerprint":
        return {"subjectEntityDetails": {"subjectDetailsType": kind, **inner}}
    if "identifier" in inner:
        inner["personIdentifier"] = inner.pop("identifier")
    return {"subjectPersonDetails": {"subjectDetailsType": kind, **inner}}
