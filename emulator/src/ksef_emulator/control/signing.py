"""For integrators whose tools cannot sign: a signature by whomever they like, and an invoice to send."""

import secrets
from datetime import date
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from lxml import etree

from .. import problems
from ..api.auth import raw
from ..api.contract.common import Nip
from ..api.contract.testdata import Pesel
from ..api.security import CurrentEmulator
from ..intake.polish_time import polish_day
from ..login.xml import parse
from ..model.identity.people import TestPerson
from ..portal.signing import seal_of, seal_of_company
from .contractors import amounts, lines
from .contractors.amounts import Totals
from .contractors.fa import Buyer, FaInvoice
from .contractors.people import anyone, by_nip

if TYPE_CHECKING:
    from ..emulator import Emulator

_XML: dict[str, Any] = {"content": {"application/xml": {}}}
_Name = Annotated[str | None, Query(min_length=1, max_length=60)]
_Gross = Annotated[Decimal, Query(gt=0, le=10_000_000, decimal_places=2)]
_Number = Annotated[str | None, Query(min_length=1, max_length=100)]

router = APIRouter(tags=["Dla integratorów"])


@router.post(
    "/sign",
    response_class=Response,
    responses={200: _XML},
    openapi_extra={"requestBody": {"required": True, **_XML}},
)
def sign(
    emulator: CurrentEmulator,
    document: Annotated[bytes, Depends(raw)],
    nip: Annotated[Nip | None, Query()] = None,
    pesel: Annotated[Pesel | None, Query()] = None,
    name: _Name = None,
) -> Response:
    """The XML document of the body, such as an ``AuthTokenRequest``, with an enveloped XAdES signature: the seal of
    the company ``nip``, or the signature of the person ``pesel``. ``name`` is what the certificate says."""
    if (nip is None) == (pesel is None):
        raise problems.invalid_input("Podaj nip (pieczęć firmy) albo pesel (podpis osoby).")
    root = parse(document)
    if nip is not None:
        seal = seal_of_company(emulator, nip=nip, name=name or emulator.firms.called(nip) or f"Firma {nip}")
    else:
        seal = seal_of(emulator, _person(emulator, str(pesel), name))
    signed = seal.sign(etree.tostring(root), at=emulator.clock.now())
    return Response(signed, media_type="application/xml")


@router.get("/samples/fa3.xml", response_class=Response, responses={200: _XML})
def sample(
    emulator: CurrentEmulator,
    nip: Annotated[Nip, Query()],
    buyer: Annotated[Nip, Query()] = "7771234567",
    gross: _Gross = Decimal("123.00"),
    number: _Number = None,
) -> Response:
    """An FA(3) invoice ready to be encrypted and sent: of the seller ``nip``, dated today by the emulator's clock,
    with a number of its own unless one is given."""
    now = emulator.clock.now()
    day = polish_day(now)
    seller = by_nip(nip) or anyone(nip, emulator.firms.called(nip) or f"Firma {nip}")
    exact = amounts.from_gross(int(gross * 100), amounts.percent(seller.rate))
    invoice = FaInvoice(
        kind="VAT",
        number=number or _fresh(day),
        day=day,
        created=now,
        seller=seller,
        buyer=Buyer(nip=buyer, name=emulator.firms.called(buyer) or f"Firma {buyer}"),
        lines=lines.sold(seller, Random(nip), rate=seller.rate, exact=exact),
        totals=Totals({seller.rate: exact}),
    )
    return Response(invoice.xml(), media_type="application/xml")


def _person(emulator: "Emulator", pesel: str, name: str | None) -> TestPerson:
    """A test person, about to act, or somebody of whom only this is known."""
    person = next((person for person in emulator.people.all() if person.pesel == pesel), None)
    appeared = emulator.people.appear(person.id) if person is not None else None
    if appeared is not None and name is None:
        return appeared
    first, _, surname = (name or "Osoba Testowa").partition(" ")
    return TestPerson(id=0, given_name=first, surname=surname or first, pesel=pesel)


def _fresh(day: date) -> str:
    return f"FV/{day:%Y/%m}/{secrets.token_hex(4)}"
