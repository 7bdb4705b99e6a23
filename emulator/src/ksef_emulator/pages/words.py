"""How pages say things: moments, spans of time, counts, in Polish and English side by side."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..intake.polish_time import in_poland

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


def money(grosze: int, currency: str = "PLN") -> str:
    """``1 234,50 zł``, with spaces that do not break."""
    sign = "−" if grosze < 0 else ""
    whole = f"{abs(grosze) // 100:,}".replace(",", "\u202f")
    return f"{sign}{whole},{abs(grosze) % 100:02d}\u00a0{'zł' if currency == 'PLN' else currency}"


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
    units: list[Both] = []
    for seconds, polish, english in _UNITS:
        number, left = divmod(left, seconds)
        if number:
            units.append(counted(number, polish, english))
        elif units:
            break
    units = units[:2] or [("0 sekund", "0 seconds")]
    return " ".join(text[0] for text in units), " ".join(text[1] for text in units)


def shifted(ahead: timedelta) -> Both | None:
    """How the emulator's clock stands against the machine's; None when it is the same."""
    if abs(ahead) < _REAL:
        return None
    polish, english = span(ahead)
    if ahead > timedelta():
        return f"przesunięty o {polish} do przodu", f"{english} ahead"
    return f"cofnięty o {polish}", f"{english} behind"
