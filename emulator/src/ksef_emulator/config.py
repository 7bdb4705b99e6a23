"""What the command line decides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .model.limits.rates import Profile
from .model.time.progress import Progress

Answers = Literal["live", "documented"]
Sha1 = Literal["accepted", "refused"]
USUAL = Progress(seconds=0.15)


@dataclass(frozen=True, kw_only=True)
class Config:
    """``host`` and ports are where the emulator listens. ``public_url`` is how others reach it, and stands in the
    links that it gives; ``qr_url``, ``storage_url``, ``latarnia_url`` and ``portal_url`` are for services that have
    an address of their own, as they have in the live system. No address ends with a slash. ``tls`` is HTTPS on the
    public port. ``data_dir`` None forgets everything at the end. ``schemas`` is a directory of the schemas that do not
    come with the emulator.

    ``progress`` is how long asynchronous work takes (login, certificate, invoice): never at once, as in the live
    system. ``rate_limits`` is how many requests are let in: TEST's ten times production's, production's, or any number.
    ``answers`` and ``sha1`` are those of `Behaviour`, ``seed`` that of `Numbers`.
    """

    host: str = "127.0.0.1"
    port: int = 8090
    control_port: int = 8091
    data_dir: Path | None = None
    public_url: str = ""
    qr_url: str = ""
    storage_url: str = ""
    latarnia_url: str = ""
    portal_url: str = ""
    tls: bool = False
    schemas: Path | None = None
    progress: Progress = USUAL
    rate_limits: Profile = "test"
    answers: Answers = "live"
    sha1: Sha1 = "accepted"
    seed: int | None = None

    @property
    def base(self) -> str:
        """The public address, without a trailing slash."""
        scheme = "https" if self.tls else "http"
        return self.public_url.rstrip("/") or f"{scheme}://{self._reachable}:{self.port}"

    @property
    def api_base(self) -> str:
        """The address of the API: a client's base address."""
        return f"{self.base}/v2"

    @property
    def storage_base(self) -> str:
        """What stands before the path ``/storage/…`` of links to stored files."""
        return self.storage_url.rstrip("/") or self.base

    @property
    def qr_base(self) -> str:
        """What stands before ``/invoice/…`` and ``/certificate/…`` of the codes on prints."""
        return self.qr_url.rstrip("/") or f"{self.base}/qr"

    @property
    def latarnia_base(self) -> str:
        """What stands before ``/status`` and ``/messages``."""
        return self.latarnia_url.rstrip("/") or f"{self.base}/latarnia"

    @property
    def portal_base(self) -> str:
        """The portal's first page."""
        return self.portal_url.rstrip("/") or f"{self.base}/portal"

    @property
    def control_base(self) -> str:
        """The address of the control API, always plain HTTP."""
        return f"http://{self._reachable}:{self.control_port}"

    @property
    def database(self) -> Path | None:
        """The file of the database."""
        return self.data_dir / "ksef-emulator.sqlite3" if self.data_dir else None

    @property
    def _reachable(self) -> str:
        """The host part of an address on this machine."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104 - not bound here
        return f"[{host}]" if ":" in host else host


@dataclass(kw_only=True)
class Behaviour:
    """Where the live system does otherwise than its documentation says, or its environments differ: which way to take.

    ``answers``: as the live system gives them, or as its OpenAPI describes them. They differ in the media type of
    401 (``application/json``), in an empty list of refused documents and an absent continuation token (both left out).

    ``sha1``: signatures of logins with SHA-1, which the guide lists (auth/podpis-xades.md) and production refuses.
    """

    answers: Answers = "live"
    sha1: Sha1 = "accepted"

    @property
    def live(self) -> bool:
        """Answers as the live system gives them."""
        return self.answers == "live"
