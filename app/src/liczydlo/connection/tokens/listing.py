"""The lists of KSeF tokens and of logins that are alive."""

from __future__ import annotations

from django.utils.translation import gettext as _

from liczydlo.companies.models import Company
from liczydlo.connection import clients, words
from liczydlo.connection.changes.kinds import ALIVE
from liczydlo.connection.changes.lists import Group, Item, Listing, Proposal, ask
from liczydlo.connection.models import ChangeKind
from liczydlo.ksef.login import AuthenticationSession
from liczydlo.ksef.token_login import TokenInfo
from liczydlo.web.templatetags.liczydlo import czas, data


def tokens(company: Company) -> Listing:
    """Tokens of the company that the login may see, the newest first."""
    answer = ask(company, lambda client: client.list_tokens())
    if isinstance(answer, Listing):
        return answer
    stored = clients.token(company)
    ours = stored.reference if stored else ""
    items = tuple(_token(one, is_ours=one.reference == ours) for one in answer)
    return Listing(groups=(Group(items=items),) if items else ())


def sessions(company: Company) -> Listing:
    """Logins that KSeF can still renew, made by the same person or firm as ours, the newest first."""
    answer = ask(company, lambda client: client.active_sessions())
    if isinstance(answer, Listing):
        return answer
    items = tuple(_session(one) for one in sorted(answer, key=lambda one: one.started, reverse=True))
    return Listing(groups=(Group(items=items),) if items else ())


def _states() -> dict[str, tuple[str, str, str]]:
    return {
        "Active": (_("działa"), "tone-ok", "circle-check"),
        "Pending": (_("KSeF go przygotowuje"), "tone-info", "hourglass"),
        "Failed": (_("nie powstał"), "tone-bad", "circle-x"),
    }


def _token(token: TokenInfo, *, is_ours: bool) -> Item:
    alive = token.status in ALIVE
    state = _states().get(token.status, (_("unieważniony"), "muted", "circle-minus"))
    used = (
        _("ostatnio użyty %(when)s") % {"when": czas(token.last_used)}
        if token.last_used
        else _("jeszcze nieużyty")
    )
    created = _("utworzony %(date)s") % {"date": data(token.created)}
    return Item(
        id=token.reference,
        title=token.description,
        tags=(*([(_("łączy się nim ten program"), "tone-info", "")] if is_ours else []), state),
        lines=(", ".join(words.permissions(token.permissions)), f"{created} · {used}"),
        number=token.reference,
        muted=not alive,
        proposal=_revocation(token, is_ours=is_ours) if alive else None,
    )


def _revocation(token: TokenInfo, *, is_ours: bool) -> Proposal:
    warning = (
        _("Tym tokenem łączy się ten program"),
        _("Bez niego program nie wyśle ani nie pobierze faktur, dopóki nie połączysz go na nowo."),
    )
    return Proposal(
        kind=ChangeKind.REVOKE_TOKEN,
        body={"reference": token.reference},
        details={"description": token.description},
        facts=(
            (_("Do czego posłuży"), token.description),
            (_("Co może token"), ", ".join(words.permissions(token.permissions))),
            (_("Ostatnio użyty"), czas(token.last_used) if token.last_used else _("jeszcze nieużyty")),
        ),
        consequence=_(
            "Program, który go używa, od razu straci dostęp. Tego nie da się cofnąć; można utworzyć nowy token."
        ),
        warning=warning if is_ours else None,
    )


def _session(session: AuthenticationSession) -> Item:
    since = _("od %(when)s") % {"when": czas(session.started)}
    until = session.refresh_valid_until
    return Item(
        id=session.reference,
        title=session.method,
        tags=((_("sesja tego programu"), "tone-info", ""),) if session.is_current else (),
        lines=(f"{since} · " + _("najdłużej do %(when)s") % {"when": czas(until)} if until else since,),
        number=session.reference,
        proposal=Proposal(
            kind=ChangeKind.END_LOGIN,
            body={"reference": session.reference, "current": session.is_current},
            details={"method": session.method},
            facts=(
                (_("Sposób logowania"), session.method),
                (_("Początek"), czas(session.started)),
                (_("Numer referencyjny"), session.reference),
            ),
            consequence=_(
                "To sesja tego programu. Nic nie przepadnie: gdy będzie trzeba, program zaloguje się sam jeszcze raz."
            )
            if session.is_current
            else _(
                "Kto jej używa, nie przedłuży już dostępu i straci go najdalej po kilkunastu minutach. Może zalogować"
                " się jeszcze raz, jeśli ma certyfikat, token albo podpis."
            ),
        ),
    )
