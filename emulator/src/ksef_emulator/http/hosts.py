"""Services with a host name of their own, as the live system has them: the same paths there as on the live hosts.

Everything is reachable under the path prefixes (``/v2``, ``/qr``, ``/latarnia``, ``/portal``, ``/storage``) whatever
the host; under a name of the QR pages, of Latarnia or of the portal, also without the prefix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:
    from ..config import Config

DOMAIN = "ksef.mf.gov.pl"
ENVIRONMENTS = ("", "-demo", "-test")
"""Production, DEMO and TEST (ksef-docs srodowiska.md)."""
OLDER = tuple(f"ksef{environment}.mf.gov.pl" for environment in ENVIRONMENTS)
"""Hosts of the first months, with ``/api/v2`` and ``/client-app/invoice/…``; some clients still name them."""
ORIGINAL_PATH = "ksef_asked_path"
"""In the scope of a request whose path was changed: the path that was asked for."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """``live`` is the first word of its live hosts; ``heads`` are the beginnings of its paths there; here the same
    paths stand under ``prefix``."""

    live: str
    prefix: str
    heads: tuple[str, ...]


API = Service(live="api", prefix="", heads=())
QR = Service(live="qr", prefix="/qr", heads=("/invoice/", "/certificate/"))
LATARNIA = Service(live="api-latarnia", prefix="/latarnia", heads=("/status", "/messages"))
PORTAL = Service(live="ap", prefix="/portal", heads=("/web",))
SERVICES = (API, QR, LATARNIA, PORTAL)


def live(service: Service) -> list[str]:
    """Names of a service's live hosts, not the older ones."""
    return [f"{service.live}{environment}.{DOMAIN}" for environment in ENVIRONMENTS]


def own(config: Config) -> list[str]:
    """Names and addresses in the addresses that the configuration gives, and the one it listens on, in lower case."""
    addresses = [config.base, config.storage_base, config.qr_base, config.latarnia_base, config.portal_base]
    return list(dict.fromkeys(urlsplit(address).hostname or "" for address in addresses))


class ByHost:
    """Stands before ``app``, which knows everything under prefixes only."""

    def __init__(self, app: ASGIApp, config: Config) -> None:
        """The names are those of the live hosts and of the configuration."""
        self.app = app
        self.places: dict[bytes, list[tuple[str, Service]]] = {}
        for service, url in (
            (QR, config.qr_url),
            (LATARNIA, config.latarnia_url),
            (PORTAL, config.portal_url),
        ):
            for name in live(service):
                self._add(name, "", service)
            if service is QR:
                for name in OLDER:
                    self._add(name, "/client-app", service)
            if url:
                parts = urlsplit(url)
                self._add(parts.hostname or "", parts.path.rstrip("/"), service)

    def _add(self, name: str, folder: str, service: Service) -> None:
        self.places.setdefault(name.encode(), []).append((folder, service))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith("/v2/"):
            host = next((value for name, value in scope["headers"] if name == b"host"), b"")
            for folder, service in self.places.get(_name(host), ()):
                path: str = scope["path"]
                inner = path.removeprefix(folder) if path.startswith(f"{folder}/") else path
                if inner.startswith(service.heads):
                    whole = PORTAL.prefix if service is PORTAL else f"{service.prefix}{inner}"
                    scope = {**scope, "path": whole, "raw_path": whole.encode(), ORIGINAL_PATH: path}
                    break
        await self.app(scope, receive, send)


def _name(host: bytes) -> bytes:
    """A host header without its port."""
    if host.startswith(b"["):
        return host[1 : host.find(b"]")].lower()
    return host.partition(b":")[0].lower()
