"""What the emulator pretends, at a glance; the list of the JSON operations; beginning anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from ...emulator import Emulator
from ...faults import Fault
from ...latarnia.announcements import State
from ...model.time.progress import Progress
from ...pages.words import Both, counted, moment, shifted, span
from ..faults import FAULTS
from ..settings import PROFILES
from .frame import CurrentPanel, Panel

STATES: dict[State, Both] = {
    State.AVAILABLE: ("KSeF dostępny", "KSeF available"),
    State.MAINTENANCE: ("prace serwisowe", "maintenance"),
    State.FAILURE: ("awaria", "failure"),
    State.TOTAL_FAILURE: ("awaria całkowita", "total failure"),
}
_FIRMS = ("firma", "firmy", "firm")
_PERSONS = ("osoba", "osoby", "osób")


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One thing that can be otherwise than usual: what it is, how it stands, and where it is changed. ``odd`` says
    that it was changed."""

    title: Both
    value: Both
    address: str
    note: Both = ("", "")
    odd: bool = False


router = APIRouter()


@router.get("/")
async def overview(panel: CurrentPanel, request: Request) -> Response:
    shown = tiles(panel)
    return panel.show(
        request,
        "panel_overview.html",
        tiles=shown,
        odd=sum(tile.odd for tile in shown),
        config=panel.emulator.config,
    )


@router.get("/panel/api")
async def operations(panel: CurrentPanel, request: Request) -> Response:
    return panel.show(request, "panel_api.html", known=list(Fault))


@router.get("/panel/reset")
async def confirm(panel: CurrentPanel, request: Request) -> Response:
    return panel.show(request, "panel_reset.html", firms=panel.firms())


@router.post("/panel/reset")
async def reset(panel: CurrentPanel, request: Request) -> Response:
    await panel.form(request)
    await run_in_threadpool(panel.emulator.reset)
    panel.visit(request).given.clear()
    return panel.done(
        request,
        "/",
        "Emulator zaczął od nowa: zostały tylko jego własne klucze.",
        "The emulator began anew: only its own keys stayed.",
    )


def tiles(panel: Panel) -> list[Tile]:
    """Everything, in the order in which people ask."""
    emulator = panel.emulator
    return [
        _clock(emulator),
        _faults(emulator),
        _latarnia(emulator),
        _maintenance(emulator),
        _limits(emulator),
        _progress(emulator),
        _warning(emulator),
        _mark(emulator),
        *_counts(panel),
    ]


def _clock(emulator: Emulator) -> Tile:
    shift = shifted(emulator.clock.ahead)
    now = moment(emulator.clock.now())
    return Tile(
        title=("Zegar", "Clock"),
        value=(now, now),
        note=shift or ("jak w tym komputerze", "as this computer's"),
        odd=shift is not None,
        address="/panel/zegar",
    )


def _faults(emulator: Emulator) -> Tile:
    on = [name for name, state in emulator.faults.states().items() if state.setting]
    names = ", ".join(FAULTS[name][0][0] for name in on), ", ".join(FAULTS[name][0][1] for name in on)
    return Tile(
        title=("Usterki", "Faults"),
        value=counted(len(on), ("włączona", "włączone", "włączonych"), "on", "on")
        if on
        else ("brak", "none"),
        note=names if on else ("serwer odpowiada za każdym razem", "the server answers every time"),
        odd=bool(on),
        address="/panel/usterki",
    )


def _latarnia(emulator: Emulator) -> Tile:
    state, _ = emulator.announcements.status()
    silent = emulator.faults.setting(Fault.LATARNIA_DOWN) is not None
    return Tile(
        title=("Latarnia mówi", "Latarnia says"),
        value=("brak odpowiedzi (502)", "no answer (502)") if silent else STATES[state],
        note=(f"/latarnia/status: {state}", f"/latarnia/status: {state}") if not silent else ("", ""),
        odd=silent or state is not State.AVAILABLE,
        address="/panel/latarnia",
    )


def _maintenance(emulator: Emulator) -> Tile:
    on = emulator.faults.setting(Fault.MAINTENANCE) is not None
    return Tile(
        title=("Przerwa 16–18", "Break 16–18"),
        value=("codziennie", "every day") if on else ("nie ma", "none"),
        note=("API odpowiada wtedy stroną 502, jak TEST", "the API answers 502 then, as TEST does"),
        odd=on,
        address="/panel/zdarzenia",
    )


def _limits(emulator: Emulator) -> Tile:
    profile = emulator.rate_limits.profile
    return Tile(
        title=("Limity żądań", "Rate limits"),
        value=PROFILES[profile],
        odd=profile != emulator.config.rate_limits,
        address="/panel/ustawienia#limity",
    )


def pace(progress: Progress) -> Both:
    """When asynchronous work shows as done."""
    texts: list[Both] = []
    if progress.polls:
        polish, english = counted(progress.polls, ("zapytaniu", "zapytaniach", "zapytaniach"), "question")
        texts.append((f"po {polish}", f"after {english}"))
    if progress.seconds:
        number = f"{progress.seconds:g}"
        texts.append((f"po {number.replace('.', ',')} s", f"after {number} s"))
    texts = texts or [("od razu", "at once")]
    return " i ".join(text[0] for text in texts), " and ".join(text[1] for text in texts)


def _progress(emulator: Emulator) -> Tile:
    now, usual = emulator.progress, emulator.config.progress
    return Tile(
        title=("Koniec prac w toku", "Work is done"),
        value=pace(now),
        note=("logowania, certyfikaty, faktury, paczki", "logins, certificates, invoices, exports"),
        odd=(now.polls, now.seconds) != (usual.polls, usual.seconds),
        address="/panel/ustawienia#tempo",
    )


def _warning(emulator: Emulator) -> Tile:
    text = emulator.warning
    return Tile(
        title=("Nagłówek X-System-Warning", "Header X-System-Warning"),
        value=(f"„{text}”", f"“{text}”") if text else ("nie ma", "none"),
        odd=bool(text),
        address="/panel/ustawienia#ostrzezenie",
    )


def _mark(emulator: Emulator) -> Tile:
    lag = emulator.metadata.lag
    return Tile(
        title=("Opóźnienie trwałego zapisu (HWM)", "Lag of permanent storage (HWM)"),
        value=span(lag) if lag else ("nie ma", "none"),
        note=("o tyle później widać przyjętą fakturę", "an accepted invoice shows so much later"),
        odd=lag > timedelta(),
        address="/panel/ustawienia#hwm",
    )


def _counts(panel: Panel) -> list[Tile]:
    emulator = panel.emulator
    people = {person.pesel for person in emulator.people.all()}
    people |= {person.pesel for person in emulator.subjects.persons()}
    requests = emulator.requests.count
    return [
        Tile(
            title=("Dane testowe", "Test data"),
            value=_joined(
                counted(len(people), _PERSONS, "person"), counted(len(panel.firms()), _FIRMS, "firm")
            ),
            address="/panel/podmioty",
        ),
        Tile(
            title=("Żądania od startu", "Requests since the start"),
            value=(str(requests), str(requests)),
            note=_last(emulator),
            address="/panel/dziennik",
        ),
    ]


def _last(emulator: Emulator) -> Both:
    entries = emulator.requests.entries()
    if not entries:
        return "jeszcze żadnego", "none yet"
    last = entries[-1]
    texts = f"{last.method} {last.path} → {last.status or '–'}"
    return f"ostatnie: {texts}", f"the last: {texts}"


def _joined(*parts: Both) -> Both:
    return ", ".join(part[0] for part in parts), ", ".join(part[1] for part in parts)
