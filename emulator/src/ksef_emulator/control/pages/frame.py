"""What every page of the control panel does alike: the menu, the notice of what was done, the form's secret."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import ValidationError

from ...clock import Clock
from ...model.identity.firms import Firm
from ...pages import page
from ...pages.fields import Wrong
from ...pages.forms import Forms, Visits
from ...pages.words import Both
from ..contractors.people import MADE_UP

if TYPE_CHECKING:
    from ...emulator import Emulator

COOKIE = "ksef_panel"
SILENT = timedelta(days=7)
"""How long a browser may be silent, by the machine's clock: the emulator's own is what the panel turns."""
MENU: tuple[tuple[Both, tuple[tuple[str, Both], ...]], ...] = (
    (("Teraz", "Now"), (("/", ("Przegląd", "Overview")), ("/panel/zdarzenia", ("Zdarzenia", "Events")))),
    (
        ("Co udaje KSeF", "What KSeF pretends"),
        (
            ("/panel/zegar", ("Zegar", "Clock")),
            ("/panel/usterki", ("Usterki", "Faults")),
            ("/panel/ustawienia", ("Tempo, limity, klucze", "Pace, limits, keys")),
            ("/panel/latarnia", ("Latarnia", "Latarnia")),
        ),
    ),
    (
        ("Dane testowe", "Test data"),
        (
            ("/panel/podmioty", ("Osoby i firmy", "Persons and firms")),
            ("/panel/faktury", ("Faktura od kontrahenta", "A contractor's invoice")),
            ("/panel/certyfikaty", ("Certyfikaty", "Certificates")),
        ),
    ),
    (
        ("Podgląd", "Inside"),
        (
            ("/panel/dziennik", ("Dziennik żądań", "Journal of requests")),
            ("/panel/api", ("API sterowania", "Control API")),
            ("/panel/reset", ("Zacznij od nowa", "Begin anew")),
        ),
    ),
)


class Panel(Forms):
    """The panel's side of every request."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(Visits(Clock(), SILENT), cookie=COOKIE, path="/")
        self.emulator = emulator

    def show(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page with the menu, and once with the notice of what was done last; of ``fields`` what is not there is
        empty."""
        visit = self.visit(request)
        path = request.url.path
        places = [address for _, rooms in MENU for address, _ in rooms if path.startswith(address)]
        values = {
            "error": None,
            "csrf": visit.csrf,
            "menu": MENU,
            "place": max(places, key=len),
            "done": visit.given.pop("done", None),
            **values,
            "fields": defaultdict(str, values.get("fields", {})),
        }
        return self.with_cookie(request, page(request, template, status=status, **values))

    def firms(self) -> list[Firm]:
        """Which ones the emulator has met, but for its made-up contractors."""
        return [firm for firm in self.emulator.firms.all() if firm.nip not in MADE_UP]

    def done(self, request: Request, path: str, polish: str, english: str) -> Response:
        """See ``path`` next, which tells what was done."""
        self.visit(request).given["done"] = (polish, english)
        return self.go(request, path)


async def running_panel(request: Request) -> Panel:
    """The panel that an application was made for."""
    panel: Panel = request.app.state.panel
    return panel


CurrentPanel = Annotated[Panel, Depends(running_panel)]


def of_validation(error: ValidationError, fields: dict[str, str] | None = None) -> Wrong:
    """What an object of the JSON API says of its first wrong field; ``fields`` are the form's names of the object's."""
    first = error.errors()[0]
    name = ".".join(str(item) for item in first["loc"])
    message = str(first["msg"]).removeprefix("Value error, ")
    field = (fields or {}).get(name, name)
    return Wrong(f"Pole „{name}”: {message}", f"Field “{name}”: {message}", field)
