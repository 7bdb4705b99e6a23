"""Test persons and firms: the lists, and the forms that add one."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request, Response

from ...model.identity.people import PersonExists
from ...model.identity.subjects import AlreadyThere
from ...pages.fields import Wrong, nip_holds
from ...pages.model_forms import Choices, form_field, from_form
from ...pages.words import Both
from ..seed import Seed, SeedFirm, SeedPerson, SeedTestPerson, SeedUnit, load_seed
from .frame import CurrentPanel, Panel

HERE = "/panel/podmioty"
KINDS: dict[str, Both] = {
    "person": ("działalność osoby", "sole proprietor"),
    "firm": ("firma", "firm"),
    "VatGroup": ("grupa VAT", "VAT group"),
    "JST": ("jednostka samorządu", "local government"),
    "EnforcementAuthority": ("organ egzekucyjny", "enforcement authority"),
}
_NAME_MOST, _NAME_LEAST = 256, 5
_PERSON = {"givenName": "first", "surname": "last", "pesel": "pesel", "nip": "nip"}
_REGISTER = {"isBailiff": "bailiff", "isDeceased": "dead"}
PERSON = {place: form_field(SeedTestPerson, name, place=place) for name, place in _PERSON.items()} | {
    place: form_field(SeedPerson, name, place=place) for name, place in _REGISTER.items()
}
FIRM = {
    "type": form_field(SeedFirm, "type", empty=("zwykła firma", "an ordinary firm")),
    "nip": form_field(SeedFirm, "nip"),
    "name": form_field(SeedFirm, "description", place="name", required=True),
    "units": form_field(SeedFirm, "units"),
}

router = APIRouter(prefix=HERE)


@router.get("")
async def listing(panel: CurrentPanel, request: Request) -> Response:
    return panel.show(
        request,
        "panel_subjects.html",
        people=_people(panel),
        firms=[{"firm": firm, "kind": KINDS.get(firm.kind, ("", ""))} for firm in panel.firms()],
    )


@router.get("/osoba")
async def person(panel: CurrentPanel, request: Request) -> Response:
    return panel.show(request, "panel_person.html", inputs=PERSON)


@router.post("/osoba")
async def add_person(panel: CurrentPanel, request: Request) -> Response:
    form = await panel.form(request)
    try:
        name = _add_person(panel, form)
    except Wrong as wrong:
        return panel.show(request, "panel_person.html", status=400, error=wrong, fields=form, inputs=PERSON)
    return panel.done(request, HERE, f"Dodana osoba: {name}.", f"Added: {name}.")


@router.get("/firma")
async def firm(panel: CurrentPanel, request: Request) -> Response:
    return _show_firm(panel, request)


@router.post("/firma")
async def add_firm(panel: CurrentPanel, request: Request) -> Response:
    form = await panel.form(request)
    try:
        added = _firm(form)
        _load(panel, Seed(firms=[added]))
    except Wrong as wrong:
        return _show_firm(panel, request, status=400, error=wrong, fields=form)
    return panel.done(request, HERE, f"Dodana firma: {added.nip}.", f"Added: {added.nip}.")


def _show_firm(panel: Panel, request: Request, **more: Any) -> Response:
    people: dict[str, Both] = {}
    for row in _people(panel):
        people[row["pesel"]] = (f"{row['name']} ({row['pesel']})", f"{row['name']} ({row['pesel']})")
    nobody = ("nikt (ma tylko pieczęć)", "nobody (it has only a seal)")
    owner = form_field(SeedFirm, "owner", empty=nobody, choices=Choices(people))
    return panel.show(request, "panel_firm.html", inputs=FIRM | {"owner": owner}, **more)


def _people(panel: Panel) -> list[dict[str, Any]]:
    """Whom the login stand-in and the register of persons know, one row for each PESEL and NIP."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    names = {}
    for firm in panel.emulator.people.all():
        names[firm.pesel] = firm.name
        row = {
            "name": firm.name,
            "pesel": firm.pesel,
            "nip": firm.nip or "",
            "bailiff": False,
            "dead": False,
        }
        rows[firm.pesel, firm.nip or ""] = row
    for person in panel.emulator.subjects.persons():
        rows.pop((person.pesel, ""), None)
        rows[person.pesel, person.nip] = {
            "name": names.get(person.pesel, person.description),
            "pesel": person.pesel,
            "nip": person.nip,
            "bailiff": person.bailiff,
            "dead": person.deceased,
        }
    return list(rows.values())


def _add_person(panel: Panel, form: Any) -> str:
    """Whoever logs in at the portal, and, with a NIP, the owner of a firm. Raises Wrong."""
    person = from_form(SeedTestPerson, form, _PERSON)
    name = f"{person.givenName} {person.surname}"
    if person.nip is None and (form.get("bailiff") or form.get("dead")):
        raise Wrong(
            "Komornik i osoba zmarła stoją w rejestrze pod swoim NIP; podaj go.",
            "A bailiff and a dead person stand in the register by their NIP; give it.",
            "nip",
        )
    with panel.emulator.store.transaction():
        if person.nip is not None:
            _load(panel, Seed(persons=[from_form(SeedPerson, form, _REGISTER, description=name)]))
        try:
            panel.emulator.people.add(
                given_name=person.givenName, surname=person.surname, pesel=person.pesel, nip=person.nip
            )
        except PersonExists as error:
            if person.nip is None:
                raise Wrong(
                    "Osoba z tym numerem PESEL już jest na liście.",
                    "Somebody with this PESEL is on the list already.",
                    "pesel",
                ) from error
    return name


def _firm(form: Any) -> SeedFirm:
    """The form as ``POST /seed`` takes it. Raises Wrong."""
    units = [_unit(line) for line in form.get("units", "").splitlines() if line.strip()]
    if units and form.get("type") not in ("VatGroup", "JST"):
        raise Wrong(
            "Jednostki mają tylko grupa VAT i samorząd.",
            "Only a VAT group and a local government have units.",
            "units",
        )
    return from_form(SeedFirm, form, {"description": "name"}, ("description",), units=units)


def _unit(line: str) -> SeedUnit:
    """``1234563218 Szkoła nr 1``. Raises Wrong."""
    nip, _, name = line.strip().partition(" ")
    nip = re.sub(r"[\s-]", "", nip)
    if not nip_holds(nip):
        raise Wrong(
            f"„{line.strip()}”: wiersz zaczyna się od poprawnego numeru NIP.",
            f"“{line.strip()}”: a line begins with a right NIP.",
            "units",
        )
    name = name.strip()[:_NAME_MOST]
    return SeedUnit(nip=nip, description=name) if len(name) >= _NAME_LEAST else SeedUnit(nip=nip)


def _load(panel: Panel, seed: Seed) -> None:
    """Put it into the registers. Raises Wrong."""
    try:
        with panel.emulator.store.transaction():
            load_seed(panel.emulator, seed)
    except AlreadyThere as error:
        raise Wrong(
            f"NIP {error.args[0]} jest już w innym rejestrze.",
            f"NIP {error.args[0]} is in another register already.",
            "nip",
            30001,
        ) from error
