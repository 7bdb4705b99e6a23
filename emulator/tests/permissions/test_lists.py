"""Which permissions one is shown: one's own, those in force here, those given from here (uprawnienia.md)."""

from __future__ import annotations

import pytest
from ksef_emulator.model.access import permission_lists as lists
from ksef_emulator.model.access.grants import ALL_PARTNERS, Grant, Identifier, Kind
from ksef_emulator.model.access.logins import Principal
from ksef_emulator.model.access.permissions import Permission
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.identity.subjects import Person, Subject, SubjectType

from .conftest import ANNA, CLIENT, JAN, OFFICE, OTHER_CLIENT, OTHER_OFFICE, Registers, firm, nip, person

UNIT = Context(type=ContextType.INTERNAL_ID, value=f"{CLIENT}-12345")
FOREIGN = Context(type=ContextType.NIP_VAT_UE, value=f"{CLIENT}-DE123456789")
THUMB = Subject(type=SubjectType.FINGERPRINT, value="AB" * 32)


def uids(grants: list[Grant]) -> list[str]:
    return [grant.uid for grant in grants]


class TestWhoSees:
    @pytest.mark.parametrize(
        ("permission", "seen"),
        [
            ("CredentialsManage", {"persons", "authorizations", "foreign", "entities"}),
            ("CredentialsRead", {"persons", "authorizations", "foreign", "entities"}),
            ("SubunitManage", {"persons"}),
            ("PefInvoiceWrite", {"authorizations"}),
            ("VatUeManage", {"foreign"}),
            ("InvoiceRead", set()),
        ],
    )
    def test_which_list(self, registers: Registers, permission: str, seen: set[str]) -> None:
        principal = registers.principal(nip(CLIENT), person(ANNA), frozenset({Permission(permission)}))
        names = ("persons", "authorizations", "foreign", "entities")
        assert {which for which in names if lists.sees(principal, which)} == seen


class TestPersonal:
    def test_what_one_has_here(self, registers: Registers) -> None:
        older = registers.give(Kind.PERSON, "InvoiceRead", where=nip(CLIENT), to=person(ANNA))
        newer = registers.give(Kind.PERSON, "InvoiceWrite", where=nip(CLIENT), to=person(ANNA))
        registers.give(Kind.PERSON, "InvoiceRead", where=nip(OTHER_CLIENT), to=person(ANNA))
        registers.give(Kind.PERSON, "InvoiceRead", where=nip(CLIENT), to=person(JAN))
        principal = registers.principal(nip(CLIENT), person(ANNA))
        assert uids(lists.personal(registers.permissions, principal)) == [newer.uid, older.uid]

    def test_by_both_numbers_of_one_person(self, registers: Registers) -> None:
        registers.subjects.add_person(Person(nip=OFFICE, pesel=ANNA, description="Anna"))
        one = registers.give(Kind.PERSON, "InvoiceRead", where=nip(CLIENT), to=person(ANNA))
        two = registers.give(Kind.PERSON, "InvoiceWrite", where=nip(CLIENT), to=firm(OFFICE))
        principal = registers.principal(nip(CLIENT), firm(OFFICE))
        assert uids(lists.personal(registers.permissions, principal)) == [two.uid, one.uid]

    def test_what_was_handed_on_and_is_in_force_here(self, registers: Registers) -> None:
        everybody = Identifier(type=ALL_PARTNERS, value=None)
        grant = registers.give(
            Kind.INDIRECT, "InvoiceRead", where=nip(OFFICE), to=person(ANNA), target=everybody
        )
        registers.give(Kind.ENTITY, "InvoiceRead", where=nip(CLIENT), to=nip(OFFICE), delegate=True)
        for context, seen in ((CLIENT, [grant.uid]), (OTHER_CLIENT, []), (OFFICE, [grant.uid])):
            held = frozenset({Permission.INVOICE_READ})
            principal = registers.principal(nip(context), person(ANNA), held)
            assert uids(lists.personal(registers.permissions, principal)) == seen

    def test_what_other_entities_gave_is_shown_to_the_owner_at_home(self, registers: Registers) -> None:
        grant = registers.give(Kind.ENTITY, "InvoiceRead", where=nip(CLIENT), to=nip(OFFICE))
        registers.give(Kind.AUTHORIZATION, "SelfInvoicing", where=nip(CLIENT), to=nip(OFFICE))
        registers.give(Kind.PERSON, "InvoiceRead", where=nip(OTHER_CLIENT), to=firm(OFFICE))
        at_home = registers.principal(nip(OFFICE), firm(OFFICE))
        assert uids(lists.personal(registers.permissions, at_home)) == [grant.uid]
        there = registers.principal(nip(CLIENT), firm(OFFICE))
        assert uids(lists.personal(registers.permissions, there)) == [grant.uid]
        elsewhere = registers.principal(nip(OTHER_CLIENT), firm(OFFICE))
        assert grant.uid not in uids(lists.personal(registers.permissions, elsewhere))


class TestOwned:
    def test_by_the_owner_without_the_role_itself(self, registers: Registers) -> None:
        owned = lists.owned(registers.permissions, registers.principal(nip(CLIENT), firm(CLIENT)))
        assert {str(item) for item in owned} == {
            "InvoiceRead",
            "InvoiceWrite",
            "Introspection",
            "CredentialsRead",
            "CredentialsManage",
            "SubunitManage",
            "CollectiveIdentifierManage",
        }

    def test_by_a_bailiff(self, registers: Registers) -> None:
        registers.subjects.add_person(Person(nip=CLIENT, pesel=ANNA, description="Komornik", bailiff=True))
        owned = lists.owned(registers.permissions, registers.principal(nip(CLIENT), firm(CLIENT)))
        assert Permission.ENFORCEMENT_OPERATIONS in owned

    def test_by_nobody_else(self, registers: Registers) -> None:
        registers.give(Kind.PERSON, "CredentialsManage", where=nip(CLIENT), to=person(ANNA))
        principal = registers.principal(nip(CLIENT), person(ANNA))
        assert lists.owned(registers.permissions, principal) == set()


class TestPersons:
    @pytest.fixture
    def given(self, registers: Registers) -> dict[str, Grant]:
        """By name: directly here, to an entity here, handed on from here, here from above, from here below, and what
        belongs on other lists."""
        return {
            "direct": registers.give(Kind.PERSON, "InvoiceRead", where=nip(CLIENT), to=person(ANNA)),
            "entity": registers.give(Kind.ENTITY, "InvoiceRead", where=nip(CLIENT), to=nip(OFFICE)),
            "handed on": registers.give(
                Kind.INDIRECT, "InvoiceRead", where=nip(CLIENT), to=person(JAN), target=nip(OTHER_CLIENT)
            ),
            "from above": registers.give(
                Kind.SUBUNIT,
                "CredentialsManage",
                where=nip(CLIENT),
                to=person(JAN),
                giver=nip(OTHER_OFFICE),
            ),
            "below": registers.give(
                Kind.SUBUNIT, "CredentialsManage", where=UNIT, to=person(ANNA), giver=nip(CLIENT)
            ),
            "authorization": registers.give(
                Kind.AUTHORIZATION, "SelfInvoicing", where=nip(CLIENT), to=nip(OFFICE)
            ),
            "foreign": registers.give(
                Kind.EU_ADMINISTRATION, "VatUeManage", where=FOREIGN, to=THUMB, giver=nip(CLIENT)
            ),
            "elsewhere": registers.give(Kind.PERSON, "InvoiceRead", where=nip(OTHER_CLIENT), to=person(ANNA)),
        }

    def names(self, given: dict[str, Grant], found: list[Grant]) -> list[str]:
        by_uid = {grant.uid: name for name, grant in given.items()}
        return [by_uid[item.uid] for item in found]

    def test_in_force_here(self, registers: Registers, given: dict[str, Grant]) -> None:
        principal = registers.principal(nip(CLIENT), firm(CLIENT))
        persons = lists.persons(registers.permissions, principal, current=True)
        assert self.names(given, persons) == ["from above", "handed on", "entity", "direct"]

    def test_given_from_here(self, registers: Registers, given: dict[str, Grant]) -> None:
        principal = registers.principal(nip(CLIENT), firm(CLIENT))
        persons = lists.persons(registers.permissions, principal, current=False)
        assert self.names(given, persons) == ["below", "handed on", "entity", "direct"]

    def test_in_a_unit(self, registers: Registers, given: dict[str, Grant]) -> None:
        principal = registers.principal(UNIT, person(ANNA))
        persons = lists.persons(registers.permissions, principal, current=True)
        assert self.names(given, persons) == ["below"]
        assert lists.persons(registers.permissions, principal, current=False) == []

    def test_administrators_of_units(self, registers: Registers, given: dict[str, Grant]) -> None:
        principal = registers.principal(nip(CLIENT), firm(CLIENT))
        assert self.names(given, lists.subunits(registers.permissions, principal)) == ["below"]

    def test_what_other_entities_gave(self, registers: Registers, given: dict[str, Grant]) -> None:
        office = registers.principal(nip(OFFICE), firm(OFFICE))
        assert self.names(given, lists.entities_received(registers.permissions, office)) == ["entity"]
        client = registers.principal(nip(CLIENT), firm(CLIENT))
        assert lists.entities_received(registers.permissions, client) == []

    def test_authorizations_of_either_side(self, registers: Registers, given: dict[str, Grant]) -> None:
        client = registers.principal(nip(CLIENT), firm(CLIENT))
        office = registers.principal(nip(OFFICE), firm(OFFICE))
        for principal, received, seen in (
            (client, False, ["authorization"]),
            (client, True, []),
            (office, False, []),
            (office, True, ["authorization"]),
        ):
            authorizations = lists.authorizations(registers.permissions, principal, received=received)
            assert self.names(given, authorizations) == seen

    def test_foreigners_seen_from_the_firm(self, registers: Registers, given: dict[str, Grant]) -> None:
        """From the taxpayer's context its administrators only, not whom they let in."""
        registers.give(Kind.EU, "InvoiceRead", where=FOREIGN, to=THUMB)
        principal = registers.principal(nip(CLIENT), firm(CLIENT))
        assert self.names(given, lists.foreign(registers.permissions, principal)) == ["foreign"]

    def test_foreigners_seen_from_their_own_context(
        self, registers: Registers, given: dict[str, Grant]
    ) -> None:
        representative = registers.give(Kind.EU, "InvoiceRead", where=FOREIGN, to=THUMB)
        registers.give(Kind.PERSON, "InvoiceRead", where=FOREIGN, to=person(JAN))
        principal: Principal = registers.principal(FOREIGN, THUMB)
        result = lists.foreign(registers.permissions, principal)
        assert uids(result) == [representative.uid, given["foreign"].uid]


def test_active_or_not(registers: Registers) -> None:
    grant = registers.give(
        Kind.INDIRECT, "InvoiceRead", where=nip(OFFICE), to=person(ANNA), target=nip(CLIENT)
    )
    assert lists.state(registers.permissions, grant) == "Inactive"
    registers.give(Kind.ENTITY, "InvoiceRead", where=nip(CLIENT), to=nip(OFFICE), delegate=True)
    assert lists.state(registers.permissions, grant) == "Active"
