"""The client: one object per company and environment, over which every conversation with KSeF runs."""

from __future__ import annotations

from liczydlo.ksef import login, public_keys, token_login
from liczydlo.ksef.batches import BatchOperations
from liczydlo.ksef.certificates import CertificateOperations
from liczydlo.ksef.collective import CollectiveOperations
from liczydlo.ksef.exports import ExportOperations
from liczydlo.ksef.invoices import ReceivingOperations
from liczydlo.ksef.limits import LimitOperations
from liczydlo.ksef.login import AuthenticationSession, Challenge, Operation, Tokens
from liczydlo.ksef.permission_lists import PermissionLists
from liczydlo.ksef.permissions import PermissionOperations
from liczydlo.ksef.public_keys import PublicKey
from liczydlo.ksef.sessions import OnlineSession, SendingOperations
from liczydlo.ksef.standing import StandingOperations
from liczydlo.ksef.token_login import TokenInfo
from liczydlo.ksef.tokens import TokenOperations

__all__ = ["Client", "OnlineSession"]


class Client(
    CertificateOperations,
    PermissionOperations,
    PermissionLists,
    TokenOperations,
    SendingOperations,
    BatchOperations,
    ReceivingOperations,
    ExportOperations,
    CollectiveOperations,
    LimitOperations,
    StandingOperations,
):
    """A conversation partner for one environment; thread-safe, to be closed or used as a context manager.

    Given ``credential`` (a certificate with its key, or a KSeF token) and ``context`` it logs in by itself when it
    must, and it renews an access token that runs out or that KSeF no longer takes. ``tokens`` are an earlier login
    to go on with; ``on_tokens`` is called, from the thread that caused it, with every new login or renewal, so that
    it can be kept for other processes.

    ``patience`` is the most seconds that one request waits for KSeF in total, over repetitions and
    ``Retry-After``; ``timeout`` is the most that it waits for any one step of an exchange, and for KSeF to decide on
    a login. Every method raises :class:`Refused`, :class:`LoginRefused`, :class:`Unavailable` or
    :class:`RateLimited`; ``on_refused`` is called with every refusal of the login, and ``before_login``, which may
    raise, before every login that nobody asked for by name. ``on_date`` is called with the moment of every answer, by
    KSeF's clock.
    Methods that change something in KSeF never repeat a request that may have been carried out: look at
    ``Unavailable.answer_lost``.
    """

    def challenge(self) -> Challenge:
        """A challenge for a login that somebody else signs; valid for ten minutes."""
        return self._run(login.challenge())

    def submit_login(self, signed: bytes) -> Operation:
        """Hand in an ``AuthTokenRequest`` that somebody else signed; its challenge is used up by that."""
        return self._run(login.submit(signed))

    def login_decided(self, operation: Operation) -> bool:
        """Whether KSeF has let a login in. Raises :class:`Refused` when it has not."""
        return self._run(login.is_decided(operation))

    def redeem_login(self, operation: Operation) -> Tokens:
        """Take the tokens of a login that was let in, and go on with them; KSeF gives them once."""
        with self._lock:
            return self._keep(self._run(login.redeem(operation)))

    def token_info(self, reference: str) -> TokenInfo:
        """What KSeF tells of a token; whoever logged in with one may ask about that one."""
        return self._run(token_login.info(reference))

    def active_sessions(self) -> tuple[AuthenticationSession, ...]:
        """The logins that are alive in this context."""
        return self._run(login.active_sessions())

    def end_session(self) -> None:
        """Invalidate the current login's refresh token, and forget the login."""
        self._run(login.end_current_session())
        with self._lock:
            self._tokens = None

    def public_keys(self) -> tuple[PublicKey, ...]:
        """The Ministry's public keys as of now, past the cache."""
        keys = self._run(public_keys.fetch())
        self._keys.put(self.environment.api, self._clock(), keys)
        return keys
