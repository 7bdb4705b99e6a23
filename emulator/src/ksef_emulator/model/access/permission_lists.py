"""Which permissions one is shown (ksef-docs uprawnienia.md, „Wyszukiwanie nadanych uprawnień"): the queries of the API
and the portal's lists choose the same ones here, before anybody filters them."""

from __future__ import annotations

from collections.abc import Iterable

from ..identity.contexts import ContextType
from ..time.moments import micros
from .grants import Grant, Identifier, Kind
from .logins import Principal
from .permissions import OWNERS, Permission, Permissions

FOREIGN = (Kind.EU, Kind.EU_ADMINISTRATION)
READERS = (Permission.CREDENTIALS_MANAGE, Permission.CREDENTIALS_READ)
"""Either lets one look at any list; some lists open to others too."""
OTHER_READERS = {
    "persons": (Permission.SUBUNIT_MANAGE,),
    "authorizations": (Permission.PEF_INVOICE_WRITE,),
    "foreign": (Permission.VAT_UE_MANAGE,),
}
"""Who else may see which list."""


def sees(principal: Principal, which: str) -> bool:
    """Whether a list may be looked at; its name is one of ``OTHER_READERS``, or any other word for the readers'."""
    return bool({*READERS, *OTHER_READERS.get(which, ())} & principal.permissions)


def state(permissions: Permissions, grant: Grant) -> str:
    """``PermissionState``."""
    return "Active" if permissions.holds(grant) else "Inactive"


def personal(permissions: Permissions, principal: Principal) -> list[Grant]:
    """What whoever is logged in has here."""
    identities = {(subject.type, subject.value) for subject in permissions.subjects.same(principal.subject)}
    owner = permissions.is_owner(principal.context, principal.subject)

    def mine(grant: Grant) -> bool:
        here = _is(grant.context, principal)
        if grant.kind is Kind.INDIRECT:
            return here or permissions.holds(grant, principal.context)
        return here or (owner and grant.kind is Kind.ENTITY)

    return newest_first(
        grant
        for kind, value in sorted(identities)
        for grant in permissions.grants.find(subject_type=kind, subject_value=value)
        if grant.kind is not Kind.AUTHORIZATION and mine(grant)
    )


def owned(permissions: Permissions, principal: Principal) -> set[Permission]:
    """What the owner has without being given it; nothing for others."""
    if not permissions.is_owner(principal.context, principal.subject):
        return set()
    enforces = permissions.enforces(principal.context.value)
    return {*(OWNERS - {Permission.OWNER}), *([Permission.ENFORCEMENT_OPERATIONS] if enforces else [])}


def persons(permissions: Permissions, principal: Principal, *, current: bool) -> list[Grant]:
    """Of persons and entities: those in force in this context (``current``), or those that were given from here."""
    everything = _granted(permissions, principal)
    if current:
        uids = {grant.uid for grant in everything}
        everything = [
            *(grant for grant in everything if grant.kind is Kind.INDIRECT or _is(grant.context, principal)),
            *(grant for grant in _holding(permissions, principal) if grant.uid not in uids),
        ]
    return newest_first(grant for grant in everything if grant.kind not in (Kind.AUTHORIZATION, *FOREIGN))


def subunits(permissions: Permissions, principal: Principal) -> list[Grant]:
    """Of the administrators of subunits."""
    return [grant for grant in _granted(permissions, principal) if grant.kind is Kind.SUBUNIT]


def entities_received(permissions: Permissions, principal: Principal) -> list[Grant]:
    """What other entities gave to this one, to handle their invoices."""
    return permissions.grants.find(kind=Kind.ENTITY, subject=principal.context)


def authorizations(permissions: Permissions, principal: Principal, *, received: bool) -> list[Grant]:
    """Authorizations between entities, that this context gave or that it received."""
    side = "subject" if received else "context"
    return permissions.grants.find(kind=Kind.AUTHORIZATION, **{side: principal.context})


def foreign(permissions: Permissions, principal: Principal) -> list[Grant]:
    """In a foreign entity's context everything of that entity, elsewhere the administrators given from here."""
    if principal.context.type is ContextType.NIP_VAT_UE:
        return [grant for grant in _holding(permissions, principal) if grant.kind in FOREIGN]
    return [grant for grant in _granted(permissions, principal) if grant.kind is Kind.EU_ADMINISTRATION]


def newest_first(grants: Iterable[Grant]) -> list[Grant]:
    """By start, then by identifier."""
    return sorted(grants, key=lambda grant: (-micros(grant.start) if grant.start else 0, grant.uid))


def _granted(permissions: Permissions, principal: Principal) -> list[Grant]:
    return permissions.grants.find(giver=principal.context)


def _holding(permissions: Permissions, principal: Principal) -> list[Grant]:
    return permissions.grants.find(context=principal.context)


def _is(identifier: Identifier, principal: Principal) -> bool:
    return identifier == Identifier.of(principal.context)
