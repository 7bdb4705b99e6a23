"""A document that is ready to be sent: everything that is checked before, in one place."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from liczydlo.fa3 import read, rules, source, xsd
from liczydlo.fa3.checked import Checked
from liczydlo.fa3.model import Faktura
from liczydlo.fa3.problems import DocumentError, Problem


@dataclass(frozen=True, kw_only=True)
class Document(Checked):
    """A checked FA(3) document, and what it says."""

    faktura: Faktura = field(repr=False)

    @property
    def currency(self) -> str:
        """KodWaluty, an ISO 4217 code."""
        return self.faktura.fa.kod_waluty


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
    placed = [_placed(problem, tree) for problem in rules.check(faktura, today=today)]
    errors = [problem for problem in placed if problem.severity == "error"]
    if errors:
        raise DocumentError(sorted(errors, key=lambda problem: problem.line or 0))
    return Document(
        xml=xml,
        faktura=faktura,
        sha256=hashlib.sha256(xml).digest(),
        seller_nip=faktura.podmiot1.dane_identyfikacyjne.nip,
        buyer_nip=faktura.podmiot2.dane_identyfikacyjne.nip,
        number=faktura.fa.p_2,
        issue_date=faktura.fa.p_1,
        kind=faktura.fa.rodzaj_faktury,
        gross=faktura.fa.p_15,
        has_attachment=has_attachment,
        warnings=tuple(placed),
    )


def _placed(problem: Problem, tree: etree._ElementTree) -> Problem:
    """The problem with the line of its path, or of the nearest element above it that is there."""
    steps = problem.path.split("/")
    while steps and steps != [""]:
        path = "/".join(f"n:{step}" for step in steps)
        element = tree.getroot().find(path, namespaces={"n": source.NAMESPACE})
        if element is not None:
            return Problem(
                code=problem.code,
                line=source.line_of(element),
                path=problem.path,
                params=problem.params,
                severity=problem.severity,
            )
        steps.pop()
    return problem
