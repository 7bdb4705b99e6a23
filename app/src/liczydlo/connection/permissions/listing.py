"""The lists of permissions: KSeF's, put together by receiver or giver."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from liczydlo import ksef
from liczydlo.companies.models import Company
from liczydlo.connection import words
from liczydlo.connection.changes.lists import Group, Item, Listing, Proposal, ask
from liczydlo.connection.models import ChangeKind
from liczydlo.connection.permissions.own import own_identifiers
from liczydlo.ksef.permission_lists import Grant
from liczydlo.web.reasons import Reason
from liczydlo.web.templatetags.liczydlo import data

Question = Callable[[], tuple[Grant, ...]]


def granted_by_company(company: Company) -> Listing:
    """Everything that has been given in the company's name, and what it gave to other entities."""
    ours = own_identifiers(company)
    return _listing(
        company,
        lambda client: (
            client.permissions_given,
            lambda: client.authorizations("Granted"),
            client.subunit_administrators,
            client.eu_permissions,
        ),
        lambda grant: grant.to,
        lambda grant: _revocation(grant, own=grant.to in ours),
    )


def received(company: Company) -> Listing:
    """What other firms gave to this one, for their invoices or to act for them."""
    return _listing(
        company,
        lambda client: (client.permissions_received, lambda: client.authorizations("Received")),
        lambda grant: grant.context,
        lambda _grant: None,
    )


def of_own_credential(company: Company) -> Listing:
    """What the program's own login may do in the company's name, and the roles that the tax office gave the company."""

    def question(client: ksef.Client) -> Listing:
        own = client.personal_permissions()
        active = [one.permission for one in own.grants if one.active]
        names = tuple(dict.fromkeys([*own.owner, *active]))
        return Listing(more={"own": names, "roles": client.entity_roles() if own.owner else ()})

    return ask(company, question)


def _listing(
    company: Company,
    questions: Callable[[ksef.Client], Iterable[Question]],
    subject: Callable[[Grant], ksef.Identifier | None],
    proposal: Callable[[Grant], Proposal | None],
) -> Listing:
    """Ask several questions; the first must be answered, the others may be refused for want of a permission."""
    gaps: list[Reason] = []

    def question(client: ksef.Client) -> dict[str, Grant]:
        grants: dict[str, Grant] = {}
        for number, one in enumerate(questions(client)):
            try:
                grants |= {grant.id: grant for grant in one()}
            except ksef.Refused as refusal:
                if number == 0 or not refusal.missing_permissions:
                    raise
                gaps.append(Reason.of(refusal))
        return grants

    answer = ask(company, question)
    if isinstance(answer, Listing):
        return answer
    return Listing(groups=_parties(answer.values(), subject, proposal), gaps=tuple(gaps))


def _parties(
    grants: Iterable[Grant],
    subject: Callable[[Grant], ksef.Identifier | None],
    proposal: Callable[[Grant], Proposal | None],
) -> tuple[Group, ...]:
    """By number, under the latest name; in the order of names."""
    parties: dict[ksef.Identifier | None, tuple[str, list[Item]]] = {}
    for grant in sorted(grants, key=lambda one: one.started, reverse=True):
        parties.setdefault(subject(grant), (grant.name, []))[1].append(_item(grant, proposal(grant)))
    groups = [
        Group(title=name or words.who(who), subtitle=words.who(who) if name else "", items=tuple(items))
        for who, (name, items) in parties.items()
    ]
    return tuple(sorted(groups, key=lambda group: (group.title.casefold(), group.subtitle)))


def _item(grant: Grant, proposal: Proposal | None) -> Item:
    where = _where(grant)
    tags = [(f"· {where}", "", "")] if where else []
    if grant.can_delegate:
        tags.append((_("może przekazać dalej"), "muted", ""))
    if not grant.active:
        tags.append((_("teraz nie działa"), "tone-warn", ""))
    since = _("od %(date)s") % {"date": data(grant.started)}
    return Item(
        id=f"{grant.list}/{grant.id}",
        title=words.permission(grant.permission),
        tags=tuple(tags),
        lines=(f"{grant.description} · {since}",),
        proposal=proposal,
    )


def _revocation(grant: Grant, *, own: bool) -> Proposal:
    who, where = words.who(grant.to), _where(grant)
    warning = (
        _("Tym uprawnieniem pracuje ten program"),
        _("Bez niego program nie zrobi tego w KSeF w imieniu tej firmy."),
    )
    return Proposal(
        kind=ChangeKind.REVOKE_PERMISSION,
        body={"list": grant.list, "id": grant.id, "to": grant.to.body if grant.to else None},
        details={"who": f"{grant.name}, {who}".strip(", "), "permissions": grant.permission},
        facts=(
            (_("Uprawnienie"), " · ".join(filter(None, (words.permission(grant.permission), where)))),
            (_("Kto je ma"), f"{grant.name}, {who}".strip(", ")),
            (_("Opis"), grant.description),
            (_("Nadane"), data(grant.started)),
        ),
        consequence=_(
            "Kto jest właśnie zalogowany, może je mieć jeszcze kilkanaście minut. Uprawnienie można później nadać"
            " jeszcze raz."
        ),
        warning=warning if own else None,
    )


def _where(grant: Grant) -> str:
    """The unit, foreign entity or client that a permission is about."""
    if grant.target is not None:
        return words.who(grant.target)
    if grant.list in {"subunits", "eu-entities"}:
        return f"{grant.unit_name} {words.who(grant.context)}".strip()
    return ""
