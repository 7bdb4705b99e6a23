"""Giving and taking away permissions: asynchronous operations, each with a status that says why it failed.

A permission holds from the moment it was asked for; the operation tells of it when its time has come. The codes are
those of ``PermissionsOperationStatusResponse`` in the OpenAPI 2.9.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ...clock import Clock
from ...store import Store, insert
from ..identity.contexts import OF_CONTEXT, Context, ContextType
from ..numbers import reference
from ..time.moments import micros, moment
from ..time.progress import AT_ONCE, COLUMNS, POLLED, Progress, is_due
from .grants import Grant, Identifier, Kind
from .permissions import Permission, Permissions

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS permission_operations (
    reference TEXT PRIMARY KEY,
    context_type TEXT NOT NULL,
    context_value TEXT NOT NULL,
    code INTEGER NOT NULL,
    created INTEGER NOT NULL,
    {COLUMNS}
) WITHOUT ROWID;
"""
NEEDED = {
    Kind.PERSON: Permission.CREDENTIALS_MANAGE,
    Kind.ENTITY: Permission.CREDENTIALS_MANAGE,
    Kind.AUTHORIZATION: Permission.CREDENTIALS_MANAGE,
    Kind.INDIRECT: Permission.CREDENTIALS_MANAGE,
    Kind.SUBUNIT: Permission.SUBUNIT_MANAGE,
    Kind.EU_ADMINISTRATION: Permission.CREDENTIALS_MANAGE,
    Kind.EU: Permission.VAT_UE_MANAGE,
}
"""What one must have to give each kind."""
TAKERS = {
    False: (Permission.CREDENTIALS_MANAGE, Permission.VAT_UE_MANAGE, Permission.SUBUNIT_MANAGE),
    True: (Permission.CREDENTIALS_MANAGE,),
}
"""Any of these lets one take a permission away; by whether it is an authorization."""
_PERSONS = tuple(
    permission
    for permission in Permission
    if permission not in (Permission.OWNER, Permission.VAT_UE_MANAGE, Permission.PEF_INVOICE_WRITE)
)
ACCEPTED, DONE, FAILED, UNRELATED, WRONG_ROLE, NOT_ALLOWED, WRONG_TYPE = 100, 200, 400, 410, 430, 440, 450
DESCRIPTIONS = {
    ACCEPTED: "Operacja przyjęta do realizacji",
    DONE: "Operacja zakończona sukcesem",
    FAILED: "Operacja zakończona niepowodzeniem",
    UNRELATED: "Podane identyfikatory są niezgodne lub pozostają w niewłaściwej relacji",
    WRONG_ROLE: "Kontekst identyfikatora nie odpowiada wymaganej roli lub uprawnieniom",
    NOT_ALLOWED: "Operacja niedozwolona dla wskazanych powiązań identyfikatorów",
    WRONG_TYPE: "Operacja niedozwolona dla wskazanego identyfikatora lub jego typu",
}


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One of them; ``code`` is 100 until its time has come."""

    reference: str
    code: int
    created: datetime


class Granting:
    """The rules of giving, and the operations' register."""

    def __init__(
        self, store: Store, clock: Clock, permissions: Permissions, progress: Progress = AT_ONCE
    ) -> None:
        self.store = store
        self.clock = clock
        self.permissions = permissions
        self.progress = progress
        store.register(SCHEMA)

    def give(self, context: Context, grants: Sequence[Grant]) -> str:
        """Give permissions of one kind to one subject, from ``context``; the reference number of the operation."""
        code = next((code for grant in grants if (code := self._refusal(context, grant))), DONE)
        with self.store.transaction():
            if code == DONE:
                self.permissions.grants.add(grants)
            return self._record(context, code)

    def take(self, context: Context, uid: str, *, authorization: bool) -> str:
        """Take away a permission that was given in the context, or that holds in it; the operation's number."""
        with self.store.transaction():
            grants = self.permissions.grants.find(uid=uid)
            ours = [
                grant
                for grant in grants
                if (grant.kind is Kind.AUTHORIZATION) == authorization
                and Identifier.of(context) in (grant.giver, grant.context)
            ]
            if ours:
                self.permissions.grants.remove(uid=uid)
            return self._record(context, DONE if ours else FAILED)

    def for_persons(self, context: Context) -> tuple[Permission, ...]:
        """What may be given to persons in the context: enforcement only where somebody enforces, and nothing at all in
        a foreign entity's."""
        if context.type not in (ContextType.NIP, ContextType.INTERNAL_ID):
            return ()
        enforces = self.permissions.enforces(context.value)
        return tuple(
            person for person in _PERSONS if person is not Permission.ENFORCEMENT_OPERATIONS or enforces
        )

    def operation(self, context: Context, name: str) -> Operation | None:
        """The context's operation, one poll older."""
        with self.store.transaction() as db:
            row = db.execute(
                f"UPDATE permission_operations SET {POLLED} WHERE reference = ? AND {OF_CONTEXT} RETURNING *",
                (name, *context.key),
            ).fetchone()
        if row is None:
            return None
        done = is_due(row, self.clock.now())
        return Operation(
            reference=name, code=row["code"] if done else ACCEPTED, created=moment(row["created"])
        )

    def _record(self, context: Context, code: int) -> str:
        now = self.clock.now()
        name = reference("UP", now)
        with self.store.transaction() as db:
            operation = {"reference": name, **context.columns, "code": code, "created": micros(now)}
            insert(db, "permission_operations", operation | self.progress.columns(micros(now)))
        return name

    def _refusal(self, context: Context, grant: Grant) -> int | None:
        """Why this cannot be given from here, if it cannot."""
        own = grant.subject == Identifier.of(context)
        if grant.kind is Kind.PERSON:
            return None if grant.permission in self.for_persons(context) else WRONG_ROLE
        if grant.kind is Kind.ENTITY:
            return NOT_ALLOWED if own else None
        if grant.kind is Kind.AUTHORIZATION:
            peppol = grant.subject.type == ContextType.PEPPOL_ID
            if peppol != (grant.permission == "PefInvoicing"):
                return WRONG_TYPE
            return NOT_ALLOWED if own else None
        if grant.kind is Kind.INDIRECT:
            return self._indirect(context, grant)
        if grant.kind is Kind.SUBUNIT:
            return self._subunit(context, grant)
        if grant.kind is Kind.EU_ADMINISTRATION:
            return None if str(grant.context.value).startswith(f"{context.value}-") else UNRELATED
        return None if context.type is ContextType.NIP_VAT_UE else WRONG_ROLE

    def _indirect(self, context: Context, grant: Grant) -> int | None:
        """For any client but oneself. The OpenAPI wants the client to have let this entity hand some permission on; the
        live system takes the grant all the same, and it has no effect until the client does (`Permissions.holds`)."""
        return NOT_ALLOWED if grant.target == Identifier.of(context) else None

    def _subunit(self, context: Context, grant: Grant) -> int | None:
        unit = str(grant.context.value)
        if grant.context.type == ContextType.INTERNAL_ID:
            return None if unit.startswith(f"{context.value}-") else UNRELATED
        taxpayer = self.permissions.subjects.taxpayer(context.value)
        if taxpayer is None or taxpayer.parent is not None or taxpayer.type == "EnforcementAuthority":
            return WRONG_ROLE
        return None if self.permissions.subunit_of(parent_nip=context.value, nip=unit) else UNRELATED
