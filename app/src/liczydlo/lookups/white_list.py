"""Biała lista: whether an account is a seller's, on a day. No answer is „not checked" and never „not listed"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from django.conf import settings

from liczydlo.companies.models import Company, Environment
from liczydlo.fa3.identifiers import is_nip
from liczydlo.jobs import registry
from liczydlo.lookups import services
from liczydlo.lookups.models import Answer, Service
from liczydlo.public_services import white_list as client
from liczydlo.public_services.http import ServiceError
from liczydlo.web import times

NAME: Final = "lookups.white-list"  # the job of ``lookups.job``
LISTED: Final = Service.WHITE_LIST
Pair = tuple[str, str]
"""NIP and account of 26 digits."""
Step = Callable[[str], None]
ACTIVE: Final = "Czynny"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is known. ``unknown`` has the reason in ``code``: „off", „not-checkable", „waiting", or a failure's.

    ``status`` is None where the service was not asked for it, empty for a NIP that is not in the list.
    """

    state: Literal["listed", "not-listed", "unknown"]
    code: str = ""
    status: str | None = None
    request_id: str = ""
    at: dt.datetime | None = None
    day: dt.date | None = None


def base_of(company: Company) -> str:
    """The service's address: for a firm of the emulator the emulator's stand-in."""
    if company.environment == Environment.EMULATOR:
        return f"{settings.LICZYDLO_EMULATOR_URL}/uslugi/biala-lista"
    address: str = settings.LICZYDLO_WHITE_LIST_URL
    return address


def is_checkable(nip: str, account: str) -> bool:
    """Whether the service takes them: a NIP, and a Polish account with right check digits (ISO 13616)."""
    whole = re.fullmatch(r"[0-9]{26}", account) is not None
    return is_nip(nip) and whole and int(f"{account[2:]}2521{account[:2]}") % 97 == 1


def request(company: Company, pairs: Iterable[Pair], day: dt.date, *, again: bool = False) -> list[Answer]:
    """Have a worker ask of the pairs what was not asked about that day yet, or ``again``; the answers that are here.

    Nothing where the firm has not switched the service on.
    """
    keys = {f"{nip}/{account}" for nip, account in pairs if is_checkable(nip, account)}
    if not keys or not services.is_on(company, LISTED):
        return []
    here = list(_answers(company, keys, day))
    missing = keys if again else keys - {row.question for row in here}
    _ask_later(company, missing, day)
    return here


def check_accounts(
    company: Company, pairs: Sequence[Pair], day: dt.date, *, again: bool = False
) -> dict[Pair, Verdict]:
    """What the list says of the pairs on a day, asked now where that is not known, within seconds; never raises.

    What gets no answer is asked again by a worker. A day to come is asked about as today.
    """
    day = min(day, times.today())
    if not services.is_on(company, LISTED):
        return dict.fromkeys(pairs, Verdict(state="unknown", code="off"))
    request(company, pairs, day, again=again)
    questions = {f"{nip}/{account}" for nip, account in pairs}
    rows = services.waiting(company, LISTED).filter(
        environment=company.environment, question__in=questions, day=day
    )
    answer(company, list(rows), clock=times.now)
    return verdicts(company, pairs, day)


def verdicts(company: Company, pairs: Iterable[Pair], day: dt.date | None = None) -> dict[Pair, Verdict]:
    """What is known already of the pairs, of a day or the latest; nothing is asked."""
    by_question = {f"{nip}/{account}": (nip, account) for nip, account in pairs}
    by_pair = {
        pair: Verdict(state="unknown", code="waiting" if is_checkable(*pair) else "not-checkable")
        for pair in by_question.values()
    }
    rows = Answer.objects.of(company).filter(
        environment=company.environment, service=LISTED, question__in=by_question
    )
    if day is not None:
        rows = rows.filter(day=day)
    for row in rows.order_by("day", "pk"):
        pair = by_question[row.question]
        if row.answered_at is None:
            if by_pair[pair].state == "unknown" and row.error:
                by_pair[pair] = Verdict(state="unknown", code=row.error, day=row.day)
            continue
        by_pair[pair] = Verdict(
            state="listed" if row.content["listed"] else "not-listed",
            status=row.content.get("status"),
            request_id=row.request_id,
            at=row.answered_at,
            day=row.day,
        )
    return by_pair


def answer(
    company: Company, rows: Sequence[Answer], *, clock: times.Clock, step: Step = lambda _name: None
) -> dt.datetime | None:
    """Ask the service; when to come back with what it did not answer, None where nothing is left."""
    again: list[dt.datetime] = []
    ordered = sorted(rows, key=lambda row: (row.day, row.question))
    for day, of_day in groupby(ordered, key=lambda row: row.day):
        several = list(of_day)
        for at in range(0, len(several), client.GROUP):
            left = _search(company, several[at : at + client.GROUP], day, clock=clock, step=step)
            until = _check(company, left, day, clock=clock, step=step)
            if until is not None:
                again.append(until)
    return min(again, default=None)


def _search(
    company: Company, rows: Sequence[Answer], day: dt.date, *, clock: times.Clock, step: Step
) -> list[Answer]:
    """Answer what a search can; the rest has virtual accounts, or the search is not to be had."""
    base, now = base_of(company), clock()
    if services.paused_until(base, "search", now=now):
        return list(rows)
    step("lookup.ask")
    nips = sorted({row.question.partition("/")[0] for row in rows})
    try:
        evidence, payers = client.search(base, nips, day)
    except ServiceError as error:
        services.pause(base, "search", error, now=now)
        if error.code != "limit":  # the other operation is of the same server
            services.pause(base, "check", error, now=now)
        _note(rows, error)
        return list(rows)
    step("lookup.answered")
    services.unpause(base, "search")
    to_ask, answers = [], []
    for row in rows:
        nip, _, account = row.question.partition("/")
        payer = payers.get(nip)
        if nip not in payers or (payer is not None and account not in payer.accounts and payer.has_virtual):
            to_ask.append(row)
            continue
        content = {
            "listed": payer is not None and account in payer.accounts,
            "status": payer.status if payer is not None else "",
            "name": payer.name if payer is not None else "",
        }
        answers.append((row, evidence.request_id, evidence.at, content))
    services.store(company, answers)
    return to_ask


def _check(
    company: Company, rows: Sequence[Answer], day: dt.date, *, clock: times.Clock, step: Step
) -> dt.datetime | None:
    base = base_of(company)
    for at, row in enumerate(rows):
        now = clock()
        if until := services.paused_until(base, "check", now=now):
            return until
        step("lookup.ask")
        nip, _, account = row.question.partition("/")
        try:
            evidence, listed = client.check(base, nip, account, day)
        except ServiceError as error:
            _note(rows[at:], error)
            return services.pause(base, "check", error, now=now)
        step("lookup.answered")
        services.unpause(base, "check")
        services.store(company, [(row, evidence.request_id, evidence.at, {"listed": listed})])
    return None


def _answers(company: Company, questions: Iterable[str], day: dt.date) -> Iterable[Answer]:
    rows = Answer.objects.of(company).filter(
        environment=company.environment, service=LISTED, question__in=questions, day=day
    )
    return rows.exclude(answered_at=None)


def _ask_later(company: Company, questions: Iterable[str], day: dt.date) -> None:
    now = times.now()
    rows = [
        Answer(
            company=company,
            environment=company.environment,
            service=LISTED,
            question=question,
            day=day,
            asked_at=now,
        )
        for question in sorted(questions)
    ]
    if rows:
        Answer.objects.bulk_create(rows, ignore_conflicts=True)
        registry.enqueue(company.pk, NAME)


def _note(rows: Sequence[Answer], error: ServiceError) -> None:
    Answer.objects.filter(pk__in=[row.pk for row in rows], answered_at=None).update(error=error.code)
