"""What the command line decides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .model.progress import Progress
from .model.rate_limits import Profile

USUAL = Progress(seconds=0.15)


@dataclass(frozen=True, kw_only=True)
class Config:
    """``host`` and ports are where the emulator listens; ``public_url`` (without a trailing slash) is how others reach
    it, and stands in the links that it gives. ``data_dir`` None forgets everything at the end. ``schemas`` is a directory
    of the schemas that do not come with the emulator.

    ``progress`` is how long asynchronous work takes (login, certificate, invoice): never at once, as in the live
    system. ``rate_limits`` is how many requests are let in: TEST's ten times production's, production's, or any number.
    """

    host: str = "127.0.0.1"
    port: int = 8090
    control_port: int = 8091
    data_dir: Path | None = None
    public_url: str = ""
    schemas: Path | None = None
    progress: Progress = USUAL
    rate_limits: Profile = "test"

    @property
    def base(self) -> str:
        """The public address, without a trailing slash."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - not bound here
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"

    @property
    def storage_base(self) -> str:
        """Where links to stored files lead, without a trailing slash."""
        return self.base

    @property
    def database(self) -> Path | None:
        """The file of the database."""
        return self.data_dir / "ksef-emulator.sqlite3" if self.data_dir else None
