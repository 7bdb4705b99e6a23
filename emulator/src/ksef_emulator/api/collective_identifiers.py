"""Collective identifiers: made, found, looked into (OpenAPI, ``/collective-identifiers``)."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Response

from .. import problems
from ..intake.polish_time import from_polish_local
from ..model.access.logins import Principal
from ..model.access.permissions import Permission
from ..model.receiving.collective import (
    Identifier,
    InTooMany,
    Member,
    Missing,
    OtherSeller,
    Payment,
    Question,
    Repeated,
)
from ..model.time.moments import micros, timestamp
from . import problems_receiving
from .answers import json_answer
from .contract.collective_identifiers import (
    CollectiveIdentifierInvoicesQueryRequest,
    CollectiveIdentifiersQueryRequest,
    GenerateCollectiveIdentifierRequest,
)
from .paging import encode, pair
from .parameters import Continuation, KsefNumberInPath, PageSize200, PageSize500
from .security import CurrentEmulator, require

LONGEST = timedelta(days=100)
MOST_NUMBERS = 10
T = TypeVar("T", Identifier, Member)
REFUSALS: dict[type[Exception], Callable[..., problems.Problem]] = {
    Repeated: problems_receiving.repeated_numbers,
    Missing: problems_receiving.no_such_invoices,
    OtherSeller: problems_receiving.other_seller,
    InTooMany: problems_receiving.too_many_identifiers,
}

router = APIRouter(tags=["Identyfikatory zbiorcze"])
Allowed = Annotated[
    Principal,
    Depends(
        require(Permission.INVOICE_READ, Permission.INVOICE_WRITE, Permission.COLLECTIVE_IDENTIFIER_MANAGE)
    ),
]


@router.post("/collective-identifiers", status_code=201)
def make_collective_identifier(
    body: GenerateCollectiveIdentifierRequest, emulator: CurrentEmulator, principal: Allowed
) -> Response:
    limit = emulator.limits.context(principal.context).collective
    if len(body.invoices) > limit:
        raise problems.invalid_input(
            f"Liczba faktur w identyfikatorze zbiorczym nie może przekraczać {limit}."
        )
    emulator.intake_queue.settle()
    payments = [
        Payment(
            ksef_number=invoice.ksefNumber,
            amount=invoice.payment.amount if invoice.payment else None,
            currency=invoice.payment.currency if invoice.payment else None,
            description=invoice.description,
        )
        for invoice in body.invoices
    ]
    try:
        number = emulator.collective.make(principal.context, payments)
    except tuple(REFUSALS) as error:
        raise REFUSALS[type(error)](*error.args) from error
    return json_answer({"collectiveIdentifierNumber": number}, 201)


@router.post("/collective-identifiers/query")
def query_collective_identifiers(
    body: CollectiveIdentifiersQueryRequest,
    emulator: CurrentEmulator,
    principal: Allowed,
    size: PageSize200 = 10,
    continuation: Continuation = None,
) -> Response:
    start, end = from_polish_local(body.dateCreatedFrom), from_polish_local(body.dateCreatedTo)
    if end < start:
        raise problems.invalid_input("Parametr dateCreatedTo jest wcześniejszy niż dateCreatedFrom.")
    if end - start > LONGEST:
        raise problems.invalid_input(f"Zakres dat utworzenia nie może przekraczać {LONGEST.days} dni.")
    question = Question(
        start=start,
        end=end,
        number=body.collectiveIdentifierNumber,
        least=body.invoiceCountFrom,
        most=body.invoiceCountTo,
        own=body.createdInCurrentContext,
    )
    identifiers = emulator.collective.query(
        principal.context, question, after=_position(continuation, int), size=size + 1
    )
    shown, more = _page(identifiers, size, _place)
    items = [
        {
            "collectiveIdentifierNumber": number.number,
            "dateCreated": timestamp(number.created),
            "invoiceCount": number.invoices,
            "createdInCurrentContext": number.own,
        }
        for number in shown
    ]
    return json_answer({**more, "collectiveIdentifiers": items})


@router.post("/collective-identifiers/invoices")
def query_collective_invoices(
    body: CollectiveIdentifierInvoicesQueryRequest,
    emulator: CurrentEmulator,
    principal: Allowed,
    size: PageSize500 = 10,
    continuation: Continuation = None,
) -> Response:
    numbers = set(body.collectiveIdentifierNumbers)
    if len(body.collectiveIdentifierNumbers) > MOST_NUMBERS:
        raise problems.invalid_input(
            f"collectiveIdentifierNumbers: maksymalna liczba identyfikatorów zbiorczych to {MOST_NUMBERS}."
        )
    members = emulator.collective.members(
        principal.context, numbers, after=_position(continuation, str), size=size + 1
    )
    shown, more = _page(members, size, lambda last: [last.payment.ksef_number, last.number])
    return json_answer({**more, "invoices": [_member(number) for number in shown]})


@router.get("/collective-identifiers/ksef/{ksefNumber}")
def collective_identifiers_of_invoice(
    ksef_number: KsefNumberInPath,
    emulator: CurrentEmulator,
    principal: Allowed,
    size: PageSize200 = 10,
    continuation: Continuation = None,
) -> Response:
    identifiers = emulator.collective.of_invoice(
        principal.context, ksef_number, after=_position(continuation, int), size=size + 1
    )
    shown, more = _page(identifiers, size, _place)
    items = [
        {
            "collectiveIdentifierNumber": number.number,
            "createdInCurrentContext": number.own,
            "dateCreated": timestamp(number.created),
        }
        for number in shown
    ]
    return json_answer({**more, "collectiveIdentifiers": items})


def _member(member: Member) -> dict[str, Any]:
    payment = member.payment
    shown: dict[str, Any] = {
        "ksefNumber": payment.ksef_number,
        "collectiveIdentifierNumber": member.number,
        "detailsHidden": member.hidden,
    }
    if payment.amount is not None:
        shown["payment"] = {"amount": payment.amount, "currency": payment.currency}
    if payment.description is not None:
        shown["description"] = payment.description
    return shown


def _page(
    rows: Sequence[T], size: int, place: Callable[[T], list[Any]]
) -> tuple[Sequence[T], dict[str, str]]:
    """What goes on the page, and the token of the next one if there is one."""
    shown = rows[:size]
    return shown, {"continuationToken": encode(place(shown[-1]))} if len(rows) > size else {}


def _place(last: Identifier) -> list[Any]:
    return [micros(last.created), last.number]


def _position(token: str | None, first: type) -> tuple[Any, Any] | None:
    """The position after which a page begins: a moment or an invoice's KSeF number, and an identifier's number."""
    try:
        return pair(token, first, str)
    except problems.Problem as error:
        raise problems_receiving.invalid_continuation() from error
