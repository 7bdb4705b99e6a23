"""How far the sessions of a company are: what went into each, what became of it, parts, receipts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from liczydlo.companies.models import Company
from liczydlo.sales.models import BatchPart, Invoice, Session, UpoPage
from liczydlo.sales.states import REFUSED, State
from liczydlo.web.reasons import Reason


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One session. ``sent`` went into it; ``returned`` of them go in another one.

    ``uploaded`` of ``parts`` are at KSeF; an interactive session has none. ``pages`` are of its collective UPO.
    """

    session: Session
    sent: int
    accepted: int
    refused: int
    undecided: int
    parts: int
    uploaded: int
    pages: Sequence[UpoPage]

    @property
    def returned(self) -> int:
        """What is not in it any more."""
        return max(0, self.sent - self.accepted - self.refused - self.undecided)

    @property
    def reason(self) -> Reason | None:
        """Why KSeF takes nothing more in it."""
        return Reason.from_json(self.session.reason_json)

    @property
    def state(self) -> str:
        """A key of its chip."""
        if self.session.broken:
            return "session-broken"
        return "session-open" if self.session.closed_at is None else "session-closed"


def sessions(company: Company) -> QuerySet[Session]:
    """Every session of the company's present environment."""
    return Session.objects.of(company).filter(environment=company.environment)


def progress(company: Company, sessions_shown: Sequence[Session]) -> list[Progress]:
    """Each of the sessions with what became of it; one question for all."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    invoices = Invoice.objects.of(company).filter(session__in=sessions_shown).order_by()
    for session, state, number in invoices.values_list("session", "state").annotate(number=Count("*")):
        counts[session][state] = number
    parts = {
        session: (total, uploaded)
        for session, total, uploaded in BatchPart.objects.of(company)
        .filter(session__in=sessions_shown)
        .order_by()
        .values_list("session")
        .annotate(total=Count("*"), uploaded=Count("uploaded_at"))
    }
    pages: dict[int, list[UpoPage]] = defaultdict(list)
    for page in UpoPage.objects.of(company).filter(session__in=sessions_shown).defer("xml").order_by("pk"):
        pages[page.session_id].append(page)
    return [
        _progress(one, counts[one.pk], parts.get(one.pk, (0, 0)), pages[one.pk]) for one in sessions_shown
    ]


def _progress(
    session: Session, counts: dict[str, int], parts: tuple[int, int], pages: Sequence[UpoPage]
) -> Progress:
    accepted = counts.get(State.ACCEPTED, 0)
    refused = sum(counts.get(state, 0) for state in REFUSED)
    undecided = counts.get(State.SENDING, 0) + counts.get(State.PROCESSING, 0)
    return Progress(
        session=session,
        sent=max(session.sent, accepted + refused + undecided),  # a killed run does not count what it sent
        accepted=accepted,
        refused=refused,
        undecided=undecided,
        parts=parts[0],
        uploaded=parts[1],
        pages=pages,
    )
