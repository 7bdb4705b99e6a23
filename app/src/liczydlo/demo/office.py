"""What a training needs from the emulator's control panel: its clock, Latarnia's announcements, KSeF's silence."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import Any, Final

import httpx2

from liczydlo.demo.servers import NotStarted
from liczydlo.web import times

_API: Final = "/v2/*"
_PATIENCE: Final = 10.0  # seconds for the emulator to tell its new time


@dataclass(frozen=True, kw_only=True)
class Office:
    """``control`` is the panel's address, without a trailing slash. Every method raises httpx2.HTTPError."""

    control: str

    def turn(self, moment: dt.datetime) -> None:
        """Turn the clock, and wait until every process has followed. Raises NotStarted when this one does not."""
        self._ask("PUT", "/clock", set=moment.isoformat())
        if not times.await_emulator(_PATIENCE):
            raise NotStarted("the emulator does not tell the time")
        time.sleep(times.ASK_EVERY)  # or the application would act once more by the old time

    def announce_maintenance(self, start: dt.datetime, end: dt.datetime) -> None:
        self._ask("POST", "/latarnia/maintenance", start=start.isoformat(), end=end.isoformat())

    def announce_failure(self) -> int:
        """A failure begins now; the number of its event."""
        return int(self._ask("POST", "/latarnia/failures")["eventId"])

    def announce_end(self, event: int) -> None:
        """The failure ends now."""
        self._ask("POST", f"/latarnia/failures/{event}/end")

    def stop_answering(self) -> None:
        """KSeF answers HTTP 502; Latarnia goes on telling why."""
        self._only({"bad-gateway": {"path": _API}})

    def cut_off_ksef(self) -> None:
        """The firm reaches Latarnia, and not KSeF: every connection to it is cut."""
        self._only({"cut": {"path": _API}})

    def cut_line(self) -> None:
        """The firm reaches nobody."""
        self._only({"cut": {}})

    def mend(self) -> None:
        """Remove all faults from the emulator."""
        self._only({})

    def _only(self, faults: dict[str, dict[str, str]]) -> None:
        self._ask("PUT", "/faults", **faults)

    def _ask(self, method: str, path: str, **body: object) -> Any:
        answer = httpx2.request(
            method, f"{self.control}{path}", json=body, trust_env=False
        ).raise_for_status()
        return answer.json() if answer.content else None
