"""Who may do what in whose context, when there is more than one who gave, holds or hands on."""

from __future__ import annotations

import pytest
from ksef_emulator.model.access.grants import ALL_PARTNERS, Identifier, Kind
from ksef_emulator.model.access.permissions import Permission
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.identity.subjects import Person, Subject, SubjectType, Taxpayer

from .conftest import (
    ANNA,
    CLIENT,
    JAN,
    OFFICE,
    OTHER_CLIENT,
    OTHER_OFFICE,
    Registers,
    firm,
    nip,
    person,
)

EVERYBODY = Identifier(type=ALL_PARTNERS, value=None)
BAILIFF, CITIZEN = "3333333111", "3333333222"


class TestOwners:
    def test_everything_but_what_is_given_to_offices_and_foreigners(self, registers: Registers) -> None:
        assert registers.of(nip(CLIENT), firm(CLIENT)) == {
            "Owner",
            "InvoiceRead",
            "InvoiceWrite",
            "Introspection",
            "CredentialsRead",
            "CredentialsManage",
            "SubunitManage",
            "CollectiveIdentifierManage",
        }

    def test_nothing_of_anothers(self, registers: Registers) -> None:
        assert registers.of(nip(OTHER_CLIENT), firm(CLIENT)) == set()

    def test_by_either_number_of_a_person_in_the_register(self, registers: Registers) -> None:
        registers.subjects.add_person(Person(nip=CLIENT, pesel=ANNA, description="Anna"))
        assert "Owner" in registers.of(nip(CLIENT), person(ANNA))
        assert "Owner" in registers.of(nip(CLIENT), firm(CLIENT))
        assert registers.of(nip(CLIENT), person(JAN)) == set()
        assert registers.of(nip(OTHER_CLIENT), person(ANNA)) == set()

    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            (ContextType.INTERNAL_ID, f"{CLIENT}-12345"),
            (ContextType.NIP_VAT_UE, f"{CLIENT}-DE123456789"),
            (ContextType.PEPPOL_ID, "PPL123456"),
        ],
    )
    def test_units_foreign_entities_and_providers_have_none(
        self, registers: Registers, kind: ContextType, value: str
    ) -> None:
        assert registers.of(Context(type=kind, value=value), firm(CLIENT)) == set()

    def test_in_a_providers_context_nothing_is_held_even_if_given(self, registers: Registers) -> None:
        provider = Context(type=ContextType.PEPPOL_ID, value="PPL123456")
        registers.give(Kind.PERSON, "InvoiceRead", where=provider, to=person(ANNA))
        assert registers.of(provider, person(ANNA)) == set()


class TestEnforcement:
    def test_a_bailiff_and_nobody_else_among_persons(self, registers: Registers) -> None:
        registers.subjects.add_person(Person(nip=BAILIFF, pesel=ANNA, description="Komornik", bailiff=True))
        registers.subjects.add_person(Person(nip=CITIZEN, pesel=JAN, description="Fryzjer"))
        assert registers.permissions.enforces(BAILIFF)
        assert not registers.permissions.enforces(CITIZEN)
        assert not registers.permissions.enforces(CLIENT)
        assert "EnforcementOperations" in registers.of(nip(BAILIFF), firm(BAILIFF))
        assert "EnforcementOperations" not in registers.of(nip(CITIZEN), firm(CITIZEN))

    @pytest.mark.parametrize(
        ("kind", "enforces"),
        [("EnforcementAuthority", True), ("VatGroup", False), ("JST", False)],
    )
    def test_an_authority_and_no_other_taxpayer(
        self, registers: Registers, kind: str, enforces: bool
    ) -> None:
        registers.subjects.add_taxpayer(Taxpayer(nip=OFFICE, type=kind, description="Urząd"))
        assert registers.permissions.enforces(OFFICE) is enforces
        assert ("EnforcementOperations" in registers.of(nip(OFFICE), firm(OFFICE))) is enforces

    def test_a_bailiff_who_logs_in_by_pesel(self, registers: Registers) -> None:
        registers.subjects.add_person(Person(nip=BAILIFF, pesel=ANNA, description="Komornik", bailiff=True))
        assert "EnforcementOperations" in registers.of(nip(BAILIFF), person(ANNA))


class TestGiven:
    def test_here_and_to_this_one_only(self, registers: Registers) -> None:
        registers.give(Kind.PERSON, "InvoiceRead", where=nip(CLIENT), to=person(ANNA))
        registers.give(Kind.PERSON, "InvoiceWrite", where=nip(CLIENT), to=person(JAN))
        registers.give(Kind.PERSON, "CredentialsRead", where=nip(OTHER_CLIENT), to=person(ANNA))
        assert registers.of(nip(CLIENT), person(ANNA)) == {"InvoiceRead"}
        assert registers.of(nip(CLIENT), person(JAN)) == {"InvoiceWrite"}
        assert registers.of(nip(OTHER_CLIENT), person(JAN)) == set()

    def test_a_value_means_something_only_with_its_type(self, registers: Registers) -> None:
        """The values of the types look different in life; the register compares both all the same."""
        thumb = Subject(type=SubjectType.FINGERPRINT, value=ANNA)
        unit = Identifier(type=ContextType.INTERNAL_ID, value=CLIENT)
        registers.give(Kind.PERSON, "InvoiceRead", where=nip(CLIENT), to=thumb)
        registers.give(Kind.PERSON, "InvoiceWrite", where=unit, to=person(ANNA))
        registers.give(Kind.AUTHORIZATION, "SelfInvoicing", where=unit, to=nip(OFFICE))
        registers.give(Kind.ENTITY, "Introspection", where=nip(CLIENT), to=nip(OFFICE), delegate=True)
        registers.give(Kind.INDIRECT, "Introspection", where=nip(OFFICE), to=thumb, target=nip(CLIENT))
        assert registers.of(nip(CLIENT), thumb) == {"InvoiceRead", "Introspection"}
        assert registers.of(nip(CLIENT), person(ANNA)) == set()
        assert not registers.permissions.authorized(
            owner_nip=CLIENT, kind="Nip", value=OFFICE, scope="SelfInvoicing"
        )

    def test_what_is_taken_away_is_of_this_type(self, registers: Registers) -> None:
        thumb = Subject(type=SubjectType.FINGERPRINT, value=ANNA)
        give, read = registers.permissions.grant, [(Permission.INVOICE_READ, "Na próbę")]
        for subject in (thumb, person(ANNA)):
            give(CLIENT, subject, read)
        unit = Identifier(type=ContextType.INTERNAL_ID, value=CLIENT)
        system = Identifier(type="System", value=None)
        there = registers.give(Kind.PERSON, "InvoiceRead", where=unit, to=person(ANNA), author=system)
        registers.permissions.revoke(CLIENT, person(ANNA))
        assert registers.of(nip(CLIENT), thumb) == {"InvoiceRead"}
        assert registers.permissions.grants.find(uid=there.uid)
        registers.permissions.forget(person(ANNA))
        assert registers.of(nip(CLIENT), thumb) == {"InvoiceRead"}
        assert not registers.permissions.grants.find(uid=there.uid)

    def test_an_authorization_between_entities_lets_nobody_in(self, registers: Registers) -> None:
        registers.give(Kind.AUTHORIZATION, "SelfInvoicing", where=nip(CLIENT), to=nip(OFFICE))
        assert registers.of(nip(CLIENT), firm(OFFICE)) == set()

    def test_what_an_office_hands_on_is_not_held_in_the_offices_own_context(
        self, registers: Registers
    ) -> None:
        registers.give(Kind.INDIRECT, "InvoiceRead", where=nip(OFFICE), to=person(ANNA), target=nip(CLIENT))
        registers.give(Kind.ENTITY, "InvoiceRead", where=nip(CLIENT), to=nip(OFFICE), delegate=True)
        assert registers.of(nip(OFFICE), person(ANNA)) == set()
        assert registers.of(nip(CLIENT), person(ANNA)) == {"InvoiceRead"}


class TestHandedOn:
    """ksef-docs uprawnienia.md, „Nadawanie uprawnień w sposób pośredni": what the office may hand on, of whom, and
    nothing of what others may."""

    @pytest.fixture
    def anna(self, registers: Registers) -> Registers:
        """The client lets the office read and hand that on; the office lets Anna read in all its clients' contexts."""
        registers.give(Kind.ENTITY, "InvoiceRead", where=nip(CLIENT), to=nip(OFFICE), delegate=True)
        registers.give(Kind.INDIRECT, "InvoiceRead", where=nip(OFFICE), to=person(ANNA), target=EVERYBODY)
        return registers

    def test_where_the_client_lets_it(self, anna: Registers) -> None:
        assert anna.of(nip(CLIENT), person(ANNA)) == {"InvoiceRead"}
        assert anna.of(nip(OTHER_CLIENT), person(ANNA)) == set()
        assert anna.of(nip(CLIENT), person(JAN)) == set()

    def test_another_client_who_lets_the_office_but_not_hand_on(self, anna: Registers) -> None:
        anna.give(Kind.ENTITY, "InvoiceRead", where=nip(OTHER_CLIENT), to=nip(OFFICE), delegate=False)
        assert anna.of(nip(OTHER_CLIENT), person(ANNA)) == set()

    def test_another_office_that_may_hand_on(self, registers: Registers) -> None:
        registers.give(Kind.ENTITY, "InvoiceRead", where=nip(CLIENT), to=nip(OTHER_OFFICE), delegate=True)
        grant = registers.give(
            Kind.INDIRECT, "InvoiceRead", where=nip(OFFICE), to=person(ANNA), target=nip(CLIENT)
        )
        assert registers.of(nip(CLIENT), person(ANNA)) == set()
        assert not registers.permissions.holds(grant)
        assert not registers.permissions.holds(grant, nip(CLIENT))

    def test_only_the_permission_that_may_be_handed_on(self, anna: Registers) -> None:
        anna.give(Kind.ENTITY, "InvoiceWrite", where=nip(CLIENT), to=nip(OFFICE), delegate=False)
        grant = anna.give(Kind.INDIRECT, "InvoiceWrite", where=nip(OFFICE), to=person(ANNA), target=EVERYBODY)
        assert anna.of(nip(CLIENT), person(ANNA)) == {"InvoiceRead"}
        assert not anna.permissions.holds(grant)

    def test_for_one_client_it_opens_no_others(self, registers: Registers) -> None:
        for client in (CLIENT, OTHER_CLIENT):
            registers.give(Kind.ENTITY, "InvoiceRead", where=nip(client), to=nip(OFFICE), delegate=True)
        registers.give(Kind.INDIRECT, "InvoiceRead", where=nip(OFFICE), to=person(ANNA), target=nip(CLIENT))
        assert registers.of(nip(CLIENT), person(ANNA)) == {"InvoiceRead"}
        assert registers.of(nip(OTHER_CLIENT), person(ANNA)) == set()

    def test_for_one_client_it_is_in_force_by_that_clients_word_alone(self, registers: Registers) -> None:
        grant = registers.give(
            Kind.INDIRECT, "InvoiceRead", where=nip(OFFICE), to=person(ANNA), target=nip(CLIENT)
        )
        registers.give(Kind.ENTITY, "InvoiceRead", where=nip(OTHER_CLIENT), to=nip(OFFICE), delegate=True)
        assert not registers.permissions.holds(grant)
        registers.give(Kind.ENTITY, "InvoiceRead", where=nip(CLIENT), to=nip(OFFICE), delegate=True)
        assert registers.permissions.holds(grant)

    def test_for_all_it_is_in_force_by_any_clients_word(self, registers: Registers) -> None:
        grant = registers.give(
            Kind.INDIRECT, "InvoiceRead", where=nip(OFFICE), to=person(ANNA), target=EVERYBODY
        )
        assert not registers.permissions.holds(grant)
        registers.give(Kind.ENTITY, "InvoiceRead", where=nip(CLIENT), to=nip(OFFICE), delegate=False)
        assert not registers.permissions.holds(grant)
        registers.give(Kind.ENTITY, "InvoiceRead", where=nip(OTHER_CLIENT), to=nip(OFFICE), delegate=True)
        assert registers.permissions.holds(grant)

    def test_what_was_given_directly_is_always_in_force(self, registers: Registers) -> None:
        grant = registers.give(Kind.PERSON, "InvoiceRead", where=nip(CLIENT), to=person(ANNA))
        assert registers.permissions.holds(grant)


class TestAuthorized:
    """Whether one entity may issue for another: every part of what was given counts."""

    @pytest.mark.parametrize(
        "other",
        [
            {"owner_nip": OTHER_CLIENT},
            {"kind": "PeppolId"},
            {"value": OTHER_OFFICE},
            {"scope": "TaxRepresentative"},
        ],
    )
    def test_by_the_one_that_was_given(self, registers: Registers, other: dict[str, str]) -> None:
        registers.give(Kind.AUTHORIZATION, "SelfInvoicing", where=nip(CLIENT), to=nip(OFFICE))
        given = {"owner_nip": CLIENT, "kind": "Nip", "value": OFFICE, "scope": "SelfInvoicing"}
        assert registers.permissions.authorized(**given)
        assert not registers.permissions.authorized(**(given | other))

    def test_not_by_another_kind_of_grant(self, registers: Registers) -> None:
        registers.give(Kind.ENTITY, "SelfInvoicing", where=nip(CLIENT), to=nip(OFFICE))
        assert not registers.permissions.authorized(
            owner_nip=CLIENT, kind="Nip", value=OFFICE, scope="SelfInvoicing"
        )


class TestTestData:
    """``/testdata/permissions`` and ``/testdata/person/remove``: they take away what is theirs."""

    def test_given_with_its_words_by_the_system(self, registers: Registers) -> None:
        registers.permissions.grant(CLIENT, person(ANNA), [(Permission.INVOICE_READ, "Na próbę")])
        (given,) = registers.permissions.grants.find()
        assert (given.kind, given.permission, given.description) == (Kind.PERSON, "InvoiceRead", "Na próbę")
        assert (given.context.type, given.context.value) == ("Nip", CLIENT)
        assert (given.subject.type, given.subject.value) == ("Pesel", ANNA)
        assert (given.giver.type, given.giver.value) == ("Nip", CLIENT)
        assert (given.author.type, given.author.value) == ("System", None)

    def test_given_again_it_is_there_once(self, registers: Registers) -> None:
        for text in ("Na próbę", "Jeszcze raz"):
            registers.permissions.grant(CLIENT, person(ANNA), [(Permission.INVOICE_READ, text)])
        (given,) = registers.permissions.grants.find()
        assert given.description == "Jeszcze raz"

    def test_revoked_of_this_one_here_and_only_what_the_system_gave(self, registers: Registers) -> None:
        give = registers.permissions.grant
        give(CLIENT, person(ANNA), [(Permission.INVOICE_READ, "a"), (Permission.CREDENTIALS_READ, "b")])
        give(CLIENT, person(JAN), [(Permission.INVOICE_READ, "c")])
        give(OTHER_CLIENT, person(ANNA), [(Permission.INVOICE_READ, "d")])
        registers.give(Kind.PERSON, "InvoiceWrite", where=nip(CLIENT), to=person(ANNA))
        registers.permissions.revoke(CLIENT, person(ANNA))
        assert registers.of(nip(CLIENT), person(ANNA)) == {"InvoiceWrite"}
        assert registers.of(nip(CLIENT), person(JAN)) == {"InvoiceRead"}
        assert registers.of(nip(OTHER_CLIENT), person(ANNA)) == {"InvoiceRead"}

    def test_forgotten_is_one_person_everywhere(self, registers: Registers) -> None:
        for context in (CLIENT, OTHER_CLIENT):
            for pesel in (ANNA, JAN):
                registers.give(Kind.PERSON, "InvoiceRead", where=nip(context), to=person(pesel))
        registers.permissions.forget(person(ANNA))
        for context in (CLIENT, OTHER_CLIENT):
            assert registers.of(nip(context), person(ANNA)) == set()
            assert registers.of(nip(context), person(JAN)) == {"InvoiceRead"}

    def test_units_are_their_parents(self, registers: Registers) -> None:
        unit = Taxpayer(nip=OFFICE, type="VatGroup", description="Członek", parent=CLIENT)
        registers.subjects.add_taxpayer(Taxpayer(nip=CLIENT, type="VatGroup", description="Grupa"), [unit])
        assert registers.permissions.subunit_of(parent_nip=CLIENT, nip=OFFICE)
        assert not registers.permissions.subunit_of(parent_nip=OTHER_CLIENT, nip=OFFICE)
        assert not registers.permissions.subunit_of(parent_nip=CLIENT, nip=OTHER_OFFICE)
