"""Who may issue for whom."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from ksef_emulator.intake.facts import Facts, Party
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.sending.issuing import NoRelations, may_issue

SELLER, BUYER, OTHER = "5265877635", "1111111111", "7980332920"
FACTS = Facts(
    seller=Party(kind="Nip", value=SELLER),
    buyer=Party(kind="Nip", value=BUYER),
    third=(),
    authorized=None,
    number="1",
    issue_date=date(2026, 1, 1),
    kind="VAT",
    currency="PLN",
    net=0,
    vat=0,
    gross=0,
    self_invoicing=False,
    has_attachment=False,
)
SELF = replace(FACTS, self_invoicing=True)


@dataclass
class Known:
    grants: set[tuple[str, str, str]] = field(default_factory=set)
    subunits: set[tuple[str, str]] = field(default_factory=set)

    def authorized(self, *, owner_nip: str, kind: str, value: str, scope: str) -> bool:
        return (owner_nip, f"{kind}:{value}", scope) in self.grants

    def subunit_of(self, *, parent_nip: str, nip: str) -> bool:
        return (parent_nip, nip) in self.subunits


def allowed(facts: Facts, value: str, kind: str = "Nip", known: Known | NoRelations | None = None) -> bool:
    return may_issue(
        facts, context=Context(type=ContextType(kind), value=value), relations=known or NoRelations()
    )


def test_the_seller_and_nobody_else() -> None:
    assert allowed(FACTS, SELLER)
    assert not allowed(FACTS, BUYER)
    assert not allowed(FACTS, OTHER)


def test_self_invoicing_needs_the_mark_and_the_grant() -> None:
    known = Known(grants={(SELLER, f"Nip:{BUYER}", "SelfInvoicing")})
    assert allowed(SELF, BUYER, known=known)
    assert not allowed(FACTS, BUYER, known=known)
    assert not allowed(SELF, BUYER)
    assert not allowed(replace(SELF, buyer=Party(kind="Nip", value=OTHER)), BUYER, known=known)


@pytest.mark.parametrize(("role", "without_grant"), [(1, True), (2, True), (3, False)])
def test_authorized_subjects(role: int, without_grant: bool) -> None:
    facts = replace(FACTS, authorized=Party(kind="Nip", value=OTHER, role=role))
    assert allowed(facts, OTHER) is without_grant
    assert allowed(facts, OTHER, known=Known(grants={(SELLER, f"Nip:{OTHER}", "TaxRepresentative")}))
    assert not allowed(facts, BUYER)


def test_a_member_of_a_group_issues_when_named() -> None:
    known = Known(subunits={(SELLER, OTHER)})
    facts = replace(FACTS, third=(Party(kind="Nip", value=OTHER, role=9),))
    assert allowed(facts, OTHER, known=known)
    assert not allowed(facts, OTHER)
    assert not allowed(FACTS, OTHER, known=known)


def test_other_contexts() -> None:
    assert allowed(FACTS, f"{SELLER}-12345", "InternalId")
    assert not allowed(FACTS, f"{BUYER}-12345", "InternalId")
    foreign = replace(SELF, buyer=Party(kind="VatUe", value="DE123456789"))
    assert allowed(foreign, f"{SELLER}-DE123456789", "NipVatUe")
    assert not allowed(foreign, f"{BUYER}-DE123456789", "NipVatUe")
    assert not allowed(FACTS, f"{SELLER}-DE123456789", "NipVatUe")
    assert not allowed(FACTS, "PPL000001", "PeppolId")
    assert allowed(
        FACTS, "PPL000001", "PeppolId", Known(grants={(SELLER, "PeppolId:PPL000001", "PefInvoicing")})
    )
