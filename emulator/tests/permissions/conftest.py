"""The rules of permissions without the wire before them: who gives, who holds, who is shown what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from ksef_emulator.clock import Clock
from ksef_emulator.model.access.granting import Granting
from ksef_emulator.model.access.grants import Grant, Identifier, Kind
from ksef_emulator.model.access.logins import Method, Principal
from ksef_emulator.model.access.permissions import Permission, Permissions
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.identity.subjects import Subject, Subjects, SubjectType
from ksef_emulator.store import Store

CLIENT, OTHER_CLIENT, OFFICE, OTHER_OFFICE = "1111111111", "1111111222", "2222222222", "2222222111"
ANNA, JAN = "85041212344", "90011500129"


def nip(value: str) -> Context:
    return Context(type=ContextType.NIP, value=value)


def person(pesel: str) -> Subject:
    return Subject(type=SubjectType.PESEL, value=pesel)


def firm(value: str) -> Subject:
    return Subject(type=SubjectType.NIP, value=value)


def identifier(of: Context | Subject | Identifier) -> Identifier:
    return Identifier(type=of.type, value=of.value)


@dataclass(kw_only=True)
class Registers:
    """The registers in memory; what is given here bypasses the rules of giving, unless `granting` gives it."""

    clock: Clock
    subjects: Subjects
    permissions: Permissions
    granting: Granting

    def give(
        self,
        kind: Kind,
        permission: str,
        *,
        where: Context | Identifier,
        to: Context | Subject,
        target: Context | Identifier | None = None,
        giver: Context | None = None,
        author: Identifier | None = None,
        delegate: bool = False,
    ) -> Grant:
        grant = Grant(
            kind=kind,
            context=identifier(where),
            subject=identifier(to),
            permission=permission,
            giver=identifier(giver or where),
            author=author or identifier(giver or where),
            description="Na czas próby",
            target=identifier(target) if target is not None else None,
            can_delegate=delegate,
        )
        self.permissions.grants.add([grant])
        self.clock.move(timedelta(seconds=1))
        return grant

    def of(self, context: Context, subject: Subject) -> set[str]:
        return {str(item) for item in self.permissions.of(context, subject)}

    def principal(
        self, context: Context, subject: Subject, permissions: frozenset[Permission] = frozenset()
    ) -> Principal:
        """Somebody who is logged in."""
        return Principal(
            context=context,
            subject=subject,
            permissions=permissions or self.permissions.of(context, subject),
            login="login",
            method=Method.QUALIFIED_SIGNATURE,
            document_hash=None,
            token=None,
            certificate=None,
            policy=None,  # type: ignore[arg-type]
        )


@pytest.fixture
def registers() -> Iterator[Registers]:
    store, clock = Store(), Clock()
    subjects = Subjects(store, clock)
    permissions = Permissions(store, subjects, clock)
    yield Registers(
        clock=clock,
        subjects=subjects,
        permissions=permissions,
        granting=Granting(store, clock, permissions),
    )
    store.close()
