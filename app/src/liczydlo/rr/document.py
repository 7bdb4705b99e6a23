"""A document FA_RR(1) that is ready to be sent: everything that is checked before, in one place."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar, Final

from liczydlo.fa3 import source
from liczydlo.fa3.problems import DocumentError, Problem
from liczydlo.fa3.read import root_as
from liczydlo.rr import rules, shape
from liczydlo.rr.build import NAMESPACE, write
from liczydlo.rr.model import Faktura

_ROOT: Final = f"{{{NAMESPACE}}}Faktura"
_HEAD: Final = f'<?xml version="1.0" encoding="UTF-8"?>\n<Faktura xmlns="{NAMESPACE}">'.encode()


@dataclass(frozen=True, kw_only=True)
class Document:
    """A checked document: its very bytes, what they say, their SHA-256 (32 bytes), and the rules' warnings."""

    has_attachment: ClassVar[bool] = False  # FA_RR has none

    xml: bytes = field(repr=False)
    faktura: Faktura = field(repr=False)
    sha256: bytes
    warnings: tuple[Problem, ...] = ()

    @property
    def seller_nip(self) -> str:
        """The farmer's NIP: KSeF keeps the invoice under it."""
        return self.faktura.podmiot1.dane_identyfikacyjne.nip

    @property
    def buyer_nip(self) -> str:
        """The NIP of the buyer, who issues it."""
        return self.faktura.podmiot2.dane_identyfikacyjne.nip

    @property
    def number(self) -> str:
        """P_4C, the issuer's own number."""
        return self.faktura.faktura_rr.p_4c

    @property
    def issue_date(self) -> date:
        """P_4B."""
        return self.faktura.faktura_rr.p_4b

    @property
    def kind(self) -> str:
        """RodzajFaktury: VAT_RR or KOR_VAT_RR."""
        return self.faktura.faktura_rr.rodzaj_faktury

    @property
    def gross(self) -> Decimal:
        """P_12_1 in PLN, with the refund."""
        return self.faktura.faktura_rr.p_12_1


def is_rr(xml: bytes) -> bool:
    """Whether a file begins as the documents of FA_RR(1) that this program writes."""
    return xml.startswith(_HEAD)


def read(xml: bytes) -> Faktura:
    """The document of a file that this program made. Raises DocumentError."""
    return root_as(Faktura, source.parse(xml, root_tag=_ROOT).getroot(), NAMESPACE)


def inspect(xml: bytes, *, today: date) -> Document:
    """Check a document as KSeF will, and more. ``today`` is the day in Poland. Raises DocumentError."""
    faktura = read(xml)
    problems = list(shape.check(faktura))
    if not problems and write(faktura) != xml:
        problems = [Problem(code="rr-foreign")]
    if problem := source.too_large(xml, has_attachment=False):
        problems.append(problem)
    found = problems or rules.check(faktura, today=today)
    errors = [problem for problem in found if problem.severity == "error"]
    if errors:
        raise DocumentError(errors)
    return Document(xml=xml, faktura=faktura, sha256=hashlib.sha256(xml).digest(), warnings=tuple(found))
