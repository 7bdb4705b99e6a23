"""From the forms of an invoice VAT RR to what is meant by it, and back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from liczydlo.companies.models import Company
from liczydlo.fa3.codec import from_json
from liczydlo.fa3.compare import Field
from liczydlo.prints.labels import label
from liczydlo.prints.reading import FARMER
from liczydlo.rr import editing
from liczydlo.rr.build import KOR_VAT_RR
from liczydlo.rr.document import read
from liczydlo.rr.draft import Correction, Deduction, Line, Party, Proof, RrDraft
from liczydlo.rr.model import Faktura
from liczydlo.sales.corrections import originals
from liczydlo.sales.farm import parties
from liczydlo.sales.models import Draft
from liczydlo.web.reasons import language

ONCE: Final = (
    "number",
    "issue_date",
    "purchase_date",
    "deduction",
    "deduction_reason",
    "proof",
    "proof_date",
)
"""Fields that an invoice like an earlier one does not take over."""


def draft_content(draft: Draft) -> RrDraft:
    """What the company means by a draft of a VAT RR. Raises ValueError for another draft."""
    if draft.draft_json is None:
        raise ValueError("a file, not a draft")
    return from_json(RrDraft, draft.draft_json)


def file_of(draft: Draft) -> Faktura | None:
    """What an uploaded file says; None for what was typed. Raises DocumentError."""
    return read(draft.content) if draft.draft_json is None else None


def can_be_edited(draft: Draft) -> bool:
    """Whether the form can change it: what was typed, an uploaded invoice whose amounts it counts, and an uploaded
    correction whose original is here."""
    file = file_of(draft)
    if file is None:
        return True
    is_here = file.faktura_rr.rodzaj_faktury != KOR_VAT_RR or bool(originals(draft.invoice))
    return is_here and editing.can_be_edited(file)


def unchanged(company: Company, base: RrDraft) -> RrDraft:
    """What the form of a draft means as it is shown."""
    third = parties.initial(base.third_parties)
    return draft_of(company, initial(base), initial_lines(base.lines), third, base=base)


def filled_fields(fields: Iterable[Field]) -> list[tuple[str, str]]:
    """Fields of a document by their names in print, each of a name once, with its value."""
    values: dict[str, str] = {}
    for one in fields:
        values.setdefault(label(FARMER.get(one.name, one.name), language()), one.before or "")
    return list(values.items())


def draft_of(
    company: Company,
    typed: Mapping[str, Any],
    lines: Iterable[Mapping[str, Any]],
    third: Iterable[Mapping[str, Any]] = (),
    *,
    base: RrDraft | None,
) -> RrDraft:
    """What the form means. What it does not show is taken of ``base``, the draft or the invoice that it began with."""
    farmer = _farmer(typed, base)
    return RrDraft(
        farmer=farmer,
        buyer=buyer_of(company),
        number=typed["number"],
        issue_date=typed["issue_date"],
        purchase_date=typed["purchase_date"],
        place=typed["place"] or None,
        lines=lines_of(lines, base.lines if base is not None else ()),
        declares=typed["declares"],
        account=typed["account"] or None,
        bank=typed["bank"] or None,
        deductions=_deductions(typed),
        proofs=(Proof(number=typed["proof"], day=typed["proof_date"]),) if typed["proof"] else (),
        note=typed["remarks"].strip() or None,
        third_parties=parties.third_parties(third, base.third_parties if base is not None else ()),
    )


def buyer_of(company: Company) -> Party:
    """The company as the buyer."""
    return Party(nip=company.nip, name=company.name, address_1=company.line1, address_2=company.line2 or None)


def _farmer(typed: Mapping[str, Any], base: RrDraft | None) -> Party:
    fields = {
        "name": typed["farmer_name"],
        "address_1": typed["farmer_line1"],
        "address_2": typed["farmer_line2"] or None,
    }
    if base is not None and base.farmer.nip == typed["farmer_nip"]:
        return replace(base.farmer, **fields)
    return Party(nip=typed["farmer_nip"], **fields)


def _deductions(typed: Mapping[str, Any]) -> tuple[Deduction, ...]:
    if typed["deduction"] is None:
        return ()
    return (Deduction(amount=typed["deduction"], reason=typed["deduction_reason"]),)


def lines_of(typed: Iterable[Mapping[str, Any]], lines_before: Sequence[Line]) -> tuple[Line, ...]:
    """The lines that are filled in; each has a ``uid``, by which corrections tie its states."""
    by_uid = {line.uid: line for line in lines_before if line.uid}
    result = []
    for one in typed:
        if not one or not one.get("name"):
            continue
        values = {name: one[name] for name in ("name", "quality", "unit", "quantity", "price")}
        line = by_uid.pop(one["uid"], None)
        result.append(
            replace(line, **values)
            if line is not None
            else Line(**values, uid=one["uid"] or str(uuid.uuid4()))
        )
    return tuple(result)


def initial(draft: RrDraft) -> dict[str, Any]:
    """What the form shows of a draft."""
    deduction = draft.deductions[0] if draft.deductions else None
    proof = draft.proofs[0] if draft.proofs else None
    return {
        "number": draft.number,
        "issue_date": draft.issue_date,
        "purchase_date": draft.purchase_date,
        "place": draft.place or "",
        "farmer_nip": draft.farmer.nip,
        "farmer_name": draft.farmer.name,
        "farmer_line1": draft.farmer.address_1,
        "farmer_line2": draft.farmer.address_2 or "",
        "account": draft.account or "",
        "bank": draft.bank or "",
        "deduction": deduction.amount if deduction is not None else None,
        "deduction_reason": deduction.reason if deduction is not None else "",
        "proof": proof.number if proof is not None else "",
        "proof_date": proof.day if proof is not None else None,
        "declares": draft.declares,
        "remarks": draft.note or "",
    }


def initial_lines(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """What the form shows of lines."""
    names = ("name", "quality", "unit", "quantity", "price", "uid")
    return [{name: getattr(line, name) for name in names} for line in lines]


def uploaded_unchanged(base: RrDraft) -> RrDraft:
    """What the form of an uploaded correction means as it is shown."""
    if base.correction is None:
        raise ValueError("no correction")
    values = {
        "number": base.number,
        "issue_date": base.issue_date,
        "reason": base.correction.reason or "",
        "effect": base.correction.effect or 2,
    }
    return uploaded_correction_of(base, values, initial_lines(base.lines))


def uploaded_correction_of(
    base: RrDraft, typed: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]
) -> RrDraft:
    """What the form means of a correction that was uploaded: it starts from what the file says was before. A line that
    was taken out comes down to zero, one that the correction had added goes."""
    if base.correction is None:
        raise ValueError("no correction")
    after = lines_of(lines, base.lines)
    uids, before = {line.uid for line in after}, len(base.correction.before)
    removed = tuple(
        replace(line, quantity=0 * line.quantity)
        for place, line in enumerate(base.lines)
        if line.uid not in uids and place < before
    )
    reason = " ".join(typed["reason"].split()) or None
    return replace(
        base,
        number=typed["number"],
        issue_date=typed["issue_date"],
        lines=(*after, *removed),
        correction=replace(base.correction, reason=reason, effect=typed["effect"]),
    )


def correction_of(
    company: Company,
    now: RrDraft,
    ksef_number: str,
    typed: Mapping[str, Any],
    lines: Iterable[Mapping[str, Any]],
) -> RrDraft:
    """A correction of an invoice that says ``now``: of it stands what it was and what it should be. A line that was
    taken out comes down to zero."""
    before = now.lines
    after = lines_of(lines, before)
    uids = {line.uid for line in after}
    removed = tuple(replace(line, quantity=0 * line.quantity) for line in before if line.uid not in uids)
    return replace(
        now,
        buyer=buyer_of(company),
        number=typed["number"],
        issue_date=typed["issue_date"],
        lines=(*after, *removed),
        declares=False,
        deductions=(),
        proofs=(),
        correction=Correction(
            number=now.number,
            issue_date=now.issue_date,
            before=before,
            ksef_number=ksef_number,
            reason=" ".join(typed["reason"].split()) or None,
            effect=typed["effect"],
        ),
    )
