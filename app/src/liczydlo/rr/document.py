"""A document FA_RR(1) that is ready to be sent: everything that is checked before, in one place."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from lxml import etree

from liczydlo.fa3 import source
from liczydlo.fa3.checked import Checked
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.read import root_as
from liczydlo.rr import rules, shape, structure
from liczydlo.rr.build import NAMESPACE, write
from liczydlo.rr.model import Faktura

_ROOT: Final = f"{{{NAMESPACE}}}Faktura"


@dataclass(frozen=True, kw_only=True)
class Document(Checked):
    """A checked FA_RR(1) document, and what it says. Its seller is the farmer, its buyer issues it."""

    faktura: Faktura = field(repr=False)


def is_rr(xml: bytes) -> bool:
    """Whether a file's root is that of FA_RR(1), whoever wrote it; what comes after is not looked at."""
    if NAMESPACE.encode() not in xml:
        return False
    try:
        _, root = next(iter(etree.iterparse(io.BytesIO(xml), events=("start",), resolve_entities=False)))
    except (etree.XMLSyntaxError, StopIteration):
        return False
    return str(root.tag) == _ROOT


def read(xml: bytes) -> Faktura:
    """What a file says. Raises DocumentError for what is not FA_RR(1), and for the first thing that is not schema."""
    return root_as(Faktura, source.parse(xml, root_tag=_ROOT).getroot(), NAMESPACE)


def inspect(xml: bytes, *, today: date) -> Document:
    """Check a document as KSeF will, and more. ``today`` is the day in Poland. Raises DocumentError."""
    tree = source.parse(xml, root_tag=_ROOT)
    if problem := source.too_large(xml, has_attachment=False):
        raise DocumentError([problem])
    faktura = root_as(Faktura, tree.getroot(), NAMESPACE)
    problems = [*shape.check(faktura), *structure.check(tree.getroot(), write(faktura))]
    findings = problems or rules.check(faktura, today=today)
    errors = [problem for problem in findings if problem.severity == "error"]
    if errors:
        raise DocumentError(errors)
    content = faktura.faktura_rr
    return Document(
        xml=xml,
        faktura=faktura,
        sha256=hashlib.sha256(xml).digest(),
        seller_nip=faktura.podmiot1.dane_identyfikacyjne.nip,
        buyer_nip=faktura.podmiot2.dane_identyfikacyjne.nip,
        number=content.p_4c,
        issue_date=content.p_4b,
        kind=content.rodzaj_faktury,
        gross=content.p_12_1,
        warnings=tuple(findings),
    )
