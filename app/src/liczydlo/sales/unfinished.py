"""What a person has typed into the editor and not saved yet, unfinished and invalid as it is.

The page sends it by itself while it is typed (``views/unfinished.py``). Opened again, it offers to put it back. Neither
the draft nor a number is touched by any of it. It is personal data: it goes with the membership, with the draft, with
the buyer who is erased (art. 17 RODO), and by itself after ``KEPT_FOR``.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import QuerySet
from django.http import QueryDict

from liczydlo.companies.models import Company, CompanyOwned, Membership
from liczydlo.contacts.models import Contractor
from liczydlo.fa3.identifiers import bare, bare_nip
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.web import times

MOST: Final = 524_288
"""Bytes of a page's fields, as a browser posts them, that are kept."""
KEPT_FOR: Final = dt.timedelta(days=30)
SWEPT_EVERY: Final = dt.timedelta(hours=1)
DRAFT: Final = "draft"
"""The kind of a page that edits a draft."""
TAB: Final = "tab"
"""The field by which a page knows what it has kept itself."""
RESTORE: Final = "restore"
DISCARD: Final = "discard"
BUTTONS: Final = (RESTORE, DISCARD)
CANCEL: Final = "cancel"
"""The button that leaves the page, and asks first where something typed would be lost."""
ABANDON: Final = "abandon"
"""The answer that it may be lost."""
LEAVING: Final = (CANCEL, ABANDON)
_TAB_LENGTH: Final = 32
_LEFT_OUT: Final = ("csrfmiddlewaretoken", TAB, *BUTTONS, *LEAVING)


class Unfinished(CompanyOwned):
    """The fields of one page of one member, as they were typed last.

    ``kind`` and ``about`` name the page: of a draft ``DRAFT`` and its invoice's id, else an editor's name and the id of
    what it goes on from, or 0. ``fields`` are lists of values by name, empty values left out; among them is ``seen``,
    the digest of the draft that the page began with. ``tab`` is the page's own mark.
    """

    member = models.ForeignKey(Membership, models.CASCADE, related_name="+", editable=False)
    kind = models.CharField(max_length=16, editable=False)
    about = models.PositiveBigIntegerField(default=0, editable=False)
    draft = models.ForeignKey("sales.Draft", models.CASCADE, null=True, related_name="+", editable=False)
    fields = models.JSONField()
    tab = models.CharField(max_length=_TAB_LENGTH, editable=False)
    saved_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["member", "kind", "about"], name="one_unfinished_per_page"),
        ]

    def __str__(self) -> str:
        """Which page; nothing of what was typed."""
        return f"{self.kind} {self.about}"


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of one member; ``kind`` and ``about`` as :class:`Unfinished`'s."""

    member: Membership
    kind: str
    about: int = 0

    def rows(self) -> QuerySet[Unfinished]:
        """What is kept of it: a row or none."""
        rows: QuerySet[Unfinished] = Unfinished.objects.of(self.member.company)
        return rows.filter(member=self.member, kind=self.kind, about=self.about)

    def offered(self, tab: str) -> Unfinished | None:
        """What is kept of it and was not typed in this very tab."""
        return self.rows().exclude(tab=tab).first()

    def forget(self, tab: str) -> None:
        """What was typed in this tab is saved now; what another one keeps is still to be decided."""
        self.rows().filter(tab=tab).delete()

    def resume(self) -> QueryDict | None:
        """What is kept, as if it were posted by a new tab, whose it is from now on; None where there is nothing."""
        row = self.rows().first()
        if row is None:
            return None
        post = QueryDict(mutable=True)
        for name, values in row.fields.items():
            post.setlist(name, values)
        post[TAB] = new_tab()
        self.rows().update(tab=post[TAB])
        return post


def new_tab() -> str:
    """The mark of a page that is opened."""
    return secrets.token_hex(8)


def tab_of(post: QueryDict) -> str:
    """The mark that a page has posted; nothing where it has none."""
    return post.get(TAB, "")[:_TAB_LENGTH]


def keep(page: Page, post: QueryDict, *, draft: Any = None) -> tuple[dt.datetime, bool]:
    """Keep what was posted in place of what was kept of the page: since when, and whether another tab had typed that.

    Called in a transaction that holds the member's row, and the draft's.
    """
    tab, now = tab_of(post), times.now()
    replaced = page.offered(tab) is not None
    values = {"fields": _typed(post), "tab": tab, "saved_at": now, "draft": draft}
    Unfinished.objects.update_or_create(
        company=page.member.company, member=page.member, kind=page.kind, about=page.about, defaults=values
    )
    return now, replaced


def _typed(post: QueryDict) -> dict[str, list[str]]:
    """PostgreSQL's JSON has no NUL."""
    values_by_name = {
        name.replace("\0", ""): values for name, values in post.lists() if name not in _LEFT_OUT
    }
    clean = {
        name: [one.replace("\0", "") for one in values if one] for name, values in values_by_name.items()
    }
    return {name: values for name, values in clean.items() if values}


def kept_of(company: Company, contractor: Contractor) -> QuerySet[Unfinished]:
    """What is typed of a contractor as the buyer or the farmer (``contacts.privacy.KEEPERS``): by his number, or by the
    name of one without."""
    rows: QuerySet[Unfinished] = Unfinished.objects.of(company)
    his = [pk for pk, fields in rows.values_list("pk", "fields") if _is_of(contractor, fields)]
    return rows.filter(pk__in=his)


def _is_of(contractor: Contractor, fields: dict[str, list[str]]) -> bool:
    kind, nip, number, name = (
        next(iter(fields.get(f"buyer_{one}", [])), "") for one in ("kind", "nip", "tax_number", "name")
    )
    if contractor.kind == "nip":
        farmer = next(iter(fields.get("farmer_nip", [])), "")
        return contractor.number in (bare_nip(nip), bare_nip(farmer))
    if contractor.number:
        return bare(number) == bare(contractor.number)
    return kind == contractor.kind and name.strip() == contractor.name


@registry.job("sales.unfinished", standing=True)
def sweep(claim: Claim) -> dt.datetime:
    """Delete what nobody came back to."""
    Unfinished.objects.filter(saved_at__lte=claim.clock() - KEPT_FOR).delete()
    return claim.clock() + SWEPT_EVERY
