"""Who may issue for whom: the context of a session against the subjects of a document.

Sources: the guide's `uprawnienia.md` (self-invoicing, tax representative, VAT groups, local government) and
the roles of FA(3). The right of the person to write in the context (`InvoiceWrite`) was checked when the
session was opened.
"""

from __future__ import annotations

from typing import Protocol

from ...intake.facts import Facts
from ..identity.contexts import Context, ContextType

ENFORCEMENT_ROLES = frozenset({1, 2})
TAX_REPRESENTATIVE_ROLE = 3
RR_KINDS = frozenset({"VAT_RR", "KOR_VAT_RR"})
SUBUNIT_ISSUER_ROLES = frozenset({7, 9})


class Relations(Protocol):
    """What the permission engine knows of two subjects."""

    def authorized(self, *, owner_nip: str, kind: str, value: str, scope: str) -> bool:
        """Whether the owner gave the subject (identifier kind and value) a scope such as `SelfInvoicing`."""
        ...

    def subunit_of(self, *, parent_nip: str, nip: str) -> bool:
        """Whether `nip` is a member of the VAT group or local government unit `parent_nip`."""
        ...


class NoRelations:
    def authorized(self, *, owner_nip: str, kind: str, value: str, scope: str) -> bool:  # noqa: ARG002
        return False

    def subunit_of(self, *, parent_nip: str, nip: str) -> bool:  # noqa: ARG002
        return False


def may_issue(facts: Facts, *, context: Context, relations: Relations) -> bool:
    """Whether a session of this context may send this document."""
    seller = facts.seller.value or ""
    if context.type is ContextType.NIP:
        return _nip_may_issue(facts, seller, context.value, relations)
    if context.type is ContextType.INTERNAL_ID:
        return context.value.startswith(f"{seller}-")
    if context.type is ContextType.NIP_VAT_UE:
        nip, _, vat_ue = context.value.partition("-")
        buyer = facts.buyer.kind == "VatUe" and facts.buyer.value == vat_ue
        return seller == nip and facts.self_invoicing and buyer
    return relations.authorized(
        owner_nip=seller, kind=context.type, value=context.value, scope="PefInvoicing"
    )


def _nip_may_issue(facts: Facts, seller: str, nip: str, relations: Relations) -> bool:
    if seller == nip:
        return True
    if facts.buyer.kind == "Nip" and facts.buyer.value == nip:
        if facts.kind in RR_KINDS:
            return relations.authorized(owner_nip=seller, kind="Nip", value=nip, scope="RRInvoicing")
        if facts.self_invoicing:
            return relations.authorized(owner_nip=seller, kind="Nip", value=nip, scope="SelfInvoicing")
    authorized = facts.authorized
    if authorized and authorized.value == nip:
        if authorized.role in ENFORCEMENT_ROLES:
            return True
        if authorized.role == TAX_REPRESENTATIVE_ROLE:
            return relations.authorized(owner_nip=seller, kind="Nip", value=nip, scope="TaxRepresentative")
    return any(
        party.kind == "Nip" and party.value == nip and party.role in SUBUNIT_ISSUER_ROLES
        for party in facts.third
    ) and relations.subunit_of(parent_nip=seller, nip=nip)
