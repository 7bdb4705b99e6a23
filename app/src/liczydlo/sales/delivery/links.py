"""Public links to invoices: made when a letter goes out, known by their SHA-256 alone, revoked by people."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db.models import F
from django.urls import reverse

from liczydlo.sales.delivery.tables import BuyerLetter, PublicLink

LENGTH: Final = 32  # random bytes


def are_possible() -> bool:
    """Whether the program knows under which address people reach it."""
    return bool(settings.LICZYDLO_URL)


@dataclass(frozen=True, kw_only=True)
class NewLink:
    """A link of which nothing is stored yet: ``address`` is for the letter alone."""

    address: str
    digest: str
    expires_at: dt.datetime


def new_link(*, days: int, now: dt.datetime) -> NewLink:
    """A link that nobody can guess."""
    token = secrets.token_urlsafe(LENGTH)
    return NewLink(
        address=f"{settings.LICZYDLO_URL}{reverse('public_invoice', args=[token])}",
        digest=_digest(token),
        expires_at=now + dt.timedelta(days=days),
    )


def keep(letter: BuyerLetter, link: NewLink) -> None:
    """Let the link of a letter work; that of an earlier try, which nobody has got, works no longer."""
    PublicLink.objects.update_or_create(
        company=letter.company,
        letter=letter,
        defaults={
            "digest": link.digest,
            "expires_at": link.expires_at,
        },
    )


def find(token: str, *, now: dt.datetime) -> PublicLink | None:
    """The link of a token, while it works."""
    rows = PublicLink.objects.select_related(
        "letter__invoice__entry__document", "letter__invoice__company", "letter__enclosure", "company"
    )
    link: PublicLink | None = rows.filter(digest=_digest(token)).first()
    return link if link is not None and link.works(now) else None


def note_opened(link: PublicLink, *, now: dt.datetime) -> None:
    """Count that somebody has opened it."""
    PublicLink.objects.filter(pk=link.pk).update(opened=F("opened") + 1, opened_at=now)


def revoke(link: PublicLink, *, now: dt.datetime) -> bool:
    """Let it work no longer; False where it does not already."""
    rows = PublicLink.objects.filter(pk=link.pk, company_id=link.company_id, revoked_at=None)
    return bool(rows.update(revoked_at=now))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
