"""What pages say of each kind of change: the question, the button, and the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.connection import words
from liczydlo.connection.models import ChangeKind, RemoteChange

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Words:
    """``done`` may name details of the change; ``page`` and ``back`` are the list that it belongs to,
    empty where another feature shows it."""

    question: Text
    button: Text
    icon: str
    done: Text
    failed: Text
    page: str
    back: Text

    @property
    def url(self) -> str:
        """The name of the list's address."""
        return f"connection:{self.page}"


WORDS: Final[dict[str, Words]] = {
    ChangeKind.GRANT: Words(
        question=_("Nadaj uprawnienie"),
        button=_("Nadaj uprawnienie"),
        icon="user-check",
        done=_("KSeF nadał uprawnienia: %(to)s (%(permissions)s)."),
        failed=_("Uprawnienie nie zostało nadane"),
        page="permissions",
        back=_("Uprawnienia"),
    ),
    ChangeKind.REVOKE_PERMISSION: Words(
        question=_("Odebrać uprawnienie?"),
        button=_("Odbierz"),
        icon="user-x",
        done=_("KSeF odebrał uprawnienie: %(permissions)s (%(who)s)."),
        failed=_("Uprawnienie nie zostało odebrane"),
        page="permissions",
        back=_("Uprawnienia"),
    ),
    ChangeKind.MAKE_TOKEN: Words(
        question=_("Nowy token KSeF"),
        button=_("Utwórz token"),
        icon="key-round",
        done=_("Token „%(description)s” jest gotowy."),
        failed=_("Token nie powstał"),
        page="tokens",
        back=_("Tokeny KSeF"),
    ),
    ChangeKind.REVOKE_TOKEN: Words(
        question=_("Unieważnić token?"),
        button=_("Unieważnij"),
        icon="ban",
        done=_("Token „%(description)s” jest unieważniony."),
        failed=_("Token nie został unieważniony"),
        page="tokens",
        back=_("Tokeny KSeF"),
    ),
    ChangeKind.END_LOGIN: Words(
        question=_("Zakończyć sesję logowania?"),
        button=_("Zakończ"),
        icon="log-out",
        done=_("Sesja logowania jest zakończona (%(method)s)."),
        failed=_("Sesja trwa nadal"),
        page="sessions",
        back=_("Sesje logowania"),
    ),
    ChangeKind.REVOKE_CERTIFICATE: Words(
        question=_("Unieważnić certyfikat?"),
        button=_("Unieważnij"),
        icon="ban",
        done=_("KSeF unieważnił certyfikat %(serial)s."),
        failed=_("KSeF nie unieważnił certyfikatu"),
        page="certificates",
        back=_("Certyfikaty KSeF"),
    ),
    ChangeKind.COLLECTIVE: Words(
        question=_("Identyfikator zbiorczy"),
        button=_("Utwórz identyfikator"),
        icon="layers",
        done=_("KSeF utworzył identyfikator zbiorczy."),
        failed=_("Identyfikator zbiorczy nie powstał"),
        page="",
        back="",
    ),
}


def done(row: RemoteChange) -> str:
    """What has been done, with the change's own details."""
    details = dict(row.details)
    if "permissions" in details:
        details["permissions"] = ", ".join(words.permissions(details["permissions"].split(", ")))
    return str(WORDS[row.kind].done) % details
