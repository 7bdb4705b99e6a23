"""What may be given from where, what may be taken away by whom, and what the operations say of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ksef_emulator.model.access.granting import NEEDED, TAKERS
from ksef_emulator.model.access.grants import ALL_PARTNERS, Grant, Identifier, Kind
from ksef_emulator.model.access.permissions import Permission
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.identity.subjects import Person, Subject, SubjectType, Taxpayer
from ksef_emulator.model.time.progress import Progress

from .conftest import ANNA, CLIENT, OFFICE, OTHER_CLIENT, Registers, firm, identifier, nip, person

UNIT = Context(type=ContextType.INTERNAL_ID, value=f"{CLIENT}-12345")
FOREIGN = Context(type=ContextType.NIP_VAT_UE, value=f"{CLIENT}-DE123456789")
THUMB = Subject(type=SubjectType.FINGERPRINT, value="AB" * 32)


def given(
    registers: Registers,
    kind: Kind,
    permission: str,
    *,
    here: Context,
    to: Context | Subject,
    where: Context | None = None,
    target: Context | Identifier | None = None,
) -> int:
    """The code of the operation, and nothing is held unless it is 200."""
    grant = Grant(
        kind=kind,
        context=identifier(where or here),
        subject=identifier(to),
        permission=permission,
        giver=identifier(here),
        author=identifier(here),
        description="Na czas próby",
        target=identifier(target) if target is not None else None,
    )
    name = registers.granting.give(here, [grant])
    operation = registers.granting.operation(here, name)
    assert operation is not None
    assert (operation.code == 200) == bool(registers.permissions.grants.find(uid=grant.uid))
    return operation.code


class TestToPersons:
    @pytest.mark.parametrize(
        "permission",
        [
            "InvoiceRead",
            "InvoiceWrite",
            "Introspection",
            "CredentialsRead",
            "CredentialsManage",
            "SubunitManage",
            "CollectiveIdentifierManage",
        ],
    )
    def test_what_persons_may_have(self, registers: Registers, permission: str) -> None:
        for here in (nip(CLIENT), UNIT):
            assert given(registers, Kind.PERSON, permission, here=here, to=person(ANNA)) == 200

    @pytest.mark.parametrize("permission", ["Owner", "VatUeManage", "PefInvoiceWrite"])
    def test_what_persons_are_never_given(self, registers: Registers, permission: str) -> None:
        assert given(registers, Kind.PERSON, permission, here=nip(CLIENT), to=person(ANNA)) == 430

    def test_nothing_in_a_foreign_entitys_context(self, registers: Registers) -> None:
        assert registers.granting.for_persons(FOREIGN) == ()
        assert given(registers, Kind.PERSON, "InvoiceRead", here=FOREIGN, to=person(ANNA)) == 430

    def test_enforcement_by_a_bailiff_and_not_by_any_person(self, registers: Registers) -> None:
        registers.subjects.add_person(
            Person(nip=OFFICE, pesel="44051401359", description="Komornik", bailiff=True)
        )
        registers.subjects.add_person(Person(nip=OTHER_CLIENT, pesel="90011500129", description="Fryzjer"))
        permission = "EnforcementOperations"
        assert given(registers, Kind.PERSON, permission, here=nip(OFFICE), to=person(ANNA)) == 200
        assert given(registers, Kind.PERSON, permission, here=nip(OTHER_CLIENT), to=person(ANNA)) == 430
        assert given(registers, Kind.PERSON, permission, here=nip(CLIENT), to=person(ANNA)) == 430
        assert Permission.ENFORCEMENT_OPERATIONS in registers.granting.for_persons(nip(OFFICE))
        assert Permission.INVOICE_READ in registers.granting.for_persons(nip(CLIENT))


class TestBetweenEntities:
    def test_to_another_but_not_to_oneself(self, registers: Registers) -> None:
        assert given(registers, Kind.ENTITY, "InvoiceRead", here=nip(CLIENT), to=nip(OFFICE)) == 200
        assert given(registers, Kind.ENTITY, "InvoiceRead", here=nip(CLIENT), to=nip(CLIENT)) == 440

    def test_an_authorization_to_another_but_not_to_oneself(self, registers: Registers) -> None:
        provider = Context(type=ContextType.PEPPOL_ID, value="PPL123456")
        give = Kind.AUTHORIZATION
        assert given(registers, give, "SelfInvoicing", here=nip(CLIENT), to=nip(OFFICE)) == 200
        assert given(registers, give, "SelfInvoicing", here=nip(CLIENT), to=nip(CLIENT)) == 440
        assert given(registers, give, "PefInvoicing", here=nip(CLIENT), to=provider) == 200
        assert given(registers, give, "PefInvoicing", here=nip(CLIENT), to=nip(OFFICE)) == 450
        assert given(registers, give, "SelfInvoicing", here=nip(CLIENT), to=provider) == 450

    def test_handed_on_for_a_client_or_all_but_not_for_oneself(self, registers: Registers) -> None:
        registers.give(Kind.ENTITY, "InvoiceRead", where=nip(CLIENT), to=nip(OFFICE), delegate=True)
        everybody = Identifier(type=ALL_PARTNERS, value=None)
        for target, expected in ((nip(CLIENT), 200), (everybody, 200), (nip(OFFICE), 440)):
            code = given(
                registers, Kind.INDIRECT, "InvoiceRead", here=nip(OFFICE), to=person(ANNA), target=target
            )
            assert code == expected

    def test_one_of_several_that_may_not_be_given_stops_all(self, registers: Registers) -> None:
        """One request is one operation: all or nothing."""
        grants = [
            Grant(
                kind=Kind.PERSON,
                context=identifier(nip(CLIENT)),
                subject=identifier(person(ANNA)),
                permission=permission,
                giver=identifier(nip(CLIENT)),
                author=identifier(nip(CLIENT)),
                description="Na czas próby",
            )
            for permission in ("InvoiceRead", "EnforcementOperations")
        ]
        name = registers.granting.give(nip(CLIENT), grants)
        operation = registers.granting.operation(nip(CLIENT), name)
        assert operation is not None
        assert operation.code == 430
        assert registers.permissions.grants.find() == []


class TestUnits:
    """``POST /permissions/subunits/grants``: a unit by its internal identifier belongs to whose NIP it begins with; a
    unit with a NIP to the group or local government that the register names."""

    def test_by_internal_identifier(self, registers: Registers) -> None:
        give = Kind.SUBUNIT
        manage = "CredentialsManage"
        assert given(registers, give, manage, here=nip(CLIENT), to=person(ANNA), where=UNIT) == 200
        assert given(registers, give, manage, here=nip(OFFICE), to=person(ANNA), where=UNIT) == 410

    @pytest.mark.parametrize("kind", ["VatGroup", "JST"])
    def test_by_nip(self, registers: Registers, kind: str) -> None:
        registers.subjects.add_taxpayer(
            Taxpayer(nip=CLIENT, type=kind, description="Grupa"),
            [Taxpayer(nip=OFFICE, type=kind, description="Członek", parent=CLIENT)],
        )
        give, manage = Kind.SUBUNIT, "CredentialsManage"
        assert given(registers, give, manage, here=nip(CLIENT), to=person(ANNA), where=nip(OFFICE)) == 200
        stranger = nip(OTHER_CLIENT)
        assert given(registers, give, manage, here=nip(CLIENT), to=person(ANNA), where=stranger) == 410
        # a member has no members of its own, and whoever is in no register has none
        assert given(registers, give, manage, here=nip(OFFICE), to=person(ANNA), where=nip(CLIENT)) == 430
        assert given(registers, give, manage, here=stranger, to=person(ANNA), where=nip(OFFICE)) == 430

    def test_an_enforcement_authority_has_none(self, registers: Registers) -> None:
        registers.subjects.add_taxpayer(
            Taxpayer(nip=CLIENT, type="EnforcementAuthority", description="Urząd")
        )
        give, manage = Kind.SUBUNIT, "CredentialsManage"
        assert given(registers, give, manage, here=nip(CLIENT), to=person(ANNA), where=nip(OFFICE)) == 430


class TestForeigners:
    def test_an_administrator_of_an_entity_bound_to_this_nip(self, registers: Registers) -> None:
        give = Kind.EU_ADMINISTRATION
        assert given(registers, give, "VatUeManage", here=nip(CLIENT), to=THUMB, where=FOREIGN) == 200
        assert given(registers, give, "VatUeManage", here=nip(OFFICE), to=THUMB, where=FOREIGN) == 410

    def test_a_representative_from_the_entitys_own_context(self, registers: Registers) -> None:
        assert given(registers, Kind.EU, "InvoiceRead", here=FOREIGN, to=THUMB) == 200
        assert given(registers, Kind.EU, "InvoiceRead", here=nip(CLIENT), to=THUMB) == 430


class TestTaking:
    def code(self, registers: Registers, context: Context, uid: str, *, authorization: bool = False) -> int:
        name = registers.granting.take(context, uid, authorization=authorization)
        operation = registers.granting.operation(context, name)
        assert operation is not None
        return operation.code

    def test_by_whoever_gave_it_and_where_it_holds(self, registers: Registers) -> None:
        for taker in (nip(CLIENT), UNIT):
            grant = registers.give(
                Kind.SUBUNIT, "CredentialsManage", where=UNIT, to=person(ANNA), giver=nip(CLIENT)
            )
            assert self.code(registers, nip(OFFICE), grant.uid) == 400
            assert registers.permissions.grants.find(uid=grant.uid)
            assert self.code(registers, taker, grant.uid) == 200
            assert registers.permissions.grants.find() == []

    def test_only_the_one_that_was_named(self, registers: Registers) -> None:
        grant = registers.give(Kind.PERSON, "InvoiceRead", where=nip(CLIENT), to=person(ANNA))
        registers.give(Kind.PERSON, "InvoiceWrite", where=nip(CLIENT), to=person(ANNA))
        assert self.code(registers, nip(CLIENT), grant.uid) == 200
        assert registers.of(nip(CLIENT), person(ANNA)) == {"InvoiceWrite"}
        assert self.code(registers, nip(CLIENT), grant.uid) == 400

    def test_each_kind_by_its_own_operation(self, registers: Registers) -> None:
        between = registers.give(Kind.AUTHORIZATION, "SelfInvoicing", where=nip(CLIENT), to=nip(OFFICE))
        other = registers.give(Kind.ENTITY, "InvoiceRead", where=nip(CLIENT), to=nip(OFFICE))
        assert self.code(registers, nip(CLIENT), between.uid) == 400
        assert self.code(registers, nip(CLIENT), other.uid, authorization=True) == 400
        assert self.code(registers, nip(CLIENT), between.uid, authorization=True) == 200
        assert self.code(registers, nip(CLIENT), other.uid) == 200

    def test_not_by_the_entity_that_has_it(self, registers: Registers) -> None:
        grant = registers.give(Kind.ENTITY, "InvoiceRead", where=nip(CLIENT), to=nip(OFFICE))
        assert self.code(registers, nip(OFFICE), grant.uid) == 400


class TestOperations:
    def test_of_ones_own_context_only(self, registers: Registers) -> None:
        name = registers.granting.give(nip(CLIENT), [])
        assert registers.granting.operation(nip(CLIENT), name) is not None
        assert registers.granting.operation(nip(OFFICE), name) is None
        assert registers.granting.operation(nip(CLIENT), "20260101-UP-0000000000-0000000000-00") is None

    def test_made_now_with_the_letters_of_permissions(self, registers: Registers) -> None:
        before = registers.clock.now()
        name = registers.granting.give(nip(CLIENT), [])
        operation = registers.granting.operation(nip(CLIENT), name)
        assert operation is not None
        assert before <= operation.created <= registers.clock.now()
        assert operation.reference == name
        assert name[8:12] == "-UP-"

    def test_done_after_so_many_polls(self, registers: Registers) -> None:
        registers.granting.progress = Progress(polls=2)
        name = registers.granting.give(nip(CLIENT), [])
        codes = [registers.granting.operation(nip(CLIENT), name) for _ in range(3)]
        assert [item.code for item in codes if item is not None] == [100, 200, 200]

    def test_anothers_polls_do_not_count(self, registers: Registers) -> None:
        registers.granting.progress = Progress(polls=2)
        name = registers.granting.give(nip(CLIENT), [])
        other = registers.granting.give(nip(CLIENT), [])
        for _ in range(3):
            registers.granting.operation(nip(OFFICE), name)
            registers.granting.operation(nip(CLIENT), other)
        operation = registers.granting.operation(nip(CLIENT), name)
        assert operation is not None
        assert operation.code == 100

    def test_done_when_its_time_has_come(self, registers: Registers) -> None:
        registers.granting.progress = Progress(seconds=60)
        name = registers.granting.give(nip(CLIENT), [])
        codes = []
        for seconds in (0, 50, 11):
            registers.clock.move(timedelta(seconds=seconds))
            operation = registers.granting.operation(nip(CLIENT), name)
            assert operation is not None
            codes.append(operation.code)
        assert codes == [100, 100, 200]

    def test_done_at_that_very_moment(self, registers: Registers, monkeypatch: pytest.MonkeyPatch) -> None:
        now = registers.clock.now()
        monkeypatch.setattr(registers.clock, "now", lambda: now)
        name = registers.granting.give(nip(CLIENT), [])
        operation = registers.granting.operation(nip(CLIENT), name)
        assert operation is not None
        assert operation.code == 200

    def test_both_polls_and_time(self, registers: Registers) -> None:
        registers.granting.progress = Progress(polls=1, seconds=60)
        name = registers.granting.give(nip(CLIENT), [])
        operation = registers.granting.operation(nip(CLIENT), name)
        assert operation is not None
        assert operation.code == 100


def test_what_one_must_have_to_give_and_to_take() -> None:
    """OpenAPI, „Wymagane uprawnienia" of every operation."""
    assert {kind: str(needed) for kind, needed in NEEDED.items()} == {
        Kind.PERSON: "CredentialsManage",
        Kind.ENTITY: "CredentialsManage",
        Kind.AUTHORIZATION: "CredentialsManage",
        Kind.INDIRECT: "CredentialsManage",
        Kind.SUBUNIT: "SubunitManage",
        Kind.EU_ADMINISTRATION: "CredentialsManage",
        Kind.EU: "VatUeManage",
    }
    assert set(TAKERS[False]) == {"CredentialsManage", "VatUeManage", "SubunitManage"}
    assert set(TAKERS[True]) == {"CredentialsManage"}


def test_the_owner_of_a_nip_may_give_there(registers: Registers) -> None:
    held = registers.permissions.of(nip(CLIENT), firm(CLIENT))
    assert {NEEDED[kind] for kind in Kind if kind is not Kind.EU} <= held
