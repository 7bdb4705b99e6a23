"""What the pages show: KSeF's lists, put together by receiver or giver."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from liczydlo import ksef
from liczydlo.companies.models import Company
from liczydlo.connection import clients, words
from liczydlo.connection.errors import NotConnected
from liczydlo.ksef.permission_lists import Grant
from liczydlo.web.reasons import Reason

PATIENCE = 4.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Line:
    """One permission on a page; ``where`` is the unit, foreign entity or client that it is about."""

    grant: Grant
    permission: str
    where: str


@dataclass(frozen=True, kw_only=True)
class Party:
    """Somebody with all the permissions between us."""

    name: str
    number: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A page's content; ``away`` says why it is empty, ``gaps`` which parts KSeF did not tell."""

    parties: tuple[Party, ...] = ()
    own: tuple[str, ...] = ()
    roles: tuple[ksef.EntityRole, ...] = ()
    away: Reason | None = None
    missing: tuple[str, ...] = ()
    gaps: tuple[Reason, ...] = ()


def given(company: Company) -> Listing:
    """Everything that has been given in the company's name, and what it gave to other entities."""
    return _ask(
        company,
        lambda client: (
            client.permissions_given,
            lambda: client.authorizations("Granted"),
            client.subunit_administrators,
            client.eu_permissions,
        ),
        lambda grant: grant.to,
    )


def received(company: Company) -> Listing:
    """What other firms gave to this one, for their invoices or to act for them."""
    return _ask(
        company,
        lambda client: (client.permissions_received, lambda: client.authorizations("Received")),
        lambda grant: grant.context,
    )


def mine(company: Company) -> Listing:
    """What the program's own login may do in the company's name, and the roles that the tax office gave the company."""
    try:
        with clients.client(company, patience=PATIENCE) as client:
            own = client.personal_permissions()
            roles = client.entity_roles() if own.owner else ()
    except (NotConnected, ksef.KsefError) as error:
        return _away(error)
    active = [one.permission for one in own.grants if one.active]
    return Listing(own=tuple(dict.fromkeys([*own.owner, *active])), roles=roles)


def _ask(
    company: Company,
    questions: Callable[[ksef.Client], Iterable[Callable[[], tuple[Grant, ...]]]],
    whose: Callable[[Grant], ksef.Identifier | None],
) -> Listing:
    """Ask several questions; the first must be answered, the others may be refused for want of a permission."""
    found: dict[str, Grant] = {}
    gaps: list[Reason] = []
    try:
        with clients.client(company, patience=PATIENCE) as client:
            for number, question in enumerate(questions(client)):
                try:
                    found |= {grant.id: grant for grant in question()}
                except ksef.Refused as refusal:
                    if number == 0 or not refusal.missing_permissions:
                        raise
                    gaps.append(Reason.of(refusal))
    except (NotConnected, ksef.KsefError) as error:
        return _away(error)
    return Listing(parties=_parties(found.values(), whose), gaps=tuple(gaps))


def _away(error: NotConnected | ksef.KsefError) -> Listing:
    missing = error.missing_permissions if isinstance(error, ksef.Refusal) else ()
    return Listing(away=Reason.of(error), missing=missing)


def _parties(grants: Iterable[Grant], whose: Callable[[Grant], ksef.Identifier | None]) -> tuple[Party, ...]:
    """By number, the latest names first met; in the order of names."""
    parties: dict[ksef.Identifier | None, Party] = {}
    for grant in sorted(grants, key=lambda one: one.started, reverse=True):
        one = whose(grant)
        party = parties.setdefault(one, Party(name=grant.name, number=words.who(one)))
        party.lines.append(
            Line(grant=grant, permission=words.permission(grant.permission), where=_where(grant))
        )
    return tuple(sorted(parties.values(), key=lambda party: (party.name.casefold(), party.number)))


def _where(grant: Grant) -> str:
    if grant.target is not None:
        return words.who(grant.target)
    if grant.list in {"subunits", "eu-entities"}:
        return f"{grant.unit_name} {words.who(grant.context)}".strip()
    return ""
