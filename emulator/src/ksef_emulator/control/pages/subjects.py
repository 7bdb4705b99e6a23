"""Test persons and firms: the lists, and the forms that add one."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from ...model.identity.people import KnownAlready
from ...model.identity.subjects import AlreadyThere
from ...pages.fields import NIP, PERSON_NAME, PESEL, Wrong, nip_holds, required, required_text
from ...pages.words import Both
from ..seed import Seed, SeedFirm, SeedPerson, SeedUnit, load_seed
from .frame import CurrentPanel, Panel, of_validation

HERE = "/panel/podmioty"
KINDS: dict[str, Both] = {
    "person": ("działalność osoby", "sole proprietor"),
    "firm": ("firma", "firm"),
    "VatGroup": ("grupa VAT", "VAT group"),
    "JST": ("jednostka samorządu", "local government"),
    "EnforcementAuthority": ("organ egzekucyjny", "enforcement authority"),
}
TYPES: dict[str, Both] = {
    "": ("zwykła firma", "an ordinary firm"),
    "VatGroup": ("grupa VAT z członkami", "a VAT group with members"),
    "JST": ("jednostka samorządu z jednostkami podległymi", "a local government with its units"),
    "EnforcementAuthority": ("organ egzekucyjny", "an enforcement authority"),
}
_NAME_MOST, _NAME_LEAST = 256, 5

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
    return panel.show(request, "panel_person.html")


@router.post("/osoba")
async def add_person(panel: CurrentPanel, request: Request) -> Response:
    form = await panel.form(request)
    try:
        name = _add_person(panel, form)
    except Wrong as wrong:
        return panel.show(request, "panel_person.html", status=400, error=wrong, fields=form)
    return panel.done(request, HERE, f"Dodana osoba: {name}.", f"Added: {name}.")


@router.get("/firma")
async def firm(panel: CurrentPanel, request: Request) -> Response:
    return panel.show(request, "panel_firm.html", types=TYPES, people=_people(panel))


@router.post("/firma")
async def add_firm(panel: CurrentPanel, request: Request) -> Response:
    form = await panel.form(request)
    try:
        added = _firm(form)
        _load(panel, Seed(firms=[added]))
    except Wrong as wrong:
        return panel.show(
            request,
            "panel_firm.html",
            status=400,
            error=wrong,
            fields=form,
            types=TYPES,
            people=_people(panel),
        )
    return panel.done(request, HERE, f"Dodana firma: {added.nip}.", f"Added: {added.nip}.")


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
    first, last = required_text(form, "first", PERSON_NAME), required_text(form, "last", PERSON_NAME)
    pesel = required(form, "pesel", PESEL)
    nip = required(form, "nip", NIP) if form.get("nip") else None
    bailiff, dead = bool(form.get("bailiff")), bool(form.get("dead"))
    if nip is None and (bailiff or dead):
        raise Wrong(
            "Komornik i osoba zmarła stoją w rejestrze pod swoim NIP; podaj go.",
            "A bailiff and a dead person stand in the register by their NIP; give it.",
            "nip",
        )
    with panel.emulator.store.transaction():
        if nip is not None:
            entry = SeedPerson(
                nip=nip, pesel=pesel, description=f"{first} {last}", isBailiff=bailiff, isDeceased=dead
            )
            _load(panel, Seed(persons=[entry]))
        try:
            panel.emulator.people.add(given_name=first, surname=last, pesel=pesel, nip=nip)
        except KnownAlready as error:
            if nip is None:
                raise Wrong(
                    "Osoba z tym numerem PESEL już jest na liście.",
                    "Somebody with this PESEL is on the list already.",
                    "pesel",
                ) from error
    return f"{first} {last}"


def _firm(form: Any) -> SeedFirm:
    """The form as ``POST /seed`` takes it. Raises Wrong."""
    nip = required(form, "nip", NIP)
    name, kind = form.get("name", ""), form.get("type", "")
    if not _NAME_LEAST <= len(name) <= _NAME_MOST:
        raise Wrong("Nazwa ma od 5 do 256 znaków.", "A name has 5 to 256 characters.", "name")
    owner = required(form, "owner", PESEL) if form.get("owner") else None
    units = [_unit(line) for line in form.get("units", "").splitlines() if line.strip()]
    if units and kind not in ("VatGroup", "JST"):
        raise Wrong(
            "Jednostki mają tylko grupa VAT i samorząd.",
            "Only a VAT group and a local government have units.",
            "units",
        )
    try:
        return SeedFirm(nip=nip, description=name, type=kind or None, units=units, owner=owner)
    except ValidationError as error:
        raise of_validation(error) from error


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
