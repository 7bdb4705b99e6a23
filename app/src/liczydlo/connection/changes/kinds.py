"""What each kind of change does: asking KSeF, finding out what became of it, and what it means for this connection.

Guide ``uprawnienia.md``, ``tokeny-ksef.md``, ``auth/sesje.md``, ``certyfikaty-KSeF.md``. A permission is decided later,
under the reference of an operation; a token works a moment later; the rest is done with KSeF's answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Final

from liczydlo import ksef
from liczydlo.audit.actions import Action
from liczydlo.connection import clients
from liczydlo.connection.certificates import status
from liczydlo.connection.credentials import storing
from liczydlo.connection.models import ChangeKind, Purpose, RemoteChange, StoredCertificate, StoredToken
from liczydlo.connection.permissions.own import own_identifiers
from liczydlo.connection.signals import connected
from liczydlo.ksef.permission_lists import Grant as Granted
from liczydlo.web import times
from liczydlo.web.reasons import Reason


@dataclass(frozen=True, kw_only=True)
class Answer:
    """KSeF has taken the change: its reference, and the text of a new token."""

    reference: str = ""
    token: str = field(default="", repr=False)


class NotDone(Exception):
    """The change came to nothing, and why; ``undone`` is what the audit log says of the ``reference`` then."""

    def __init__(self, reason: Reason, reference: str = "", *, undone: Action | None = None) -> None:
        super().__init__(reason.code)
        self.reason, self.reference, self.undone = reason, reference, undone


class Kind:
    """One kind of change. Every method that gets a client raises KsefError."""

    action: ClassVar[Action]

    def facts_before(self, client: ksef.Client) -> dict[str, Any]:  # noqa: ARG002 - most kinds need nothing
        """Facts read from KSeF before the change, added to its body: the tokens that were there, say."""
        return {}

    def ask(self, client: ksef.Client, body: dict[str, Any]) -> Answer:
        """Send the request; returns KSeF's reference and, of a new token, its text."""
        raise NotImplementedError

    def look(self, client: ksef.Client, row: RemoteChange) -> Answer | None:
        """What KSeF's lists say after an answer was lost: the change is in force, or (None) not to be seen.

        Raises NotDone.
        """
        raise NotImplementedError

    def is_decided(self, client: ksef.Client, row: RemoteChange, patience: float) -> bool:  # noqa: ARG002
        """Whether KSeF has finished what it has taken; it is waited for ``patience`` seconds."""
        return True

    def apply(self, row: RemoteChange) -> None:
        """Carry the change over to our rows; called before the row ends, maybe twice."""

    def is_shown_by(self, refusal: ksef.LoginRefused, row: RemoteChange) -> bool:  # noqa: ARG002
        """Whether the refusal of the login itself says that the change is in force."""
        return False


def _identifier(body: dict[str, str]) -> ksef.Identifier:
    return ksef.Identifier(kind=body["type"], value=body.get("value", ""))  # type: ignore[arg-type]


LISTS: Final[dict[str, Callable[[ksef.Client], tuple[Granted, ...]]]] = {
    "persons": lambda client: client.permissions_given(),
    "entities": lambda client: client.permissions_given(),
    "indirect": lambda client: client.permissions_given(only_mine=True),
    "authorizations": lambda client: client.authorizations("Granted"),
    "subunits": lambda client: client.subunit_administrators(),
    "eu-entities": lambda client: client.eu_permissions(),
}
"""Where KSeF lists what was granted, by the first part of the grant's path and by the name of the list."""


class _Permission(Kind):
    """Granting and revoking: an operation with a reference of its own."""

    def is_decided(self, client: ksef.Client, row: RemoteChange, patience: float) -> bool:
        try:
            client.wait_for_permission(row.reference, patience=patience)
        except ksef.RateLimited:
            return False
        except ksef.Unavailable as error:
            if (
                error.code == "server-error" and error.reference == row.reference
            ):  # the operation itself has failed
                raise NotDone(Reason.of(error), row.reference) from error
            if error.code == "not-finished":
                return False
            raise
        return True


class Grant(_Permission):
    """``body``: ``path`` and ``body`` of a ``ksef.GrantRequest``."""

    action = Action.GRANTED

    def ask(self, client: ksef.Client, body: dict[str, Any]) -> Answer:
        return Answer(reference=client.grant(ksef.GrantRequest(**body)))

    def look(self, client: ksef.Client, row: RemoteChange) -> Answer | None:
        kind = row.body["path"].partition("/")[0]
        return Answer() if is_granted(LISTS[kind](client), row.body["body"]) else None

    def apply(self, row: RemoteChange) -> None:
        """A login that got something for itself begins anew, and what waited for the permission goes on."""
        if _identifier(row.body["body"]["subjectIdentifier"]) in own_identifiers(row.company):
            clients.drop_login(row.company)
            connected.send(sender=RemoteChange, company=row.company)


def is_granted(listed: Iterable[Granted], body: dict[str, Any]) -> bool:
    """Whether everything that ``body`` asks for is in force; an administrator of a unit has one permission there."""
    to = _identifier(body["subjectIdentifier"])
    theirs = [one for one in listed if one.to == to]
    for name, place in (("contextIdentifier", "context"), ("targetIdentifier", "target")):
        if name in body and body[name]["type"] != "NipVatUe":
            theirs = [one for one in theirs if getattr(one, place) == _identifier(body[name])]
    rights = body.get("permissions") or [body[name] for name in ("permission",) if name in body]
    if not rights:
        return bool(theirs)
    has = {one.permission for one in theirs} | {(one.permission, one.can_delegate) for one in theirs}
    return all((one if isinstance(one, str) else (one["type"], one["canDelegate"])) in has for one in rights)


class RevokePermission(_Permission):
    """``body``: ``list`` and ``id`` of the permission, ``to`` as an identifier or None."""

    action = Action.REVOKED

    def ask(self, client: ksef.Client, body: dict[str, Any]) -> Answer:
        revoke = client.revoke_authorization if body["list"] == "authorizations" else client.revoke_permission
        return Answer(reference=revoke(body["id"]))

    def look(self, client: ksef.Client, row: RemoteChange) -> Answer | None:
        listed = {one.id for one in LISTS[row.body["list"]](client)}
        return Answer() if row.body["id"] not in listed else None

    def apply(self, row: RemoteChange) -> None:
        if row.body["to"] and _identifier(row.body["to"]) in own_identifiers(row.company):
            clients.drop_login(row.company)


class MakeToken(Kind):
    """``body``: ``permissions``, ``description``, and ``known``: references of the tokens that there were before."""

    action = Action.TOKEN_MADE

    def facts_before(self, client: ksef.Client) -> dict[str, Any]:
        return {"known": [one.reference for one in client.list_tokens()]}

    def ask(self, client: ksef.Client, body: dict[str, Any]) -> Answer:
        token = client.make_token(body["permissions"], body["description"])
        return Answer(reference=token.reference, token=token.text)

    def look(self, client: ksef.Client, row: RemoteChange) -> Answer | None:
        """A token that nobody can know is revoked. Which one it is, is certain only while there is no other like it."""
        others = RemoteChange.objects.of(row.company).exclude(pk=row.pk).exclude(reference="")
        stored = StoredToken.objects.of(row.company).values_list("reference", flat=True)
        references = {*row.body["known"], *others.values_list("reference", flat=True), *stored}
        expected = row.body["description"], set(row.body["permissions"])
        unknown = [
            one
            for one in client.list_tokens()
            if one.reference not in references and (one.description, set(one.permissions)) == expected
        ]
        if not unknown:
            return None
        if len(unknown) > 1:
            raise NotDone(SEVERAL_TOKENS)
        if unknown[0].status in ALIVE:
            client.revoke_token(unknown[0].reference)
        raise NotDone(TOKEN_LOST, unknown[0].reference, undone=Action.TOKEN_REVOKED)

    def is_decided(self, client: ksef.Client, row: RemoteChange, patience: float) -> bool:
        try:
            client.wait_for_token(row.reference, patience=patience)
        except (ksef.Unavailable, ksef.RateLimited):
            return False
        return True


class RevokeToken(Kind):
    """``body``: the token's ``reference``."""

    action = Action.TOKEN_REVOKED

    def ask(self, client: ksef.Client, body: dict[str, Any]) -> Answer:
        client.revoke_token(body["reference"])
        return Answer(reference=body["reference"])

    def look(self, client: ksef.Client, row: RemoteChange) -> Answer | None:
        alive = {one.reference for one in client.list_tokens() if one.status in ALIVE}
        return Answer(reference=row.body["reference"]) if row.body["reference"] not in alive else None

    def apply(self, row: RemoteChange) -> None:
        stored = clients.token(row.company)
        if stored is not None and stored.reference == row.body["reference"]:
            clients.drop_login(row.company)

    def is_shown_by(self, refusal: ksef.LoginRefused, row: RemoteChange) -> bool:
        stored = clients.token(row.company)
        return refusal.code == "450" and stored is not None and stored.reference == row.body["reference"]


class EndLogin(Kind):
    """``body``: the login's ``reference``, and whether it is the ``current`` one, which is begun anew when needed."""

    action = Action.SESSION_ENDED

    def ask(self, client: ksef.Client, body: dict[str, Any]) -> Answer:
        client.end_login(body["reference"])
        return Answer(reference=body["reference"])

    def look(self, client: ksef.Client, row: RemoteChange) -> Answer | None:
        alive = {one.reference for one in client.active_sessions()}
        return Answer(reference=row.body["reference"]) if row.body["reference"] not in alive else None

    def apply(self, row: RemoteChange) -> None:
        if row.body["current"]:
            clients.drop_login(row.company)


class RevokeCertificate(Kind):
    """``body``: ``serial`` and KSeF's ``reason``; a certificate that is used here goes from here as well."""

    action = Action.CERTIFICATE_REVOKED

    def ask(self, client: ksef.Client, body: dict[str, Any]) -> Answer:
        client.revoke_certificate(body["serial"], body["reason"])
        return Answer()

    def look(self, client: ksef.Client, row: RemoteChange) -> Answer | None:
        active = {one.serial for one in client.query_certificates() if one.status == "Active"}
        return Answer() if row.body["serial"] not in active else None

    def apply(self, row: RemoteChange) -> None:
        status.note(row.company, {row.body["serial"].upper(): "Revoked"}, at=times.now())
        stored = self._stored(row)
        if stored is not None:
            storing.remove(row.company, Purpose(stored.purpose))

    def is_shown_by(self, refusal: ksef.LoginRefused, row: RemoteChange) -> bool:
        """460: the certificate is revoked (OpenAPI, login)."""
        stored = self._stored(row)
        return refusal.code == "460" and stored is not None and stored.purpose == Purpose.AUTHENTICATION

    def _stored(self, row: RemoteChange) -> StoredCertificate | None:
        stored: StoredCertificate | None = (
            StoredCertificate.objects.of(row.company)
            .filter(environment=row.environment, serial=row.body["serial"])
            .first()
        )
        return stored


class MakeCollective(Kind):
    """``body``: ``invoices``, each with ``number``, ``amount`` (None for a correction) and ``currency``."""

    action = Action.COLLECTIVE_MADE

    def ask(self, client: ksef.Client, body: dict[str, Any]) -> Answer:
        payments = [
            ksef.CollectivePayment(
                ksef_number=one["number"],
                amount=None if one["amount"] is None else Decimal(one["amount"]),
                currency=one["currency"],
            )
            for one in body["invoices"]
        ]
        return Answer(reference=client.make_collective(payments))

    def look(self, client: ksef.Client, row: RemoteChange) -> Answer | None:
        """One made since that stands for the same invoices and belongs to no other change."""
        numbers = {one["number"] for one in row.body["invoices"]}
        others = RemoteChange.objects.of(row.company).filter(kind=ChangeKind.COLLECTIVE).exclude(pk=row.pk)
        used = set(others.values_list("reference", flat=True))
        start = (row.asked_at or row.began_at) - CLOCKS_APART
        for number in client.own_collectives(start, times.now() + CLOCKS_APART, len(numbers)):
            if number not in used and client.collective_invoices(number) == numbers:
                return Answer(reference=number)
        return None


CLOCKS_APART: Final = dt.timedelta(minutes=5)
"""KSeF's clock and this machine's are no further apart (``machine_clock`` warns before)."""
ALIVE: Final = frozenset({"Pending", "Active"})
"""States of a token that can let somebody in."""
TOKEN_LOST: Final = Reason("token-lost")
SEVERAL_TOKENS: Final = Reason("several-tokens")


def unseen(refusal: ksef.Refused) -> NotDone:
    """An answer was lost, and KSeF does not let the login see what became of the change."""
    reason = Reason.of(refusal)
    return NotDone(
        Reason(
            "outcome-unknown",
            {"said": reason.as_json()},
            ksef_code=reason.ksef_code,
            reference=reason.reference,
        )
    )


KINDS: Final[dict[str, Kind]] = {
    ChangeKind.GRANT: Grant(),
    ChangeKind.REVOKE_PERMISSION: RevokePermission(),
    ChangeKind.MAKE_TOKEN: MakeToken(),
    ChangeKind.REVOKE_TOKEN: RevokeToken(),
    ChangeKind.END_LOGIN: EndLogin(),
    ChangeKind.REVOKE_CERTIFICATE: RevokeCertificate(),
    ChangeKind.COLLECTIVE: MakeCollective(),
}
