"""Drafts of invoices VAT RR: a plain one, and any that hypothesis makes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st
from liczydlo.rr.draft import Correction, Deduction, Line, Party, Proof, RrDraft, ThirdParty

from app.tests.fa3.made import WORDS

DAY = date(2026, 11, 27)
FARMER = Party(nip="8567346215", name="Jan Rolny", address_1="Polna 1", address_2="07-100 Łąki")
BUYER = Party(
    nip="5265877635", name="Skup Owoców sp. z o.o.", address_1="Leśna 2", address_2="00-001 Warszawa"
)
APPLES = Line(
    name="Jabłka", quality="I klasa", unit="kg", quantity=Decimal("1000"), price=Decimal("1.55"), uid="a"
)
PLAIN = RrDraft(
    farmer=FARMER,
    buyer=BUYER,
    number="RR/2026/11/001",
    issue_date=DAY,
    purchase_date=DAY,
    lines=(APPLES,),
    account="61109010140000071219812874",
    bank="Bank Rolny",
    deductions=(Deduction(amount=Decimal("1.55"), reason="Fundusz Promocji Owoców i Warzyw"),),
)

_NAMES = WORDS.filter(lambda text: text and "  " not in text)
_DAYS = st.dates(date(2026, 1, 1), date(2030, 1, 1))
_MAYBE = st.none() | _NAMES


def _parties(*, is_farmer: bool) -> st.SearchStrategy[Party]:
    return st.builds(
        Party,
        nip=st.sampled_from(["5265877635", "8567346215", "1111111111"]),
        name=_NAMES,
        address_1=_NAMES,
        address_2=_MAYBE,
        country=st.sampled_from(["PL", "DE"]),
        email=st.none() | st.just("jan@example.com"),
        phone=st.none() | st.just("600 700 800"),
        supplier=_MAYBE if is_farmer else st.none(),
    )


_ROLES = st.one_of(
    st.sampled_from([1, 2, 3, 5, 6, 7, 8, 9, 10, 11]).map(lambda role: {"role": role}),
    _NAMES.map(lambda text: {"other_role": text}),
)
_NUMBERS = st.sampled_from([{}, {"nip": "5265877635"}, {"internal_id": "5265877635-00001"}])
_PLACES = st.one_of(
    st.just({}), st.fixed_dictionaries({"address_1": _NAMES, "address_2": _MAYBE, "country": st.just("DE")})
)
_THIRD = st.builds(
    lambda name, *said: ThirdParty(name=name, **said[0], **said[1], **said[2]),
    _NAMES,
    _ROLES,
    _NUMBERS,
    _PLACES,
)
_LINES = st.builds(
    Line,
    name=_NAMES,
    quality=_NAMES,
    unit=st.sampled_from(["kg", "t", "szt."]),
    quantity=st.decimals("0.000001", "99999", places=6),
    price=st.decimals("0", "99999.99", places=8),
    day=st.none() | _DAYS,
    pkwiu=st.none() | st.just("01.24.10.0"),
    cn=st.none() | st.just("0808 10 80"),
    gtin=st.none() | st.just("5901234123457"),
    uid=st.none() | st.uuids().map(str),
)
_MANY = st.lists(_LINES, min_size=1, max_size=4).map(tuple)
_CORRECTIONS = st.builds(
    Correction,
    number=_NAMES,
    issue_date=_DAYS,
    before=_MANY,
    ksef_number=st.none() | st.just("8567346215-20261127-0A1B2C3D4E5F-5D"),
    reason=_MAYBE,
    effect=st.none() | st.integers(1, 4),
)
DRAFTS = st.builds(
    RrDraft,
    farmer=_parties(is_farmer=True),
    buyer=_parties(is_farmer=False),
    number=_NAMES,
    issue_date=_DAYS,
    purchase_date=st.none() | _DAYS,
    place=_MAYBE,
    lines=_MANY,
    declares=st.booleans(),
    account=st.none() | st.just("61109010140000071219812874"),
    bank=st.none(),
    deductions=st.lists(
        st.builds(Deduction, amount=st.decimals("0.01", "9.99", places=2), reason=_NAMES), max_size=2
    ).map(tuple),
    proofs=st.lists(st.builds(Proof, number=_NAMES, day=st.none() | _DAYS), max_size=2).map(tuple),
    note=_MAYBE,
    correction=st.none() | _CORRECTIONS,
    third_parties=st.lists(_THIRD, max_size=2).map(tuple),
)
