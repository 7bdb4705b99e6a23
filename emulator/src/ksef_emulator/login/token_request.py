"""``AuthTokenRequest``: the login document of schemas 2.0 and 2.1, checked as strictly as their XSD does.

The XSD itself is the Ministry's and is not ours to ship, and version 2.0 of it does not compile in libxml2: so its
rules stand here, and a test compares them with the official file.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from .. import problems
from ..model.identity.contexts import Context, ContextType

NAMESPACES = ("http://ksef.mf.gov.pl/auth/token/2.0", "http://ksef.mf.gov.pl/auth/token/2.1")
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_CHALLENGE = re.compile(r"\d{8}-CR-[A-F0-9]{10}-[A-F0-9]{10}-[A-F0-9]{2}", re.ASCII)
_MOST = 10  # addresses of each kind


@dataclass(frozen=True, kw_only=True)
class Policy:
    """From which IPv4 addresses the tokens may be used; empty is from everywhere."""

    addresses: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()

    def allows(self, address: str) -> bool:
        """Whether a client's address is among them; an address that is not IPv4 is not."""
        if not (self.addresses or self.ranges or self.masks):
            return True
        try:
            here = ipaddress.IPv4Address(address)
        except ValueError:
            return False
        bounds = (item.partition("-") for item in self.ranges)
        return (
            address in self.addresses
            or any(
                ipaddress.IPv4Address(low) <= here <= ipaddress.IPv4Address(high) for low, _, high in bounds
            )
            or any(here in ipaddress.IPv4Network(mask, strict=False) for mask in self.masks)
        )


@dataclass(frozen=True, kw_only=True)
class TokenRequest:
    """What the document asks for. ``by_fingerprint`` is ``certificateFingerprint``."""

    challenge: str
    context: Context
    by_fingerprint: bool
    policy: Policy


def read(element: etree._Element) -> TokenRequest:
    """The request of a signed element. Raises problem 21401 with what is wrong."""
    name = etree.QName(element)
    if name.namespace not in NAMESPACES:
        raise _wrong(f"nieobsługiwana przestrzeń nazw {name.namespace}")
    reader = _Reader(element, str(name.namespace))
    challenge = reader.take("Challenge", _token)
    if not _CHALLENGE.fullmatch(challenge):
        raise _wrong("Challenge: niezgodny ze wzorcem")
    context = _context(reader.child("ContextIdentifier"), reader.namespace)
    kind = reader.take("SubjectIdentifierType", _token)
    if kind not in ("certificateSubject", "certificateFingerprint"):
        raise _wrong(f"SubjectIdentifierType: niedozwolona wartość {kind}")
    policy = Policy()
    if reader.next_is("AuthorizationPolicy"):
        policy = _policy(reader.child("AuthorizationPolicy"), reader.namespace)
    reader.end()
    return TokenRequest(
        challenge=challenge, context=context, by_fingerprint=kind == "certificateFingerprint", policy=policy
    )


def _wrong(detail: str) -> problems.Problem:
    return problems.against_schema(detail)


def _token(text: str) -> str:
    return " ".join(text.split())  # xsd:token


def _as_is(text: str) -> str:
    return text


class _Reader:
    """The children of one element, in the order that a sequence demands."""

    def __init__(self, element: etree._Element, namespace: str) -> None:
        self.namespace = namespace
        self.name = etree.QName(element).localname
        foreign = [name for name in element.attrib if not str(name).startswith(f"{{{_XSI}}}")]
        if foreign:
            raise _wrong(f"{self.name}: niedozwolony atrybut {foreign[0]!s}")
        texts = [element.text, *(child.tail for child in element)]
        if any(text and text.strip() for text in texts):
            raise _wrong(f"{self.name}: niedozwolony tekst")
        self._left = [child for child in element if isinstance(child.tag, str)]

    def next_is(self, name: str) -> bool:
        return bool(self._left) and self._left[0].tag == f"{{{self.namespace}}}{name}"

    def child(self, name: str) -> etree._Element:
        if not self.next_is(name):
            present = etree.QName(self._left[0]).localname if self._left else "koniec elementu"
            raise _wrong(f"{self.name}: oczekiwano elementu {name}, jest {present}")
        return self._left.pop(0)

    def take(self, name: str, normal: Callable[[str], str] = _as_is) -> str:
        return _text(self.child(name), normal)

    def any(self) -> etree._Element:
        if not self._left:
            raise _wrong(f"{self.name}: brak elementu")
        return self._left.pop(0)

    def end(self) -> None:
        if self._left:
            raise _wrong(f"{self.name}: nieoczekiwany element {etree.QName(self._left[0]).localname}")


def _text(element: etree._Element, normal: Callable[[str], str]) -> str:
    if any(isinstance(child.tag, str) for child in element) or element.attrib:
        raise _wrong(f"{etree.QName(element).localname}: oczekiwano samego tekstu")
    return normal("".join(map(str, element.itertext())))


def _context(element: etree._Element, namespace: str) -> Context:
    reader = _Reader(element, namespace)
    child = reader.any()
    name = etree.QName(child)
    if name.namespace != namespace or name.localname not in ContextType.__members__.values():
        raise _wrong(f"ContextIdentifier: nieoczekiwany element {name.localname}")
    reader.end()
    try:
        return Context(type=ContextType(name.localname), value=_text(child, _as_is))
    except ValueError as error:
        raise _wrong(f"{name.localname}: niezgodny ze wzorcem") from error


def _policy(element: etree._Element, namespace: str) -> Policy:
    outer = _Reader(element, namespace)
    reader = _Reader(outer.child("AllowedIps"), namespace)
    outer.end()
    rules: dict[str, list[str]] = {"Ip4Address": [], "Ip4Range": [], "Ip4Mask": []}
    for name, values in rules.items():
        while reader.next_is(name):
            value = reader.take(name, _token)
            if not _is_rule(name, value):
                raise _wrong(f"{name}: niezgodny ze wzorcem")
            values.append(value)
        if len(values) > _MOST:
            raise _wrong(f"{name}: więcej niż {_MOST} wartości")
    reader.end()
    return Policy(
        addresses=tuple(rules["Ip4Address"]), ranges=tuple(rules["Ip4Range"]), masks=tuple(rules["Ip4Mask"])
    )


def _is_rule(name: str, value: str) -> bool:
    try:
        if name == "Ip4Range":
            low, dash, high = value.partition("-")
            return bool(dash) and bool(ipaddress.IPv4Address(low)) and bool(ipaddress.IPv4Address(high))
        if name == "Ip4Mask":
            address, slash, bits = value.partition("/")
            small = bits.isascii() and bits.isdigit() and str(int(bits)) == bits and int(bits) <= 32
            return bool(slash) and small and bool(ipaddress.IPv4Address(address))
        ipaddress.IPv4Address(value)
    except ValueError:
        return False
    return True
