"""Carrying requests over HTTP: what counts as an answer, what may be sent again, and what failed how.

A request that had no effect may be sent again: the connection was never made, KSeF answered 429, or the
operation is repeatable. Any other request whose answer is lost ends in ``Unavailable(answer_lost=True)``;
it is never repeated here. Limits and ``Retry-After``: ``limity/limity-api.md``.
"""

from __future__ import annotations

import logging
import math
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

import httpx2

from liczydlo.ksef.conversation import Answer, Request, Upload
from liczydlo.ksef.environments import Environment
from liczydlo.ksef.errors import KsefError, RateLimited, Refused, Unavailable, UnavailableReason
from liczydlo.ksef.problems import refused

logger = logging.getLogger(__name__)
T = TypeVar("T")

MAX_ANSWER: Final = 64 * 1024 * 1024
"""Bytes of an unpacked answer; a collective UPO page of 10 000 invoices takes about a sixth of it."""
TIMEOUT: Final = httpx2.Timeout(30.0, connect=10.0)
ATTEMPTS: Final = 3
FIRST_WAIT: Final = 0.5
"""Seconds before the second attempt; each further wait is twice as long."""
LONGEST_WAIT: Final = timedelta(hours=1)
"""The most that a ``Retry-After`` is believed: KSeF's longest window of a limit is an hour."""
WITHOUT_A_WORD: Final = timedelta(minutes=1)
"""The wait when ``Retry-After`` is missing or unreadable."""
_IN_FRONT: Final = frozenset({httpx2.codes.FORBIDDEN, httpx2.codes.PROXY_AUTHENTICATION_REQUIRED})
"""Statuses with which a firewall or a proxy stops a request before KSeF."""
_PASSING: Final = {"network", "server-error", "maintenance-page"}
"""Failures that may pass in a second; a timeout has cost enough, and a firewall never changes its mind."""
_NEVER_SENT: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
)


@cache
def tls() -> ssl.SSLContext:
    """The system's trust in certificates, TLS 1.2 at least.

    One for all clients: making it takes tens of ms.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def http_client(*, trust_env: bool = True, verify: ssl.SSLContext | None = None) -> httpx2.Client:
    """An HTTP client for KSeF: no redirects, idle connections dropped before a server does it under our
    hands.

    ``trust_env`` lets the proxy variables of the environment decide; ``verify`` replaces the system's trust.
    """
    return httpx2.Client(
        verify=verify or tls(),
        trust_env=trust_env,
        timeout=TIMEOUT,
        follow_redirects=False,
        limits=httpx2.Limits(max_connections=50, max_keepalive_connections=10, keepalive_expiry=2.0),
        headers={"User-Agent": "liczydlo", "X-Error-Format": "problem-details"},
    )


class Transport:
    """Sends requests of one environment and turns what comes back into an answer or an error."""

    def __init__(
        self,
        environment: Environment,
        http: httpx2.Client,
        *,
        sleep: Callable[[float], None],
        clock: Callable[[], datetime],
        patience: float,
        timeout: float | None = None,
        on_date: Callable[[datetime], None] | None = None,
    ) -> None:
        """``patience``: seconds that one call may wait between its attempts, all in all. ``timeout``: seconds for any
        one step of an exchange; without it those of the HTTP client. ``on_date`` is called with the moment at which
        KSeF made an answer, by its own clock (``Date``).
        """
        self._on_date = on_date
        self._timeout = httpx2.USE_CLIENT_DEFAULT if timeout is None else httpx2.Timeout(timeout)
        self._environment = environment
        self._http = http
        self._sleep = sleep
        self._clock = clock
        self._patience = patience

    def perform(self, request: Request, bearer: str) -> Answer:
        """Send a request, again where that is safe, and return its successful answer.

        Raises :class:`Refused`, :class:`Unavailable` or :class:`RateLimited`; the last when KSeF asks for
        more seconds of waiting than the patience left.
        """
        return self._patiently(lambda: self._once(request, bearer))

    def upload(self, upload: Upload, path: Path) -> None:
        """Send a file where KSeF asked for it, as often as ``perform`` would: the same bytes again do no harm.

        Raises :class:`Refused` ``upload-refused`` (the time for it has run out, say), :class:`Unavailable`.
        """
        self._check_scheme(upload.url)
        self._patiently(lambda: self._put(upload, path))

    def download(self, method: str, url: str, path: Path, *, most: int) -> None:
        """Write what KSeF keeps for us into a file, without a token and as often as ``perform`` would; no more than one
        byte over ``most``.

        Raises :class:`Refused` ``download-refused`` (the link's time has run out, say), :class:`Unavailable`, OSError.
        """
        self._check_scheme(url)
        self._patiently(lambda: self._get(method, url, path, most))

    def _check_scheme(self, url: str) -> None:
        if urlsplit(url).scheme != urlsplit(self._environment.api).scheme:
            raise Unavailable("unreadable-answer")

    def _get(self, method: str, url: str, path: Path, most: int) -> None:
        with (
            _failures(answer_lost=False),
            self._http.stream(method, url, headers={"Accept-Encoding": "identity"}) as answer,
            path.open("wb") as file,
        ):
            _check_storage(answer, "download-refused")
            for piece in answer.iter_raw():
                room = most + 1 - file.tell()
                file.write(piece[:room])
                if len(piece) >= room:
                    return

    def _put(self, upload: Upload, path: Path) -> None:
        with path.open("rb") as file, _failures(answer_lost=False):
            headers = {**upload.headers, "Content-Length": str(path.stat().st_size)}
            answer = self._http.request(upload.method, upload.url, headers=headers, content=file)
        _check_storage(answer, "upload-refused")

    def _patiently(self, once: Callable[[], T]) -> T:
        patience, wait = self._patience, FIRST_WAIT
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return once()
            except RateLimited as limited:
                failure: KsefError = limited
                wait = limited.retry_after
            except Unavailable as unavailable:
                if unavailable.answer_lost or unavailable.code not in _PASSING:
                    raise
                failure = unavailable
            if attempt == ATTEMPTS or wait > patience:
                raise failure
            self._sleep(wait)
            patience -= wait
            wait = wait * 2 if isinstance(failure, Unavailable) else FIRST_WAIT
        raise AssertionError("unreachable")

    def _once(self, request: Request, bearer: str) -> Answer:
        with _failures(answer_lost=not request.repeatable):
            status, headers, body = self._exchange(request, bearer)
        self._note_date(headers)
        logger.debug("%s %s → %s, %d bytes", request.method, request.path, status, len(body))
        if warning := headers.get("x-system-warning"):
            logger.warning("KSeF warns: %s", warning)
        if 200 <= status < 300:
            return _success(request, status, headers, body)
        raise self._failure(request, status, headers, body)

    def _exchange(self, request: Request, bearer: str) -> tuple[int, dict[str, str], bytes]:
        headers = dict(request.headers)
        headers["Accept"] = "application/xml" if request.expects == "xml" else "application/json"
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        if request.xml is not None:
            headers["Content-Type"] = "application/xml"
        with self._http.stream(
            request.method,
            self._environment.api + request.path,
            params=dict(request.query) or None,
            headers=headers,
            json=request.json,
            content=request.xml,
            timeout=self._timeout,
        ) as response:
            body = bytearray()
            for piece in response.iter_bytes():
                body += piece
                if len(body) > MAX_ANSWER:
                    raise Unavailable("answer-too-large", answer_lost=not request.repeatable)
            names = {name.lower(): value for name, value in response.headers.items()}
            return response.status_code, names, bytes(body)

    def _note_date(self, headers: Mapping[str, str]) -> None:
        """Of KSeF's own answers alone: a portal in front of it has a clock of its own."""
        if self._on_date is None or not _is_json(headers):
            return
        try:
            moment = parsedate_to_datetime(headers.get("date", ""))
        except (ValueError, TypeError):
            return
        if moment.tzinfo is not None:
            self._on_date(moment)

    def _failure(self, request: Request, status: int, headers: Mapping[str, str], body: bytes) -> KsefError:
        lost = not request.repeatable
        if status == httpx2.codes.TOO_MANY_REQUESTS:
            return RateLimited(self._retry_after(headers))
        if status >= 500:
            reason: UnavailableReason = "server-error" if _is_json(headers) else "maintenance-page"
            return Unavailable(reason, answer_lost=lost, status=status)
        if status >= 400 and (refusal := refused(status, body)) is not None:
            return refusal
        # A proxy, a firewall or a portal answered. Where it does not plainly stand in front of KSeF, the request may
        # have gone through all the same.
        return Unavailable("not-ksef", answer_lost=lost and status not in _IN_FRONT, status=status)

    def _retry_after(self, headers: Mapping[str, str]) -> float:
        """Seconds from ``Retry-After``, which HTTP also lets be a date (RFC 9110 §10.2.3); 0 to ``LONGEST_WAIT``."""
        value = headers.get("retry-after", "")
        try:
            seconds = float(value)
        except ValueError:
            try:
                seconds = (parsedate_to_datetime(value) - self._clock()).total_seconds()
            except (ValueError, TypeError, OverflowError):
                seconds = math.nan
        if math.isnan(seconds):
            seconds = WITHOUT_A_WORD.total_seconds()
        return min(max(0.0, seconds), LONGEST_WAIT.total_seconds())


def _check_storage(answer: httpx2.Response, code: str) -> None:
    """Raise unless KSeF's storage did as asked; it answers in none of the API's formats."""
    if answer.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
        raise Unavailable("server-error", status=answer.status_code)
    if not answer.is_success:
        raise Refused(status=answer.status_code, code=code, description=answer.reason_phrase)


@contextmanager
def _failures(*, answer_lost: bool) -> Iterator[None]:
    """Turn what the HTTP client raises into :class:`Unavailable`; ``answer_lost`` for what may have been sent."""
    try:
        yield
    except _NEVER_SENT as error:
        raise Unavailable("network") from error
    except httpx2.TimeoutException as error:
        raise Unavailable("timeout", answer_lost=answer_lost) from error
    except httpx2.RequestError as error:
        raise Unavailable("network", answer_lost=answer_lost) from error


def _success(request: Request, status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    kind = headers.get("content-type", "")
    fits = {
        "json": _is_json(headers),
        "xml": "html" not in kind and body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<",
        "nothing": "html" not in kind,
    }[request.expects]
    if not fits:
        raise Unavailable("not-ksef", answer_lost=not request.repeatable, status=status)
    return Answer(status=status, headers=headers, body=body)


def _is_json(headers: Mapping[str, str]) -> bool:
    return "json" in headers.get("content-type", "")
