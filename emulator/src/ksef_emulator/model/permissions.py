"""Who may do what in whose context. For now: owners, and what ``/testdata/permissions`` grants."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from ..store import Store
from .contexts import Context, ContextType
from .subjects import Subject, Subjects, SubjectType

SCHEMA = """
CREATE TABLE IF NOT EXISTS grants (
    context TEXT NOT NULL,          -- NIP
    subject_type TEXT NOT NULL,
    subject_value TEXT NOT NULL,
    permission TEXT NOT NULL,
    description TEXT NOT NULL,
    PRIMARY KEY (context, subject_type, subject_value, permission)
) WITHOUT ROWID;
"""


class Permission(StrEnum):
    """``TestDataPermissionType``, and the owner's."""

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


class Permissions:
    """The permissions engine."""

    def __init__(self, store: Store, subjects: Subjects) -> None:
        """Registers its table."""
        self.store = store
        self.subjects = subjects
        store.register(SCHEMA)

    def of(self, context: Context, subject: Subject) -> frozenset[Permission]:
        """What the subject may do in the context; nothing means that it may not even log in there."""
        if context.nip is None:
            return frozenset()
        identities = self.subjects.same(subject)
        found: set[Permission] = set()
        if Subject(type=SubjectType.NIP, value=context.nip) in identities:
            found |= OWNERS
            person = self.subjects.person(context.nip)
            if person is not None and person.bailiff:
                found.add(Permission.ENFORCEMENT_OPERATIONS)
        if context.type is ContextType.NIP:
            found |= self._granted(context.nip, identities)
        return frozenset(found)

    def _granted(self, nip: str, identities: Iterable[Subject]) -> set[Permission]:
        with self.store.transaction() as db:
            return {
                Permission(row["permission"])
                for subject in identities
                for row in db.execute(
                    "SELECT permission FROM grants WHERE context = ? AND subject_type = ? AND subject_value = ?",
                    (nip, subject.type, subject.value),
                )
            }

    def authorized(self, *, owner_nip: str, kind: str, value: str, scope: str) -> bool:  # noqa: ARG002
        """Whether the owner let the subject issue for it. Nobody can be given that yet: it has no operation."""
        return False

    def subunit_of(self, *, parent_nip: str, nip: str) -> bool:
        """Whether ``nip`` is a member of the VAT group, or a unit of the local government, ``parent_nip``."""
        return self.subjects.parent(nip) == parent_nip

    def grant(self, nip: str, subject: Subject, permissions: Iterable[tuple[Permission, str]]) -> None:
        """Grant permissions in the context of a NIP, each with its description; again is no error."""
        with self.store.transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO grants (context, subject_type, subject_value, permission, description)"
                " VALUES (?, ?, ?, ?, ?)",
                [(nip, subject.type, subject.value, permission, text) for permission, text in permissions],
            )

    def revoke(self, nip: str, subject: Subject) -> None:
        """Take away everything that was granted to the subject in the context."""
        with self.store.transaction() as db:
            db.execute(
                "DELETE FROM grants WHERE context = ? AND subject_type = ? AND subject_value = ?",
                (nip, subject.type, subject.value),
            )

    def forget(self, subject: Subject) -> None:
        """Take away everything that the subject has anywhere."""
        with self.store.transaction() as db:
            db.execute(
                "DELETE FROM grants WHERE subject_type = ? AND subject_value = ?",
                (subject.type, subject.value),
            )
