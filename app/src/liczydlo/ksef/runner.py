"""What every conversation of a client needs: connections, a clock, and a login kept alive."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import RLock
from types import TracebackType
from typing import Final, Self, TypeVar

import httpx2

from liczydlo.ksef import login, public_keys, token_login, transport
from liczydlo.ksef.context import Context
from liczydlo.ksef.conversation import Answer, Conversation, Request, converse
from liczydlo.ksef.credentials import Credential
from liczydlo.ksef.environments import Environment
from liczydlo.ksef.errors import LoginRefused, Refused, Unavailable
from liczydlo.ksef.login import Tokens
from liczydlo.ksef.public_keys import PublicKeyCache
from liczydlo.ksef.token_login import KsefToken

T = TypeVar("T")

_HTTP_UNAUTHORIZED: Final = 401
_SPARE: Final = timedelta(seconds=60)  # an access token is renewed this long before it expires


def utc_now() -> datetime:
    """The clock of a client that is given none."""
    return datetime.now(UTC)


class Runner:
    """Runs conversations over HTTP as one login; the modules of resources add the operations."""

    def __init__(
        self,
        environment: Environment,
        *,
        http: httpx2.Client | None = None,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        tokens: Tokens | None = None,
        credential: Credential | KsefToken | None = None,
        context: Context | None = None,
        on_tokens: Callable[[Tokens], None] | None = None,
        on_refused: Callable[[LoginRefused], None] | None = None,
        before_login: Callable[[], None] | None = None,
        on_date: Callable[[datetime], None] | None = None,
        trust_env: bool = True,
        patience: float = 10.0,
        timeout: float | None = None,
        keys: PublicKeyCache = public_keys.SHARED,
    ) -> None:
        self.environment = environment
        self._http = http or transport.http_client(trust_env=trust_env)
        self._owns_http = http is None
        self._clock = clock
        self._sleep = sleep
        self._transport = transport.Transport(
            environment,
            self._http,
            sleep=sleep,
            clock=clock,
            patience=patience,
            timeout=timeout,
            on_date=on_date,
        )
        self._login_patience = login.LOGIN_PATIENCE if timeout is None else timeout
        self._tokens = tokens
        self._credential = credential
        self._context = context
        self._on_tokens = on_tokens
        self._on_refused = on_refused
        self._before_login = before_login
        self._keys = keys
        self._lock = RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless they were given from outside."""
        if self._owns_http:
            self._http.close()

    @property
    def tokens(self) -> Tokens | None:
        """The login in use."""
        return self._tokens

    def login(
        self, context: Context | None = None, credential: Credential | KsefToken | None = None
    ) -> Tokens:
        """Log in by certificate or token; what is not given is taken from the constructor, and given things are kept.

        A token has its own context, and that is the one of the login.

        Raises :class:`LoginRefused`; its code is ``not-logged-in`` when there is nothing to log in with.
        """
        with self._lock:
            self._context = context or self._context
            self._credential = credential or self._credential
            if isinstance(self._credential, KsefToken):
                self._context = self._credential.context
            if self._context is None or self._credential is None:
                raise _nobody()
            if isinstance(self._credential, KsefToken):
                conversation = token_login.token_login(
                    self._credential,
                    api=self.environment.api,
                    cache=self._keys,
                    clock=self._clock,
                    patience=self._login_patience,
                )
            else:
                conversation = login.certificate_login(
                    self._context, self._credential, clock=self._clock, patience=self._login_patience
                )
            try:
                return self._keep(self._of_login(conversation))
            except LoginRefused as refusal:
                self._notify(refusal)
                raise

    def refresh(self) -> Tokens:
        """Renew the access token with the refresh token, with the permissions of this moment.

        Raises :class:`LoginRefused`.
        """
        with self._lock:
            if self._tokens is None:
                raise _nobody()
            return self._keep(self._of_login(login.refresh(self._tokens)))

    def ensure_login(self) -> None:
        """Log in or renew the login now if the next request would have to.

        So a login that is refused or gets no answer comes before anything is begun. Raises :class:`LoginRefused`,
        :class:`Unavailable` and :class:`RateLimited`.
        """
        self._access()

    def _of_login(self, conversation: Conversation[Tokens]) -> Tokens:
        """What happens to a login is not told of the request that needed it: neither a refusal nor a lost answer."""
        try:
            return self._run(conversation)
        except Refused as refusal:
            raise LoginRefused.of(refusal) from refusal
        except Unavailable as failure:
            if not failure.answer_lost:
                raise
            raise Unavailable(failure.code, status=failure.status, reference=failure.reference) from failure

    def _notify(self, refusal: LoginRefused) -> None:
        if self._on_refused is not None:
            self._on_refused(refusal)

    def _run(self, conversation: Conversation[T]) -> T:
        return converse(conversation, self._perform, self._sleep)

    def _perform(self, request: Request) -> Answer:
        if request.bearer is not None:
            return self._transport.perform(request, request.bearer)
        access = self._access()
        try:
            return self._transport.perform(request, access)
        except Refused as refusal:
            if refusal.status != _HTTP_UNAUTHORIZED:
                raise
        # 401 means that nothing was carried out, so any request may go again under a new token
        renewed = self._renewed(access)
        try:
            return self._transport.perform(request, renewed)
        except Refused as refusal:
            if refusal.status != _HTTP_UNAUTHORIZED:
                raise
            error = LoginRefused.of(refusal)
            self._notify(error)
            raise error from refusal

    def _access(self) -> str:
        with self._lock:
            tokens = self._tokens
            if tokens is None or self._clock() >= tokens.access_valid_until - _SPARE:
                return self._renewed(tokens.access if tokens else None)
            return tokens.access

    def _renewed(self, stale: str | None) -> str:
        """Another access token than the stale one: somebody else's renewal, a refresh, or a new login."""
        with self._lock:
            tokens = self._tokens
            if tokens is not None and tokens.access != stale:
                return tokens.access
            if tokens is not None and self._clock() < tokens.refresh_valid_until:
                try:
                    return self.refresh().access
                except LoginRefused as refusal:
                    if self._credential is None:
                        self._notify(refusal)
                        raise
            if self._before_login is not None:
                self._before_login()
            return self.login().access

    def _keep(self, tokens: Tokens) -> Tokens:
        self._tokens = tokens
        if self._on_tokens is not None:
            self._on_tokens(tokens)
        return tokens


def _nobody() -> LoginRefused:
    return LoginRefused(status=_HTTP_UNAUTHORIZED, code="not-logged-in")
