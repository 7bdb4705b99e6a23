"""The emulator's objects, put together: the one place where they meet."""

from __future__ import annotations

import functools

from .api.present import metadata as described
from .clock import Clock
from .config import Behaviour, Config
from .faults import Fault, Faults
from .http.request_log import RequestLog
from .http.tls import Trust
from .intake.schemas import Schemas
from .latarnia.announcements import Announcements
from .model.access.auth import Auth
from .model.access.granting import Granting
from .model.access.ksef_tokens import KsefTokens
from .model.access.permissions import Permissions
from .model.access.verdicts import Verdicts
from .model.identity.ca import Authority
from .model.identity.certificates import Certificates
from .model.identity.firms import Firms
from .model.identity.keys import Keys
from .model.identity.people import People
from .model.identity.peppol import Providers
from .model.identity.subjects import Subjects
from .model.limits.counts import Limits
from .model.limits.rates import RateLimits
from .model.limits.windows import Limiter
from .model.receiving.collective import Collective
from .model.receiving.export_work import ExportWork
from .model.receiving.exports import Exports
from .model.receiving.links import Links
from .model.receiving.metadata import Metadata
from .model.sending.batch_work import BatchWork
from .model.sending.batches import Batches
from .model.sending.consents import Consents
from .model.sending.intake_queue import IntakeQueue
from .model.sending.invoices import Invoices
from .model.sending.sessions import Sessions
from .model.sending.upos import Upos
from .model.time.moments import micros
from .model.time.progress import Pace, Sticky, cap_delays, release
from .model.time.settings import Settings
from .public_services.payers import Payers
from .public_services.register import Register
from .store import Store

KEPT = frozenset({"keys", "link_secret", "published_keys", "token_secret"})
"""Tables that a reset leaves: clients keep the public keys, and the objects below hold the private ones."""


class Emulator:
    """Everything but the wires. ``config`` says where it keeps its data and how others reach it."""

    def __init__(self, config: Config | None = None) -> None:
        """Opens the store and makes, the first time, the authorities and keys. Raises sqlite3.Error, OSError."""
        self.config = config or Config()
        self.trust = Trust(self.config)
        self.requests = RequestLog()
        self.faults = Faults()
        self.warning: str | None = None
        self.behaviour = Behaviour(answers=self.config.answers, sha1=self.config.sha1)
        self.progress = Pace(self.config.progress)
        self.store = Store(self.config.database)
        self.settings = Settings(self.store)
        self.clock = Clock(self.settings.ahead)
        self._assemble()
        self.clock.when_turned(self._turned)

    def _assemble(self) -> None:
        store, clock, progress, faults = self.store, self.clock, self.progress, self.faults
        self.limits = Limits(store)
        self.rate_limits = RateLimits(store, self.config.rate_limits)
        self.limiter = Limiter(lambda: micros(clock.now()))
        self.announcements = Announcements(store, clock)
        self.subjects = Subjects(store, clock)
        self.people = People(store, self.subjects)
        self.permissions = Permissions(store, self.subjects, clock)
        self.granting = Granting(store, clock, self.permissions, progress)
        self.ca = Authority(store, clock)
        self.keys = Keys(self.ca)
        self.certificates = Certificates(
            store, clock, self.ca, self.subjects, progress=progress, limits=self.limits
        )
        self.ksef_tokens = KsefTokens(store, clock, self.subjects, progress)
        self.providers = Providers(store, clock)
        self.verdicts = Verdicts(
            store=store,
            clock=clock,
            authority=self.ca,
            certificates=self.certificates,
            ksef_tokens=self.ksef_tokens,
            permissions=self.permissions,
            subjects=self.subjects,
            providers=self.providers,
        )
        self.auth = Auth(
            store=store,
            clock=clock,
            authority=self.ca,
            keys=self.keys,
            certificates=self.certificates,
            ksef_tokens=self.ksef_tokens,
            verdicts=self.verdicts,
            progress=Sticky(progress, lambda: faults.happens(Fault.LOGIN_STUCK) is not None),
        )
        self.sessions = Sessions(store, clock, progress, faults=faults)
        self.invoices = Invoices(store, clock, Sticky(progress, self._sticks), limits=self.limits)
        for fault, table in ((Fault.LOGIN_STUCK, "logins"), (Fault.INVOICE_STUCK, "pending")):
            faults.when_off(fault, functools.partial(self._release, table))
            release(store, table)
        self.links = Links(clock, store=store)
        self.consents = Consents(store, clock)
        self.intake_queue = IntakeQueue(
            store=store,
            clock=clock,
            sessions=self.sessions,
            invoices=self.invoices,
            schemas=Schemas(self.config.schemas),
            relations=self.permissions,
            limits=self.limits,
            consents=self.consents,
            refuses=lambda: faults.happens(Fault.INVOICE_REFUSED) is not None,
            seed=self.config.seed,
        )
        self.batches = Batches(store, clock, self.config.data_dir)
        self.batches.sweep(beginning=True)
        self.batch_work = BatchWork(self.batches, self.intake_queue, sticks=self._sticks)
        self.batch_work.resume()
        self.collective = Collective(store, clock)
        self.firms = Firms(store)
        self.payers = Payers(store=store, clock=clock)
        self.register = Register(clock=clock)
        self.intake_queue.storage.late = lambda: faults.happens(Fault.STORED_LATE)
        self.metadata = Metadata(store, clock, self.intake_queue.storage)
        self.exports = Exports(
            store,
            clock,
            Sticky(progress, lambda: faults.happens(Fault.EXPORT_STUCK) is not None),
            folder=self.config.data_dir,
        )
        self.exports.sweep()
        self.export_work = ExportWork(
            self.exports,
            self.metadata,
            described,
            cancels=lambda: faults.happens(Fault.EXPORT_CANCELLED) is not None,
            corrupts=lambda: faults.happens(Fault.EXPORT_CORRUPTED) is not None,
            differs=lambda: faults.happens(Fault.EXPORT_DIFFERS) is not None,
        )
        faults.when_off(Fault.EXPORT_STUCK, functools.partial(release, store, "exports"))
        release(store, "exports")
        self.export_work.resume()
        self.upos = Upos(store, clock, self.sessions, self.invoices, self.keys.seal)

    def reset(self) -> None:
        """Forget everybody and everything; the clock runs right again. Authorities and keys stay as they are."""
        self.batch_work.forget()
        self.export_work.forget()
        self.store.reset(keep=KEPT)
        self.batches.sweep()
        self.exports.sweep()
        self.intake_queue.storage.reset()
        self.intake_queue.registration.numbers.reset()
        self.payers.reset()
        self.register.reset()
        self.limits.reload()
        self.rate_limits.use(self.config.rate_limits)
        self.limiter.forget()
        self.clock.reset()
        self.progress.reset()
        self.faults.clear()
        self.warning = None
        self.behaviour.answers, self.behaviour.sha1 = self.config.answers, self.config.sha1
        self.requests.clear()

    def _sticks(self) -> bool:
        return self.faults.happens(Fault.INVOICE_STUCK) is not None

    def _release(self, table: str) -> None:
        """What a fault held goes on."""
        release(self.store, table)
        self.batch_work.resume()

    def _turned(self) -> None:
        """Nothing waits for a moment that lies further away than before, and a restart finds the clock as it is."""
        self.settings.ahead = self.clock.ahead
        cap_delays(self.store, self.progress, self.clock.now())

    def close(self) -> None:
        """Close the store; without a data directory everything is gone then."""
        self.batch_work.close()
        self.export_work.close()
        self.batches.close()
        self.exports.close()
        _ = self.keys.published  # they are written into the store
        self.store.close()
