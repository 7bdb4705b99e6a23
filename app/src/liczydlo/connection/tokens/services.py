"""Tokens and logins: what KSeF lists, making, revoking and ending, each with its line in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from liczydlo import ksef
from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.errors import NotConnected
from liczydlo.ksef.login import AuthenticationSession
from liczydlo.ksef.token_login import TokenInfo
from liczydlo.ksef.tokens import NewToken, TokenPermission
from liczydlo.web.reasons import Reason

PATIENCE: Final = 5.0
"""Seconds that a person waits for KSeF."""
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Found(Generic[T]):
    """A page's rows; ``away`` says why there are none, ``missing`` names the permissions that would help."""

    rows: tuple[T, ...] = ()
    away: Reason | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Made:
    """A new token, told this once; ``works`` when KSeF has said so already."""

    token: NewToken
    works: bool


def tokens(company: Company) -> Found[TokenInfo]:
    """Tokens of the company that the login may see, the newest first."""
    return _ask(company, lambda client: client.list_tokens())


def sessions(company: Company) -> Found[AuthenticationSession]:
    """Logins that KSeF can still renew, made by the same person or firm as ours, the newest first."""
    return _ask(
        company,
        lambda client: tuple(sorted(client.active_sessions(), key=lambda one: one.started, reverse=True)),
    )


def own_permissions(company: Company) -> Found[str]:
    """KSeF's names of what the login may do; a token can have no more."""
    return _ask(company, lambda client: tuple(sorted(client.own_permissions().names)))


def _ask(company: Company, question: Callable[[ksef.Client], tuple[T, ...]]) -> Found[T]:
    try:
        with clients.client(company, patience=PATIENCE) as client:
            return Found(rows=question(client))
    except (NotConnected, ksef.KsefError) as error:
        missing = error.missing_permissions if isinstance(error, ksef.Refusal) else ()
        return Found(away=Reason.of(error), missing=missing)


@sensitive_variables()
def make(
    company: Company, permissions: Sequence[TokenPermission], description: str, *, request: HttpRequest
) -> Made:
    """Make a token. Nothing of its text is kept: who asked sees it once.

    Raises NotConnected and :class:`ksef.KsefError`; after an ``Unavailable`` whose answer was lost there may be a
    token that nobody knows, which the list shows.
    """
    with clients.client(company, patience=PATIENCE) as client:
        made = client.make_token(permissions, description)
        audit.log(
            company,
            Action.TOKEN_MADE,
            request=request,
            reference=made.reference,
            permissions=", ".join(permissions),
            description=description,
        )
        try:
            client.wait_for_token(made.reference, patience=PATIENCE)
        except (ksef.Unavailable, ksef.RateLimited):  # it exists; a person who has its text loses nothing
            return Made(token=made, works=False)
    return Made(token=made, works=True)


def revoke(company: Company, token: TokenInfo, *, request: HttpRequest) -> None:
    """Revoke a token for good. Raises NotConnected and :class:`ksef.KsefError`."""
    with clients.client(company, patience=PATIENCE) as client:
        client.revoke_token(token.reference)
    audit.log(
        company,
        Action.TOKEN_REVOKED,
        request=request,
        reference=token.reference,
        description=token.description,
    )
    if (kept := clients.token(company)) is not None and kept.reference == token.reference:
        clients.drop_login(company)


def end(company: Company, session: AuthenticationSession, *, request: HttpRequest) -> None:
    """End a login; our own one is begun anew when it is needed. Raises NotConnected and :class:`ksef.KsefError`."""
    with clients.client(company, patience=PATIENCE) as client:
        client.end_login(session.reference)
    audit.log(
        company,
        Action.SESSION_ENDED,
        request=request,
        reference=session.reference,
        method=session.method,
    )
    if session.is_current:
        clients.drop_login(company)
