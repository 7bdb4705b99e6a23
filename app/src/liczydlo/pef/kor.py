"""A PEF_KOR(3) correction of a correction in FA(3), as the Ministry's example of it is made.

A credit note of the national extension (``urn:fdc:www.efaktura.gov.pl``): its body is the whole invoice after the
correction; an extension shows the whole invoice before it, another the differences (art. 106j ust. 2 pkt 5). Source:
the template ``invoice-template-fa-3-pef-correction.xml`` of CIRFMF/ksef-client-csharp, whose tests send it to KSeF. So
what the invoice said before has to be known; a correction in FA(3) names only the lines that it changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from liczydlo.fa3 import standing
from liczydlo.fa3.build import build as fa3
from liczydlo.fa3.draft import InvoiceDraft, Marks
from liczydlo.fa3.model import Fa, Faktura
from liczydlo.fa3.problems import DocumentError, Problem
from liczydlo.fa3.reverse import reverse
from liczydlo.fa3.standing import Standing
from liczydlo.pef import build, fields, fitting, lines, parties, taxes
from liczydlo.pef.ubl import CREDIT_NOTE, Element, cac, cbc, document, extensions, polish

PROFILE: Final = f"{build.PROFILE}#extended#urn:fdc:www.efaktura.gov.pl:ver2.0"
PROCESS: Final = "urn:fdc:www.efaktura.gov.pl:ver2.0:corr_inv:ver4.0"
_TYPE: Final = 381  # UNTDID 1001: credit note
TITLE: Final = "FAKTURA KORYGUJĄCA"  # art. 106j ust. 2 pkt 1
BEFORE: Final = "Dane z faktury korygowanej"
CHANGES: Final = "Różnice Wartości faktury po uwzględnieniu korekty"
REASON: Final = "Przyczyna korekty"
EFFECT: Final = "Skutek w ewidencji VAT"
EFFECTS: Final = {
    1: "w dacie ujęcia faktury pierwotnej",
    2: "w dacie wystawienia korekty",
    3: "w innej dacie lub w różnych datach",
}
_ONE_ONLY: Final = ("podmiot1k", "podmiot2k", "okres_fa_korygowanej", "nr_fa_korygowany", "kurs_waluty_zk")
"""What a correction says of it has no place in PEF_KOR: it shows parties and numbers as they are after it."""


@dataclass(frozen=True, kw_only=True)
class _State:
    """The invoice before or after the correction."""

    faktura: Faktura
    shares: list[taxes.Share]

    @property
    def fa(self) -> Fa:
        return self.faktura.fa


def build_correction(now: Standing, correction: Faktura) -> bytes:
    """The bytes of the PEF_KOR of a correction that starts from what the invoice comes to ``now``.

    Raises DocumentError with everything that keeps it from being one.
    """
    problems = list(_problems(now, correction))
    if problems:
        raise DocumentError(problems)
    change, left = reverse(correction)
    if left:
        raise DocumentError([fitting.unheld(name, name) for name in left])
    then = standing.with_correction(now, change, standing.amounts_of(correction))
    before, after = _stated(now, now.draft, correction), _stated(then, _whole(then, change), correction)
    problems = [*fitting.of_lines(before.fa), *fitting.problems(after, emptied=True)]
    if problems:
        raise DocumentError(list(dict.fromkeys(problems)))
    shares = [taxes.shares(one.fa) for one in (before, after)]
    if shares[0] is None or shares[1] is None:
        raise DocumentError([Problem(code="pef-sums", path="Fa/P_15")])
    was, now_is = _State(faktura=before, shares=shares[0]), _State(faktura=after, shares=shares[1])
    return document(CREDIT_NOTE, _elements(was, now_is, correction))


def _problems(now: Standing, correction: Faktura) -> Iterator[Problem]:
    fa = correction.fa
    if fa.rodzaj_faktury != "KOR" or now.draft.kind != "VAT":
        yield Problem(code="pef-kind", path="Fa/RodzajFaktury")
        return
    if len(fa.dane_fa_korygowanej) != 1:
        yield Problem(code="pef-kor-one", path="Fa/DaneFaKorygowanej")
    for name in _ONE_ONLY:
        if getattr(fa, name):
            element = fitting.element(fa, name)
            yield fitting.unheld(f"Fa/{element}", element)
    payment = fa.platnosc
    if payment is not None and (payment.zaplacono == 1 or payment.zaplata_czesciowa):
        yield fitting.unheld("Fa/Platnosc", "Zaplacono" if payment.zaplacono == 1 else "ZaplataCzesciowa")
    if standing.contradicts(now, reverse(correction)[0]):
        yield Problem(code="pef-kor-outdated", path="Fa/FaWiersz")


def _whole(then: Standing, change: InvoiceDraft) -> InvoiceDraft:
    """The invoice after the correction, with what the correction says of itself."""
    exemption = change.marks.exemption or then.draft.marks.exemption
    marks: Marks = replace(change.marks, exemption=exemption)
    own = ("number", "issue_date", "payment", "settlement", "attachment", "authorised", "third_parties")
    fields: dict[str, Any] = {name: getattr(change, name) for name in own}
    return replace(
        then.draft,
        **fields,
        marks=marks,
        remarks=change.remarks,
        footer=change.footer,
        terms=change.terms or then.draft.terms,
        delivery_notes=change.delivery_notes or then.draft.delivery_notes,
    )


def _stated(state: Standing, draft: InvoiceDraft, correction: Faktura) -> Faktura:
    """The document of a state, with the amounts that the invoice and its corrections state. Raises DocumentError."""
    try:
        document = fa3(draft, created=correction.naglowek.data_wytworzenia_fa)
    except ValueError as error:
        raise DocumentError([Problem(code="pef-sums", path="Fa/P_15")]) from error
    stated: dict[str, Any] = {name: state.amounts.get(name) for name in standing.AMOUNTS}
    return replace(document, fa=replace(document.fa, **stated))


def _elements(before: _State, after: _State, correction: Faktura) -> Iterator[Element | None]:
    fa, currency = after.fa, after.fa.kod_waluty
    is_foreign = currency != taxes.POLAND
    yield extensions(
        ("", cbc("Comment", TITLE)),
        (BEFORE, polish("OriginalInvoiceData", *_sums(before), *lines.elements(before.fa, "Invoice"))),
        (CHANGES, polish("InvoiceCorrection", *_changes(before, after))),
    )
    yield cbc("CustomizationID", PROFILE)
    yield cbc("ProfileID", PROCESS)
    yield cbc("ID", fa.p_2)
    yield cbc("IssueDate", fa.p_1)
    yield cbc("CreditNoteTypeCode", _TYPE)
    yield cbc("Note", _note(after.faktura, correction.fa))
    yield cbc("DocumentCurrencyCode", currency)
    yield cbc("TaxCurrencyCode", taxes.POLAND) if is_foreign else None
    yield cbc("BuyerReference", fields.customer(after.faktura))
    yield fields.period(fa)
    yield cac("OrderReference", cbc("ID", fields.order(fa)))
    yield _original(correction.fa)
    yield cac("DespatchDocumentReference", cbc("ID", fa.wz[0] if fa.wz else None))
    yield cac("ContractDocumentReference", cbc("ID", fields.contract(fa)))
    yield parties.seller(after.faktura)
    yield parties.buyer(after.faktura)
    yield parties.delivery(after.faktura)
    yield from fields.means(fa, due_on=fields.due(fa))
    yield cac("PaymentTerms", cbc("Note", fields.terms(fa)))
    yield from _sums(after)
    yield from lines.elements(fa, "CreditNote")


def _sums(state: _State) -> Iterator[Element | None]:
    currency = state.fa.kod_waluty
    yield from taxes.elements(state.shares, currency, taxes.in_zloty(state.fa))
    yield taxes.totals(state.shares, currency)


def _changes(before: _State, after: _State) -> Iterator[Element | None]:
    currency, changes = after.fa.kod_waluty, taxes.between(before.shares, after.shares)
    was, now = taxes.in_zloty(before.fa), taxes.in_zloty(after.fa)
    yield from taxes.elements(changes, currency, None if now is None or was is None else now - was)
    yield taxes.totals(changes, currency)


def _original(fa: Fa) -> Element | None:
    """BG-3: the corrected invoice by its number and day; its number in KSeF is what UBL has UUID for."""
    (one,) = fa.dane_fa_korygowanej
    return cac(
        "BillingReference",
        cac(
            "InvoiceDocumentReference",
            cbc("ID", one.nr_fa_korygowanej),
            cbc("UUID", one.nr_ksef_fa_korygowanej),
            cbc("IssueDate", one.data_wyst_fa_korygowanej),
        ),
    )


def _note(after: Faktura, fa: Fa) -> str:
    """The reason and the effect, for which PEF_KOR has no element, before what any PEF has there."""
    words = [f"{REASON}: {fa.przyczyna_korekty}"] if fa.przyczyna_korekty else []
    if fa.typ_korekty is not None:
        words.append(f"{EFFECT}: {EFFECTS[fa.typ_korekty]}")
    return "\n".join(filter(None, (*words, fields.note(after))))
