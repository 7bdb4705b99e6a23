"""Switching faults on and off."""

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, field_validator

from ..api.contract.operations import OPERATIONS
from ..api.security import CurrentEmulator
from ..faults import SECONDS, Fault, Setting, State
from ..pages.model_forms import Label
from ..pages.words import Both

if TYPE_CHECKING:
    from ..emulator import Emulator

_OPERATION_NAMES = frozenset(f"{operation.method} {operation.path}" for operation in OPERATIONS)
STATUSES = frozenset({500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511})
FAULTS: dict[Fault, tuple[Both, Both]] = {
    Fault.SLOW: (
        ("Wolne odpowiedzi", "Slow answers"),
        ("Odpowiedź przychodzi po podanej liczbie sekund.", "An answer comes so many seconds later."),
    ),
    Fault.SERVER_ERROR: (
        ("Błąd serwera", "Server error"),
        (
            "Odpowiedzią jest błąd 5xx; nic nie zostaje wykonane.",
            "The answer is HTTP `status` (500–599), and nothing is done.",
        ),
    ),
    Fault.BAD_GATEWAY: (
        ("Strona 502 zamiast JSON", "A page 502 instead of JSON"),
        (
            "Odpowiada pośrednik, stroną HTML; nic nie zostaje wykonane.",
            "A gateway answers HTTP 502 with a page in HTML; nothing is done.",
        ),
    ),
    Fault.CUT: (
        ("Zerwane połączenie", "Cut connection"),
        (
            "Połączenie znika bez odpowiedzi; nic nie zostaje wykonane.",
            "The connection is closed without an answer; nothing is done.",
        ),
    ),
    Fault.ANSWER_LOST: (
        ("Zgubiona odpowiedź", "Lost answer"),
        (
            "Żądanie zostaje wykonane, ale odpowiedź nie dochodzi.",
            "The request is carried out, then the connection is closed.",
        ),
    ),
    Fault.MAINTENANCE: (
        ("Przerwa codziennie 16–18", "Break every day, 16–18"),
        (
            "Od 16:00 do 18:00 w Polsce API odpowiada stroną 502, jak TEST.",
            "From 16:00 to 18:00 in Poland the API answers 502, as TEST.",
        ),
    ),
    Fault.LATARNIA_DOWN: (
        ("Latarnia nie odpowiada", "Latarnia does not answer"),
        (
            "/latarnia/status i /latarnia/messages odpowiadają stroną 502.",
            "Its two addresses answer with a page 502.",
        ),
    ),
    Fault.INVOICE_STUCK: (
        ("Faktura bez końca w toku", "Invoice never done"),
        (
            "Wysłany dokument stoi na 150, aż usterka zniknie.",
            "A document sent now stays at 150 until this is off.",
        ),
    ),
    Fault.INVOICE_REFUSED: (
        ("Faktura odrzucona technicznie", "Invoice refused for a technical reason"),
        (
            "Wysłany dokument jest odrzucany z kodem 450, choć nic mu nie brakuje: do ćwiczenia korekty technicznej.",
            "A document sent now is refused with code 450, though nothing is wrong with it: to try a technical"
            " correction.",
        ),
    ),
    Fault.LOGIN_STUCK: (
        ("Logowanie bez końca w toku", "Login never done"),
        (
            "Rozpoczęte logowanie stoi na 100, aż usterka zniknie.",
            "A login begun now stays at 100 until this is off.",
        ),
    ),
    Fault.EXPORT_STUCK: (
        ("Eksport bez końca w toku", "Export never done"),
        (
            "Rozpoczęty eksport stoi na 100, aż usterka zniknie.",
            "An export begun now stays at 100 until this is off.",
        ),
    ),
    Fault.EXPORT_CANCELLED: (
        ("Anulowany eksport", "Cancelled export"),
        ("Eksport kończy się kodem 550.", "An export ends with code 550."),
    ),
    Fault.EXPORT_CORRUPTED: (
        ("Uszkodzona część paczki", "Corrupted part of a package"),
        (
            "Pierwsza część gotowego eksportu ma inny bajt, niż mówi jej skrót.",
            "The first part of a finished export has another byte than its hash says.",
        ),
    ),
    Fault.EXPORT_DIFFERS: (
        ("Paczka niezgodna z opisem", "Package that differs from its list"),
        (
            "Faktura w paczce ma w _metadata.json skrót innego dokumentu.",
            "An invoice of a package has the hash of another document in _metadata.json.",
        ),
    ),
    Fault.STORED_LATE: (
        ("Faktura poniżej znacznika", "Invoice below the mark"),
        (
            "Przyjęta faktura pojawia się w zapytaniach i paczkach dopiero po podanej liczbie sekund, z datą sprzed"
            " znacznika kompletności, który KSeF już podał.",
            "An accepted invoice shows in queries and packages only after so many seconds, with a date before the"
            " high water mark that was already given.",
        ),
    ),
    Fault.SESSION_COOLDOWN: (
        ("Sesja zaraz po sesji", "Session right after a session"),
        (
            "Sesja otwarta w podanej liczbie sekund po zamknięciu poprzedniej kończy się kodem 415.",
            "A session opened within so many seconds after the last one was closed ends with code 415.",
        ),
    ),
    Fault.SESSION_UNAVAILABLE: (
        ("Sesja tymczasowo niedostępna", "Session temporarily unavailable"),
        (
            "Faktura wysłana w sesji interaktywnej jest odrzucana z kodem 21184: spróbuj później albo otwórz inną.",
            "An invoice sent in an interactive session is refused with code 21184: try later or open another.",
        ),
    ),
    Fault.SIGNATURE_CONFLICT: (
        ("Konflikt podpisu", "Conflict of the signature"),
        (
            "Podpisane logowanie jest odrzucane z kodem 21406, choć nic mu nie brakuje.",
            "A signed login is refused with code 21406, though nothing is wrong with it.",
        ),
    ),
}
"""What each fault is called, and what happens."""


class FaultSetting(BaseModel):
    """How a fault happens while it is on. An empty object is: every time, to everything, until switched off."""

    model_config = ConfigDict(extra="forbid")

    probability: Annotated[
        float,
        Field(ge=0, le=1, description="Of each request, or piece of work, that fits."),
        Label(
            "Jak często, w procentach",
            "How often, in per cent",
            ("100 to za każdym razem.", "100 is every time."),
        ),
    ] = 1.0
    seed: Annotated[
        int,
        Field(ge=0, le=2**53 - 1, description="Of its dice: the same seed, the same outcomes."),
        Label(
            "Ziarno losowania",
            "Seed of the dice",
            ("To samo ziarno, te same wyniki.", "The same seed, the same outcomes."),
        ),
    ] = 0
    skip: Annotated[
        int,
        Field(ge=0, le=10**9, description="So many that would fit are let go first."),
        Label("Ile razy pominąć na początku", "How many to let go first"),
    ] = 0
    times: Annotated[
        int | None,
        Field(ge=1, le=10**9, description="It happens at most so many times; null is always."),
        Label("Najwyżej ile razy", "At most how many times", ("Puste: bez końca.", "Empty: without end.")),
    ] = None
    operations: Annotated[
        list[str] | None,
        Field(
            min_length=1,
            max_length=100,
            description="Only these, named as in KSeF's OpenAPI: `POST /sessions/online/{referenceNumber}/invoices`.",
        ),
        Label("Tylko operacje", "Only the operations"),
    ] = None
    path: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=500,
            description="Only paths of this pattern, such as `/v2/sessions/*`; also paths that are no operation's.",
        ),
        Label("Wzór ścieżki", "Pattern of the path"),
    ] = None
    seconds: Annotated[
        float | None,
        Field(ge=0, le=3600, description="For `slow` (5) and `session-cooldown` (60)."),
        Label("Sekundy", "Seconds"),
    ] = None
    status: Annotated[
        int,
        Field(description="For `server-error`: 500 and the like."),
        Label("Status HTTP", "HTTP status"),
    ] = 503

    @field_validator("operations")
    @classmethod
    def _operations_exist(cls, value: list[str] | None) -> list[str] | None:
        for name in value or ():
            if name not in _OPERATION_NAMES:
                raise ValueError(f"nie ma operacji „{name}”")
        return value

    @field_validator("status")
    @classmethod
    def _servers_error(cls, value: int) -> int:
        if value not in STATUSES:
            raise ValueError("status musi być błędem serwera (5xx)")
        return value

    def setting(self) -> Setting:
        fields = self.model_dump()
        fields["operations"] = tuple(self.operations) if self.operations else None
        return Setting(**fields)


class FaultState(BaseModel):
    """A fault: what it does, whether it is on and how, and how often it happened since the last reset."""

    name: Fault
    meaning: str
    on: bool
    happened: int
    setting: FaultSetting | None


class FaultList(BaseModel):
    """Every fault, on or off, in the order of the documentation's table."""

    faults: list[FaultState]


router = APIRouter(prefix="/faults", tags=["Usterki"])


def everything(emulator: "Emulator") -> FaultList:
    return FaultList(faults=[_shown(name, state) for name, state in emulator.faults.states().items()])


@router.get("")
def listing(emulator: CurrentEmulator) -> FaultList:
    """Every fault there is, on or off."""
    return everything(emulator)


@router.put("")
def choose(emulator: CurrentEmulator, body: dict[Fault, FaultSetting]) -> FaultList:
    """Exactly these are on from now on; all others are switched off."""
    for fault in Fault:
        if fault in body:
            emulator.faults.set(fault, body[fault].setting())
        else:
            emulator.faults.off(fault)
    return everything(emulator)


@router.delete("", status_code=204)
def clear(emulator: CurrentEmulator) -> Response:
    """All off; what was stuck goes on; counts begin again."""
    emulator.faults.clear()
    return Response(status_code=204)


@router.put("/{fault}")
def switch_on(emulator: CurrentEmulator, fault: Fault, body: FaultSetting) -> FaultState:
    """Switch one on, or give it another setting: its dice and counts of skips and times begin again."""
    emulator.faults.set(fault, body.setting())
    return _shown(fault, emulator.faults.states()[fault])


@router.delete("/{fault}", status_code=204)
def switch_off(emulator: CurrentEmulator, fault: Fault) -> Response:
    """Switch one off; what was stuck by it goes on."""
    emulator.faults.off(fault)
    return Response(status_code=204)


def _shown(fault: Fault, state: State) -> FaultState:
    setting = state.setting
    shown = None
    if setting is not None:
        shown = FaultSetting(
            probability=setting.probability,
            seed=setting.seed,
            skip=setting.skip,
            times=setting.times,
            operations=list(setting.operations) if setting.operations else None,
            path=setting.path,
            seconds=setting.seconds if fault in SECONDS else None,
            status=setting.status,
        )
    return FaultState(
        name=fault,
        meaning=FAULTS[fault][1][1],
        on=setting is not None,
        happened=state.happened,
        setting=shown,
    )
