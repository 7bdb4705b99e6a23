"""Who may do what in whose context (ksef-docs uprawnienia.md): one engine that every operation asks.

Four things open a context: being its owner, a permission given in it, a permission that an entity there handed on
(indirectly), and, for invoices of others, an authorization between entities.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from ...clock import Clock
from ...store import Store
from ..identity.contexts import Context, ContextType
from ..identity.subjects import Subject, Subjects, SubjectType
from .grants import ALL_PARTNERS, Grant, Grants, Identifier, Kind


class Permission(StrEnum):
    """Every permission that a login can have, and the owner's role."""

    OWNER = "Owner"
    INVOICE_READ = "InvoiceRead"
    INVOICE_WRITE = "InvoiceWrite"
    INTROSPECTION = "Introspection"
    CREDENTIALS_READ = "CredentialsRead"
    CREDENTIALS_MANAGE = "CredentialsManage"
    ENFORCEMENT_OPERATIONS = "EnforcementOperations"
    SUBUNIT_MANAGE = "SubunitManage"
    COLLECTIVE_IDENTIFIER_MANAGE = "CollectiveIdentifierManage"
    VAT_UE_MANAGE = "VatUeManage"
    PEF_INVOICE_WRITE = "PefInvoiceWrite"


OWNERS = frozenset(
    set(Permission)
    - {Permission.ENFORCEMENT_OPERATIONS, Permission.VAT_UE_MANAGE, Permission.PEF_INVOICE_WRITE}
)
"""What an owner has by being the owner; an enforcement authority and a bailiff have their operations too."""
SYSTEM = Identifier(type="System", value=None)
"""The author of what ``/testdata/permissions`` gives."""


class Permissions:
    def __init__(self, store: Store, subjects: Subjects, clock: Clock) -> None:
        self.subjects = subjects
        self.grants = Grants(store, clock)

    def of(self, context: Context, subject: Subject) -> frozenset[Permission]:
        """What the subject may do in the context; nothing means that it may not even log in there."""
        if context.type is ContextType.PEPPOL_ID:
            return frozenset()
        identities = self.subjects.same(subject)
        permissions = {Permission(grant.permission) for grant in self._direct(context, identities)}
        permissions |= {Permission(grant.permission) for grant in self._indirect(context, identities)}
        if self.is_owner(context, subject):
            permissions |= OWNERS
            if self.enforces(context.value):
                permissions.add(Permission.ENFORCEMENT_OPERATIONS)
        return frozenset(permissions)

    def is_owner(self, context: Context, subject: Subject) -> bool:
        """Whether the context's NIP is the subject's own. A unit's and a foreign entity's contexts have no owner: the
        permissions there are given."""
        owner = Subject(type=SubjectType.NIP, value=context.value)
        return context.type is ContextType.NIP and owner in self.subjects.same(subject)

    def enforces(self, nip: str) -> bool:
        """Whether the taxpayer is an enforcement authority or a court bailiff."""
        person, taxpayer = self.subjects.person(nip), self.subjects.taxpayer(nip)
        authority = taxpayer is not None and taxpayer.type == "EnforcementAuthority"
        return authority or (person is not None and person.bailiff)

    def _direct(self, context: Context, identities: Sequence[Subject]) -> list[Grant]:
        return [
            grant
            for identity in identities
            for grant in self.grants.find(context=context, subject=identity)
            if grant.kind not in (Kind.AUTHORIZATION, Kind.INDIRECT)
        ]

    def _indirect(self, context: Context, identities: Sequence[Subject]) -> list[Grant]:
        """What others handed on to the subject, as far as they may themselves hand it on in this context."""
        return [
            grant
            for identity in identities
            for grant in self.grants.find(kind=Kind.INDIRECT, subject=identity)
            if self.holds(grant, context)
        ]

    def holds(self, grant: Grant, context: Context | None = None) -> bool:
        """Whether a grant is in force: an indirect one only while the target lets its giver hand that permission on.
        With a ``context``, whether it is in force there."""
        if grant.kind is not Kind.INDIRECT or grant.target is None:
            return True
        selective = grant.target.type != ALL_PARTNERS
        if context is not None and selective and grant.target != Identifier.of(context):
            return False
        place = context if context is not None else grant.target if selective else None
        where = {"context": place} if place is not None else {}
        handed = self.grants.find(
            kind=Kind.ENTITY, subject=grant.context, permission=grant.permission, **where
        )
        return any(item.can_delegate for item in handed)

    def authorized(self, *, owner_nip: str, kind: str, value: str, scope: str) -> bool:
        """Whether the owner let the entity issue for it; ``scope`` is ``EntityAuthorizationPermissionType``."""
        return bool(
            self.grants.find(
                kind=Kind.AUTHORIZATION,
                context=_taxpayer(owner_nip),
                subject=Identifier(type=kind, value=value),
                permission=scope,
            )
        )

    def subunit_of(self, *, parent_nip: str, nip: str) -> bool:
        """Whether ``nip`` is a member of the VAT group, or a unit of the local government, ``parent_nip``."""
        return self.subjects.parent(nip) == parent_nip

    def grant(self, nip: str, subject: Subject, permissions: Iterable[tuple[Permission, str]]) -> None:
        """Give permissions in the context of a NIP, each with its description; again is no error."""
        context = _taxpayer(nip)
        self.grants.add(
            Grant(
                kind=Kind.PERSON,
                context=context,
                subject=Identifier.of(subject),
                permission=permission,
                giver=context,
                author=SYSTEM,
                description=text,
            )
            for permission, text in permissions
        )

    def revoke(self, nip: str, subject: Subject) -> None:
        """Take away everything that ``grant`` gave to the subject in the context."""
        self.grants.remove(
            context=_taxpayer(nip),
            subject=subject,
            author_type=SYSTEM.type,
        )

    def forget(self, subject: Subject) -> None:
        """Take away everything that the subject has anywhere."""
        self.grants.remove(subject=subject)


def _taxpayer(nip: str) -> Identifier:
    """The context of a NIP, whatever its shape: documents that are examined name any."""
    return Identifier(type=ContextType.NIP, value=nip)
