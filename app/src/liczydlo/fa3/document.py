"""A document that is ready to be sent: everything that is checked before, in one place."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lxml import etree

from liczydlo.fa3 import read, rules, source, xsd
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.problems import DocumentError, Problem


@dataclass(frozen=True, kw_only=True)
class Document:
    """A checked FA(3) document: its very bytes, what they say, their SHA-256 (32 bytes), and the rules' warnings."""

    xml: bytes = field(repr=False)
    faktura: Faktura = field(repr=False)
    sha256: bytes
    warnings: tuple[Problem, ...] = ()

    @property
    def seller_nip(self) -> str:
        """Podmiot1's NIP, ten digits."""
        return self.faktura.podmiot1.dane_identyfikacyjne.nip

    @property
    def buyer_nip(self) -> str | None:
        """Podmiot2's NIP, if that is what identifies the buyer."""
        return self.faktura.podmiot2.dane_identyfikacyjne.nip

    @property
    def number(self) -> str:
        """P_2, the issuer's own number."""
        return self.faktura.fa.p_2

    @property
    def issue_date(self) -> date:
        """P_1, the day that the issuer gives the invoice."""
        return self.faktura.fa.p_1

    @property
    def kind(self) -> str:
        """RodzajFaktury: VAT, KOR, ZAL, ROZ, UPR, KOR_ZAL or KOR_ROZ."""
        return self.faktura.fa.rodzaj_faktury

    @property
    def currency(self) -> str:
        """KodWaluty, an ISO 4217 code."""
        return self.faktura.fa.kod_waluty

    @property
    def gross(self) -> Decimal:
        """P_15, in the document's currency."""
        return self.faktura.fa.p_15

    @property
    def has_attachment(self) -> bool:
        """Whether there is a Zalacznik, which KSeF takes only in batch sessions."""
        return self.faktura.zalacznik is not None


def inspect(xml: bytes, *, today: date, faktura: Faktura | None = None) -> Document:
    """Check a document as KSeF will, and more. ``today`` is the day in Poland.

    ``faktura`` is what ``xml`` has just been written from; with it the document need not be read again.

    Raises DocumentError with lines: the file (size, encoding, DOCTYPE, well-formed, FA(3)), then the schema, then the
    rules.
    """
    tree = source.parse(xml)
    has_attachment = tree.getroot().find(f"{{{source.NAMESPACE}}}Zalacznik") is not None
    if problem := source.too_large(xml, has_attachment=has_attachment):
        raise DocumentError([problem])
    if problems := xsd.of_tree(tree):
        raise DocumentError(problems)
    faktura = faktura or read.of_tree(tree)
    found = [_placed(problem, tree) for problem in rules.check(faktura, today=today)]
    errors = [problem for problem in found if problem.severity == "error"]
    if errors:
        raise DocumentError(sorted(errors, key=lambda problem: problem.line or 0))
    return Document(xml=xml, faktura=faktura, sha256=hashlib.sha256(xml).digest(), warnings=tuple(found))


def _placed(problem: Problem, tree: etree._ElementTree) -> Problem:
    """The problem with the line of its path, or of the nearest element above it that is there."""
    steps = problem.path.split("/")
    while steps and steps != [""]:
        path = "/".join(f"n:{step}" for step in steps)
        found = tree.getroot().find(path, namespaces={"n": source.NAMESPACE})
        if found is not None:
            return Problem(
                code=problem.code,
                line=source.line_of(found),
                path=problem.path,
                params=problem.params,
                severity=problem.severity,
            )
        steps.pop()
    return problem
