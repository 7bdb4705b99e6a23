"""A PEF(3) invoice of an FA(3).

What decides amounts or parties and has no place in PEF, or none here, is refused by name. Of the rest these stay out:
places of issue, EORI numbers, addresses for letters, registers of the footer, GTU and other marks for JPK, names of
banks, links of payment, batches, terms and means of transport.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from liczydlo.fa3.model import Faktura
from liczydlo.fa3.problems import DocumentError, Problem
from liczydlo.pef import fields, fitting, lines, parties, taxes
from liczydlo.pef.ubl import INVOICE, cac, cbc, document

PROFILE: Final = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROCESS: Final = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_TYPE: Final = 380  # UNTDID 1001: invoice


def build(faktura: Faktura) -> bytes:
    """The bytes of the PEF invoice. Raises DocumentError with everything that keeps it from being one."""
    problems = list(_problems(faktura))
    shares = taxes.shares(faktura.fa) if not problems else None
    if shares is None:
        raise DocumentError(problems or [Problem(code="pef-sums", path="Fa/P_15")])
    fa = faktura.fa
    currency = fa.kod_waluty
    return document(
        INVOICE,
        (
            cbc("CustomizationID", PROFILE),
            cbc("ProfileID", PROCESS),
            cbc("ID", fa.p_2),
            cbc("IssueDate", fa.p_1),
            cbc("DueDate", fields.due(fa)),
            cbc("InvoiceTypeCode", _TYPE),
            cbc("Note", fields.note(faktura)),
            cbc("DocumentCurrencyCode", currency),
            cbc("TaxCurrencyCode", taxes.POLAND) if currency != taxes.POLAND else None,
            cbc("BuyerReference", fields.customer(faktura)),
            fields.period(fa),
            cac("OrderReference", cbc("ID", fields.order(fa))),
            cac("DespatchDocumentReference", cbc("ID", fa.wz[0] if fa.wz else None)),
            cac("ContractDocumentReference", cbc("ID", fields.contract(fa))),
            parties.seller(faktura),
            parties.buyer(faktura),
            parties.delivery(faktura),
            *fields.means(fa),
            cac("PaymentTerms", cbc("Note", fields.terms(fa))),
            *taxes.elements(shares, currency, taxes.in_zloty(fa)),
            taxes.totals(shares, currency, fields.prepaid(fa)),
            *lines.elements(fa, "Invoice"),
        ),
    )


def _problems(faktura: Faktura) -> Iterator[Problem]:
    fa = faktura.fa
    if fa.rodzaj_faktury != "VAT":
        yield Problem(code="pef-kind", path="Fa/RodzajFaktury")
        return
    if fields.prepaid(fa) < fa.p_15 and fields.due(fa) is None and not fields.terms(fa):
        yield Problem(code="pef-due", path="Fa/Platnosc/TerminPlatnosci")
    yield from fitting.problems(faktura)
