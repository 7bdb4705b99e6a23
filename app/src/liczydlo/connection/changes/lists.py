"""What lists of permissions, tokens, logins and certificates have in common, and what their buttons would change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from django import forms

from liczydlo import ksef
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.changes.wording import WORDS
from liczydlo.connection.errors import NotConnected
from liczydlo.connection.models import ChangeKind
from liczydlo.web.reasons import Reason

PATIENCE: Final = 5.0
"""Seconds that a person waits for a list."""
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What a button of a list would ask KSeF for, as the page before it says it.

    ``facts`` are names and values; ``warning`` is a title and a text where this program itself would be hit;
    ``form`` asks for what else KSeF wants to know, its values go to the body and the details.
    """

    kind: ChangeKind
    body: dict[str, Any]
    details: dict[str, str]
    facts: tuple[tuple[str, str], ...]
    consequence: str
    warning: tuple[str, str] | None = None
    form: type[forms.Form] | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    """One row; ``tags`` are words with a tone and an icon, ``lines`` stand under the title.

    ``id`` is the last part of the address of its page. ``links`` and ``buttons`` (POST) are addresses with words.
    """

    id: str
    title: str
    tags: tuple[tuple[str, str, str], ...] = ()
    lines: tuple[str, ...] = ()
    number: str = ""
    muted: bool = False
    proposal: Proposal | None = None
    links: tuple[tuple[str, str], ...] = ()
    buttons: tuple[tuple[str, str], ...] = ()

    @property
    def button(self) -> str:
        """The word of its change."""
        return str(WORDS[self.proposal.kind].button) if self.proposal else ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Rows that belong together, such as one person's permissions."""

    title: str = ""
    subtitle: str = ""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A page's content; ``away`` says why KSeF's part is missing, ``missing`` which permissions would help.

    ``gaps`` are parts that KSeF did not tell, ``more`` is what one page alone shows.
    """

    groups: tuple[Group, ...] = ()
    away: Reason | None = None
    missing: tuple[str, ...] = ()
    gaps: tuple[Reason, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)

    def item(self, item_id: str) -> Item | None:
        """The row of an address."""
        return next((one for group in self.groups for one in group.items if one.id == item_id), None)


def ask(company: Company, question: Callable[[ksef.Client], T]) -> T | Listing:
    """KSeF's answer to a question, or an empty list that says why there is none."""
    try:
        with clients.client(company, patience=PATIENCE) as client:
            return question(client)
    except (NotConnected, ksef.KsefError) as error:
        missing = error.missing_permissions if isinstance(error, ksef.Refusal) else ()
        return Listing(away=Reason.of(error), missing=missing)
