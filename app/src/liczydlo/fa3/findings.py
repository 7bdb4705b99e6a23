"""What libxml2 says of a document that is not valid, as codes and params of ours.

libxml2 tells the rule in English prose of a fixed form; the figures and names in it are what a person needs.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

from lxml import etree

from liczydlo.fa3.problems import nested

Params = dict[str, Any]
SHORT = 20  # a list of allowed values is told up to this many
_NAME: Final = re.compile(r"\{[a-z]+:[^}']*\}")
_EXPECTED: Final = re.compile(r"Expected is (?:one of )?\( (.*?) \)")
_ALLOWED: Final = re.compile(r"element of the set \{(.*)\}", re.DOTALL)
_PATTERN: Final = re.compile(r"accepted by the pattern '(.*)'", re.DOTALL)
_TYPE: Final = re.compile(r" type '([^']*)'")
_LENGTHS: Final = re.compile(r"has a length of '(\d+)'.* of '(\d+)'", re.DOTALL)
_LIMIT: Final = re.compile(r"'([^']*)'\)?\.?\s*\Z")
_FACETS: Final = {
    "SCHEMAV_CVC_MININCLUSIVE_VALID": "schema-too-small",
    "SCHEMAV_CVC_MINEXCLUSIVE_VALID": "schema-not-above",
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": "schema-too-great",
    "SCHEMAV_CVC_MAXEXCLUSIVE_VALID": "schema-not-below",
    "SCHEMAV_CVC_TOTALDIGITS_VALID": "schema-digits",
    "SCHEMAV_CVC_FRACTIONDIGITS_VALID": "schema-places",
}
_LENGTH_FACETS: Final = {
    "SCHEMAV_CVC_MINLENGTH_VALID": "schema-too-short",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "schema-too-long",
}
_TYPES: Final = frozenset(f"SCHEMAV_CVC_DATATYPE_VALID_1_2_{number}" for number in (1, 2, 3))
_ATTRIBUTES: Final = frozenset(
    f"SCHEMAV_CVC_COMPLEX_TYPE_{number}" for number in ("3_1", "3_2_1", "3_2_2", "4")
)
_ATTRIBUTE: Final = re.compile(r" attribute '([^']*)'")
_FIXED: Final = re.compile(r"fixed value constraint '(.*)'", re.DOTALL)
_TEXTS: Final = frozenset(("SCHEMAV_CVC_COMPLEX_TYPE_2_1", "SCHEMAV_CVC_COMPLEX_TYPE_2_3"))

_UNSEEN: Final = ("Zs", "Zl", "Zp", "Cf", "Cc")
# By what a pattern or the name of a type contains, first match.
_HINTS: Final = (
    (r")-(20[2-9]", "hint-ksef-number"),
    (r"\d{7}-\d{5}", "hint-internal-id"),
    (r"[1-9]((\d[1-9])", "hint-nip"),
    ("[A-Z]{6}[A-Z0-9]{2}", "hint-swift"),
    ("{1,12}", "hint-vat-ue"),
    ("@", "hint-email"),
    ("IPKSeF", "hint-payment-link"),
    ("(\\.\\d{1,", "hint-decimal"),
    ("DataWytworzeniaFa", "hint-moment"),
    ("DataCzas", "hint-moment"),
    ("TWybor1_2", "hint-yes-no"),
    ("JST", "hint-yes-no"),
    ("GV", "hint-yes-no"),
    ("TWybor1", "hint-one"),
    ("Data", "hint-date"),
    ("date", "hint-date"),
    ("TKwot", "hint-number"),
    ("TIlosci", "hint-number"),
    ("TNaturalny", "hint-natural"),
    ("integer", "hint-integer"),
)


def of(kind: str, message: str, element: etree._Element) -> tuple[str, Params]:
    """The code and its params: ``kind`` is libxml2's name of the error, ``message`` its prose."""
    message = _NAME.sub("", message)
    value = (element.text or "").strip()
    params: Params = {"element": etree.QName(element).localname, "value": value[:80]}
    if kind == "SCHEMAV_ELEMENT_CONTENT":
        return _content(message, params)
    if kind in _TEXTS:
        return "schema-text", params
    if kind in _ATTRIBUTES or " attribute '" in message:
        return _attribute(message, element, params)
    if not value:
        return "schema-empty", params
    if kind in _LENGTH_FACETS and (lengths := _LENGTHS.search(message)):
        return _LENGTH_FACETS[kind], params | {"length": lengths[1], "limit": lengths[2]}
    if kind in _FACETS and (limit := _LIMIT.search(message)):
        return _FACETS[kind], params | {"limit": limit[1]}
    if kind == "SCHEMAV_CVC_ENUMERATION_VALID":
        return "schema-enumeration", params | _allowed(message) | _odd(element.text or "")
    if kind == "SCHEMAV_CVC_PATTERN_VALID":
        match = _PATTERN.search(message)
        return "schema-pattern", params | _hint(match[1] if match else "")
    if kind in _TYPES:
        return "schema-type", params | _hint(_of_type(message) or params["element"])
    return "schema", params


def _attribute(message: str, element: etree._Element, params: Params) -> tuple[str, Params]:
    named = _ATTRIBUTE.search(message)
    if named is None:
        return "schema-attribute", params
    value = next(
        (str(text) for key, text in element.attrib.items() if etree.QName(key).localname == named[1]), ""
    )
    params |= {"attribute": named[1], "value": value[:80]}
    if "required but missing" in message:
        return "schema-attribute-missing", params
    if fixed := _FIXED.search(message):
        return "schema-attribute-fixed", params | {"expected": fixed[1]} | _odd(value)
    if "[facet 'enumeration']" in message:
        return "schema-attribute-enumeration", params | _allowed(message) | _odd(value)
    return "schema-attribute-unknown", params


def _odd(value: str) -> Params:
    """The first character that looks like a space or like nothing, and is not a plain space."""
    unseen = (sign for sign in value if unicodedata.category(sign) in _UNSEEN)
    odd = next((sign for sign in unseen if sign not in " \t\r\n"), None)
    return {"odd": nested("odd-character", character=f"U+{ord(odd):04X}") if odd else None}


def _content(message: str, params: Params) -> tuple[str, Params]:
    match = _EXPECTED.search(message)
    params["expected"] = nested("expected", names=match[1]) if match and match[1] else None
    return ("schema-missing" if "Missing child" in message else "schema-unexpected"), params


def _allowed(message: str) -> Params:
    match = _ALLOWED.search(message)
    values = match[1].replace("'", "").split(", ") if match else []
    some = nested("allowed", values=", ".join(values)) if 0 < len(values) <= SHORT else None
    return {"allowed": some}


def _of_type(message: str) -> str:
    match = _TYPE.search(message)
    return match[1] if match else ""


def _hint(message: str) -> Params:
    code = next((code for part, code in _HINTS if part in message), None)
    return {"hint": nested(code) if code else None}
