"""The emulator for other people's tests: in this process, on free ports, gone at the end of a ``with`` block."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from .clock import Clock
from .config import Config
from .control.certificates import CertificateOrder, Issued, issue
from .control.seed import Seed, load_seed
from .emulator import Emulator
from .faults import Faults
from .http.listening import Listener, listen, port_of, serving
from .http.recorder import PREFIX
from .http.request_log import Entry
from .http.server import build

_ORDER: TypeAdapter[CertificateOrder] = TypeAdapter(CertificateOrder)


@dataclass(frozen=True, kw_only=True)
class Running:
    """A running emulator. ``url`` and ``control_url`` have no trailing slash; the API is under ``url + "/v2"``."""

    url: str
    control_url: str
    emulator: Emulator

    @property
    def api(self) -> str:
        """The address of the API, as a client's base address: ``…/v2``, without a trailing slash."""
        return f"{self.url}{PREFIX}"

    @property
    def faults(self) -> Faults:
        """To be switched on and off (`ksef_emulator.faults.Fault`)."""
        return self.emulator.faults

    @property
    def clock(self) -> Clock:
        return self.emulator.clock

    @property
    def requests(self) -> tuple[Entry, ...]:
        """What the public port was asked and what it answered, oldest first."""
        return self.emulator.requests.entries()

    def certificate(self, **order: object) -> Issued:
        """A new key with its test certificate, by the fields of the control API's ``POST /certificates``, such as
        ``kind="seal", nip="1111111111", name="Firma"``. Raises pydantic's ValidationError."""
        body: CertificateOrder = _ORDER.validate_python(order)
        return issue(self.emulator.ca, body, self.clock.now())

    def seed(self, **body: object) -> None:
        """Firms, persons and permissions into the test registers, by the fields of ``POST /seed``. Raises pydantic's
        ValidationError, `ksef_emulator.model.identity.subjects.AlreadyThere`."""
        with self.emulator.store.transaction():
            load_seed(self.emulator, Seed.model_validate(body))


@contextlib.contextmanager
def running_emulator(config: Config | None = None) -> Iterator[Running]:
    """Start an emulator on free ports of the loopback, and end it with the block.

    ``config`` is as on the command line; its ports are replaced unless it sets a ``public_url`` and means them.
    """
    body = config or Config()
    public, control = listen(body.host, 0), listen(body.host, 0)
    with contextlib.closing(public), contextlib.closing(control):
        chosen = replace(body, port=port_of(public), control_port=port_of(control))
        with contextlib.closing(Emulator(chosen)) as emulator:
            applications = build(emulator)
            tls = emulator.trust.context() if chosen.tls else None
            with serving([Listener(applications[0], public, tls), Listener(applications[1], control)]):
                here = replace(chosen, public_url="")
                yield Running(url=here.base, control_url=here.control_base, emulator=emulator)
