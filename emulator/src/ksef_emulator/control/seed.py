"""Putting firms, people and permissions into the test registers in one go, as often as one likes."""

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator

from .. import problems
from ..api.contract.common import Nip
from ..api.contract.testdata import Pesel
from ..api.security import CurrentEmulator
from ..model.access.permissions import Permission
from ..model.identity.people import PersonExists
from ..model.identity.subjects import AlreadyThere, Person, Subject, SubjectType, Taxpayer
from ..pages.fields import PERSON_NAME
from ..pages.model_forms import Choices, Label
from ..pages.words import Both
from ..portal.permission_words import NAMES

if TYPE_CHECKING:
    from ..emulator import Emulator

_MANY = 1000
Description = Annotated[str, Field(min_length=5, max_length=256)]
GRANTABLE = tuple(permission for permission in Permission if permission is not Permission.OWNER)
TYPES: dict[str, Both] = {
    "VatGroup": ("grupa VAT z członkami", "a VAT group with members"),
    "JST": ("jednostka samorządu z jednostkami podległymi", "a local government with its units"),
    "EnforcementAuthority": ("organ egzekucyjny", "an enforcement authority"),
}
SUBJECTS: dict[SubjectType, Both] = {
    SubjectType.PESEL: ("PESEL", "PESEL"),
    SubjectType.NIP: ("NIP", "NIP"),
    SubjectType.FINGERPRINT: ("odcisk palca certyfikatu", "fingerprint of a certificate"),
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SeedPerson(_Strict):
    """A natural person with a firm of the same NIP, as ``POST /testdata/person``."""

    nip: Nip
    pesel: Pesel
    description: Description = "Osoba testowa"
    isBailiff: Annotated[bool, Label("Komornik sądowy", "Court bailiff")] = False  # noqa: N815
    isDeceased: Annotated[bool, Label("Osoba zmarła", "Dead person")] = False  # noqa: N815


class SeedUnit(_Strict):
    """A member of a VAT group, or a unit of a local government."""

    nip: Nip
    description: Description = "Jednostka testowa"


class SeedFirm(_Strict):
    """A firm. Every NIP has a context of its own anyway: only a VAT group, a local government and an enforcement
    authority stand in a register, as by ``POST /testdata/subject``; of others the control panel knows the name;
    ``owner`` is a person (PESEL) who gets every
    permission that can be granted in it."""

    nip: Annotated[Nip, Label("NIP", "NIP")]
    description: Annotated[Description, Label("Nazwa", "Name")] = "Firma testowa"
    type: Annotated[
        Literal["VatGroup", "JST", "EnforcementAuthority"] | None, Label("Rodzaj", "Kind"), Choices(TYPES)
    ] = None
    units: Annotated[
        list[SeedUnit],
        Field(max_length=_MANY),
        Label(
            "Członkowie albo jednostki",
            "Members or units",
            (
                "Każdy w osobnym wierszu: NIP, odstęp, nazwa.",
                "Each in a line of its own: NIP, a blank, a name.",
            ),
        ),
    ] = []
    owner: Annotated[
        Pesel | None,
        Label(
            "Kto nią kieruje",
            "Who runs it",
            (
                "Ta osoba dostaje w firmie wszystkie uprawnienia.",
                "This person gets every permission in the firm.",
            ),
        ),
    ] = None

    @model_validator(mode="after")
    def _units_of_whom(self) -> "SeedFirm":
        if self.units and self.type not in ("VatGroup", "JST"):
            raise ValueError("jednostki ma tylko VatGroup albo JST")
        return self


class SeedTestPerson(_Strict):
    """Somebody whom the portal's login and the signing desk offer, next to those who are always there; ``nip`` is of
    the person's own firm."""

    givenName: Annotated[  # noqa: N815
        str, Field(min_length=1, max_length=30), Label("Imię", "Given name", rule=PERSON_NAME)
    ]
    surname: Annotated[
        str, Field(min_length=1, max_length=33), Label("Nazwisko", "Surname", rule=PERSON_NAME)
    ]
    pesel: Annotated[Pesel, Label("PESEL", "PESEL")]
    nip: Annotated[Nip | None, Label("NIP własnej firmy", "NIP of an own firm")] = None


class SeedPermission(_Strict):
    """Permissions of a subject in the context of a NIP, as ``POST /testdata/permissions``."""

    context: Annotated[Nip, Label("NIP firmy, w której obowiązują", "NIP of the firm in which they hold")]
    subjectType: Annotated[  # noqa: N815
        SubjectType, Label("Komu: rodzaj identyfikatora", "To whom: kind of identifier"), Choices(SUBJECTS)
    ]
    subject: Annotated[
        str, Field(min_length=10, max_length=64), Label("Komu: identyfikator", "To whom: identifier")
    ]
    permissions: Annotated[
        list[Permission],
        Field(min_length=1),
        Label("Uprawnienia", "Permissions"),
        Choices({item.value: NAMES.get(item, (item.value, item.value)) for item in GRANTABLE}, codes=True),
    ]
    description: Description = "Uprawnienie testowe"

    @model_validator(mode="after")
    def _owner_is_nobodys_gift(self) -> "SeedPermission":
        if Permission.OWNER in self.permissions:
            raise ValueError("Owner nie można nadać")
        return self


class Seed(_Strict):
    """What the registers have to hold afterwards, whatever was there of the same NIP before."""

    persons: Annotated[list[SeedPerson], Field(max_length=_MANY)] = []
    testPersons: Annotated[list[SeedTestPerson], Field(max_length=_MANY)] = []  # noqa: N815
    firms: Annotated[list[SeedFirm], Field(max_length=_MANY)] = []
    permissions: Annotated[list[SeedPermission], Field(max_length=_MANY)] = []


class SeedResult(BaseModel):
    """How many of each the seed had."""

    persons: int
    firms: int
    permissions: int


router = APIRouter(tags=["Dane testowe"])


@router.post("/seed")
def seed(emulator: CurrentEmulator, body: Seed) -> SeedResult:
    """Put everything in, all or nothing. The same again changes nothing; another entry of the same NIP replaces
    the one before."""
    try:
        with emulator.store.transaction():
            load_seed(emulator, body)
    except PersonExists as error:
        raise problems.bad(
            30001,
            "Podmiot lub uprawnienie już istnieje.",
            f"PESEL {error.args[0]} ma osoba, która jest tu zawsze.",
        ) from error
    except AlreadyThere as error:
        raise problems.bad(
            30001,
            "Podmiot lub uprawnienie już istnieje.",
            f"NIP {error.args[0]} jest już w innym rejestrze.",
        ) from error
    return SeedResult(persons=len(body.persons), firms=len(body.firms), permissions=len(body.permissions))


def load_seed(emulator: "Emulator", seed: Seed) -> None:
    """Put everything in. Raises AlreadyThere for a NIP of another register; the caller's transaction is then undone."""
    subjects, permissions = emulator.subjects, emulator.permissions
    for row in seed.persons:
        person = Person(
            nip=row.nip,
            pesel=row.pesel,
            description=row.description,
            bailiff=row.isBailiff,
            deceased=row.isDeceased,
        )
        if subjects.person(row.nip) != person:
            subjects.remove_person(row.nip)
            subjects.add_person(person)
    for one in seed.testPersons:
        emulator.people.put(given_name=one.givenName, surname=one.surname, pesel=one.pesel, nip=one.nip)
    for firm in seed.firms:
        if firm.type is not None:
            subjects.remove_taxpayer(firm.nip)
            units = [
                Taxpayer(nip=unit.nip, type=firm.type, description=unit.description, parent=firm.nip)
                for unit in firm.units
            ]
            subjects.add_taxpayer(Taxpayer(nip=firm.nip, type=firm.type, description=firm.description), units)
        else:
            emulator.firms.add(firm.nip, firm.description)
        if firm.owner is not None:
            owner = Subject(type=SubjectType.PESEL, value=firm.owner)
            permissions.grant(firm.nip, owner, [(row, firm.description) for row in GRANTABLE])
    for entry in seed.permissions:
        subject = Subject(type=entry.subjectType, value=entry.subject)
        permissions.grant(
            entry.context,
            subject,
            [(permission, entry.description) for permission in entry.permissions],
        )
