"""How the panel's pages say things: moments, spans of time, counts, in Polish and English side by side."""

from __future__ import annotations

from datetime import datetime, timedelta

from ...faults import Fault
from ...intake.polish_time import in_poland

Both = tuple[str, str]
"""Polish, English."""
_REAL = timedelta(seconds=1)
_UNITS: tuple[tuple[int, tuple[str, str, str], str], ...] = (
    (86_400, ("dzień", "dni", "dni"), "day"),
    (3600, ("godzinę", "godziny", "godzin"), "hour"),
    (60, ("minutę", "minuty", "minut"), "minute"),
    (1, ("sekundę", "sekundy", "sekund"), "second"),
)


def moment(at: datetime, *, seconds: bool = False) -> str:
    """In Poland: ``24.11.2026 08:05``."""
    return in_poland(at).strftime("%d.%m.%Y %H:%M:%S" if seconds else "%d.%m.%Y %H:%M")


def day(at: datetime) -> str:
    """In Poland: ``24.11.2026``."""
    return in_poland(at).strftime("%d.%m.%Y")


def money(grosze: int) -> str:
    """``1 234,50 zł``, with spaces that do not break."""
    sign = "−" if grosze < 0 else ""
    whole = f"{abs(grosze) // 100:,}".replace(",", "\u202f")
    return f"{sign}{whole},{abs(grosze) % 100:02d}\u00a0zł"


def plural(number: int, one: str, few: str, many: str) -> str:
    """``2 firmy``: the Polish form that the number asks for."""
    if number == 1:
        form = one
    elif number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        form = few
    else:
        form = many
    return f"{number} {form}"


def counted(number: int, polish: tuple[str, str, str], english: str, plural_english: str = "") -> Both:
    """A number of things in both languages."""
    word = english if number == 1 else plural_english or f"{english}s"
    return plural(number, *polish), f"{number} {word}"


def span(length: timedelta) -> Both:
    """The two greatest units of a span, of which the sign does not matter: ``3 dni 4 godziny``."""
    left = round(abs(length).total_seconds())
    told: list[Both] = []
    for seconds, polish, english in _UNITS:
        number, left = divmod(left, seconds)
        if number:
            told.append(counted(number, polish, english))
        elif told:
            break
    told = told[:2] or [("0 sekund", "0 seconds")]
    return " ".join(each[0] for each in told), " ".join(each[1] for each in told)


def shifted(ahead: timedelta) -> Both | None:
    """How the emulator's clock stands against the machine's; None when it is the same."""
    if abs(ahead) < _REAL:
        return None
    polish, english = span(ahead)
    if ahead > timedelta():
        return f"przesunięty o {polish} do przodu", f"{english} ahead"
    return f"cofnięty o {polish}", f"{english} behind"


FAULTS: dict[Fault, tuple[Both, Both]] = {
    Fault.SLOW: (
        ("Wolne odpowiedzi", "Slow answers"),
        ("Odpowiedź przychodzi po podanej liczbie sekund.", "An answer comes so many seconds later."),
    ),
    Fault.SERVER_ERROR: (
        ("Błąd serwera", "Server error"),
        (
            "Odpowiedzią jest błąd 5xx; nic nie zostaje wykonane.",
            "The answer is a 5xx error; nothing is done.",
        ),
    ),
    Fault.BAD_GATEWAY: (
        ("Strona 502 zamiast JSON", "A page 502 instead of JSON"),
        (
            "Odpowiada pośrednik, stroną HTML; nic nie zostaje wykonane.",
            "A gateway answers in HTML; nothing is done.",
        ),
    ),
    Fault.CUT: (
        ("Zerwane połączenie", "Cut connection"),
        (
            "Połączenie znika bez odpowiedzi; nic nie zostaje wykonane.",
            "It ends without an answer; nothing is done.",
        ),
    ),
    Fault.ANSWER_LOST: (
        ("Zgubiona odpowiedź", "Lost answer"),
        (
            "Żądanie zostaje wykonane, ale odpowiedź nie dochodzi.",
            "The request is carried out, the answer never comes.",
        ),
    ),
    Fault.MAINTENANCE: (
        ("Przerwa codziennie 16–18", "Break every day, 16–18"),
        (
            "Od 16:00 do 18:00 w Polsce API odpowiada stroną 502, jak TEST.",
            "From 16:00 to 18:00 in Poland: 502, as TEST.",
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
