"""KSeF tokens, made, listed and revoked (guide ``tokeny-ksef.md``), and the logins that are alive (``auth/sesje.md``).

To log in with one is :mod:`.token_login`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from liczydlo.ksef.conversation import Conversation, Request, part
from liczydlo.ksef.errors import Refused
from liczydlo.ksef.operations import poll
from liczydlo.ksef.runner import Runner
from liczydlo.ksef.token_login import TokenInfo, info, info_of

__all__ = ["NewToken", "TokenOperations"]

TokenPermission = Literal[
    "InvoiceRead",
    "InvoiceWrite",
    "CredentialsRead",
    "CredentialsManage",
    "SubunitManage",
    "EnforcementOperations",
    "Introspection",
    "CollectiveIdentifierManage",
]
_PAGE: Final = 100


@dataclass(frozen=True, kw_only=True)
class NewToken:
    """A token that KSeF has just made and tells this once; the text is never in its representation."""

    reference: str
    text: str = field(repr=False)


def make(permissions: Sequence[TokenPermission], description: str) -> Conversation[NewToken]:
    """``POST /tokens``; it works once its status is ``Active``."""
    body = {"permissions": list(permissions), "description": description}
    answer = yield Request(method="POST", path="/tokens", json=body)
    node = answer.object()
    return NewToken(reference=node.text("referenceNumber"), text=node.text("token"))


def listed() -> Conversation[tuple[TokenInfo, ...]]:
    """``GET /tokens``, all pages, the newest first."""
    tokens: list[TokenInfo] = []
    headers: dict[str, str] = {}
    while True:
        answer = yield Request(method="GET", path="/tokens", query={"pageSize": str(_PAGE)}, headers=headers)
        page = answer.object()
        tokens += (info_of(item) for item in page.nodes("tokens"))
        token = page.optional_text("continuationToken")
        if not token:
            return tuple(tokens)
        headers = {"x-continuation-token": token}


def revoke(reference: str) -> Conversation[None]:
    """``DELETE /tokens/{referenceNumber}``: there is no way back."""
    yield Request(method="DELETE", path=f"/tokens/{part(reference)}", expects="nothing")


def settled(reference: str, patience: float) -> Conversation[TokenInfo]:
    """Poll a token until KSeF has made it work, or has done with it."""

    def ask() -> Conversation[TokenInfo | None]:
        state = yield from info(reference)
        if state.status == "Failed":
            raise Refused(status=400, code="token-failed", reference=reference)
        return None if state.status in {"Pending", "Revoking"} else state

    return poll(ask, patience, reference)


def end_session(reference: str) -> Conversation[None]:
    """``DELETE /auth/sessions/{referenceNumber}``: its refresh token dies, its access tokens live out their minutes."""
    yield Request(method="DELETE", path=f"/auth/sessions/{part(reference)}", expects="nothing")


class TokenOperations(Runner):
    """KSeF tokens of the present context, and its logins."""

    def make_token(self, permissions: Sequence[TokenPermission], description: str) -> NewToken:
        """A new token with some of one's own permissions, fixed for ever; ``description`` is 5 to 256 characters.

        KSeF tells its text this once. Raises :class:`Refused` 26001 for a permission that one has not, and
        ``auth-method-not-allowed`` for a login by token.
        """
        return self._run(make(permissions, description))

    def wait_for_token(self, reference: str, *, patience: float = 20.0) -> TokenInfo:
        """Wait until a token works. Raises :class:`Refused` ``token-failed``, :class:`Unavailable`."""
        return self._run(settled(reference, patience))

    def list_tokens(self) -> tuple[TokenInfo, ...]:
        """Tokens of this context, as far as the login may see them, the newest first."""
        return self._run(listed())

    def revoke_token(self, reference: str) -> None:
        """Revoke a token for good."""
        self._run(revoke(reference))

    def end_login(self, reference: str) -> None:
        """End a login of this context; whoever used it can no longer renew it."""
        self._run(end_session(reference))
