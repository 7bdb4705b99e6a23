"""Drafts of every kind, made by hypothesis: complete, and said in the one way that ``reverse`` says them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from hypothesis import strategies as st
from liczydlo.fa3 import money
from liczydlo.fa3.build import lines as rows_of
from liczydlo.fa3.build import zal
from liczydlo.fa3.draft import (
    Address,
    Advance,
    Correction,
    Exemption,
    InvoiceDraft,
    Kind,
    Line,
    Margin,
    Marks,
    Order,
    Original,
    Party,
    Payment,
    Settlement,
    Sum,
    ThirdParty,
)
from liczydlo.fa3.model import (
    DaneKontaktowe,
    DodatkowyOpis,
    KwotaZPowodem,
    NowySrodekTransportu,
    OkresFa,
    PodmiotUpowazniony,
    RachunekBankowy,
    Skonto,
    Stopka,
    TerminPlatnosci,
    WarunkiTransakcji,
    Zalacznik,
    ZaliczkaCzesciowa,
    ZaplataCzesciowa,
)
from liczydlo.fa3.totals import RATES

from app.tests.fa3.made import WORDS, of

NAMES = WORDS.filter(lambda text: text and "  " not in text)
DAYS = st.dates(date(2026, 1, 1), date(2030, 1, 1))
PRICES = st.decimals("1", "99999.9999", places=4)
AMOUNTS = st.decimals("0.01", "99999", places=2)
EXCHANGE = st.decimals("0.0001", "99", places=4)
ADDRESSES = st.builds(Address, line1=NAMES, line2=st.none() | NAMES, country=st.sampled_from(["PL", "DE"]))


def some(one: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    """A few of them."""
    return st.lists(one, min_size=least, max_size=2).map(tuple)


IDENTITIES = st.one_of(
    st.just({}),
    st.just({"nip": "1111111111"}),
    st.just({"vat_ue_country": "EL", "vat_ue": "094019245"}),
    st.fixed_dictionaries({"tax_country": st.sampled_from([None, "US"]), "tax_id": NAMES}),
)
PLACES = {"address": st.none() | ADDRESSES, "name": st.none() | NAMES, "buyer_id": st.none() | NAMES}
CONTACTS = {
    "post_address": st.none() | ADDRESSES,
    "contacts": some(of(DaneKontaktowe)),
    "eori": st.none() | NAMES,
    "customer_number": st.none() | NAMES,
}


@st.composite
def parties(draw: st.DrawFn, *more: dict[str, Any]) -> Party:
    given = {**PLACES, **{name: one for fields in more for name, one in fields.items()}}
    return Party(**draw(IDENTITIES), **{name: draw(one) for name, one in given.items()})


SELLERS = st.builds(Party, name=NAMES, nip=st.just("5265877635"), address=ADDRESSES)
LINES = st.builds(
    Line,
    name=st.none() | NAMES,
    rate=st.sampled_from(sorted(RATES)),
    quantity=st.decimals("1", "999", places=3),
    unit=st.none() | NAMES,
    net_price=PRICES,
    gtu=st.sampled_from([None, "GTU_10"]),
    annex_15=st.booleans(),
    excise=st.none() | AMOUNTS,
    uu_id=st.none() | NAMES,
    number=st.none() | st.integers(50, 99),
)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """Of an invoice: priced net or gross, valued otherwise than its price says, or not at all."""
    line = replace(
        draw(LINES), discount=draw(st.none() | st.just(Decimal("0.01"))), sale_date=draw(st.none() | DAYS)
    )
    match draw(st.sampled_from(["net", "gross", "stated", "lump", "both"])):
        case "gross":
            return replace(line, gross_price=line.net_price, net_price=None)
        case "stated":
            return replace(line, net=Decimal("123456789.01"), vat=draw(st.none() | AMOUNTS))
        case "lump":
            return replace(line, quantity=None, net_price=None, net=draw(AMOUNTS))
        case "both":
            return replace(line, gross_price=line.net_price, gross=draw(AMOUNTS))
    return line


MARKS = st.builds(
    Marks,
    cash_accounting=st.booleans(),
    self_billing=st.booleans(),
    split_payment=st.booleans(),
    exemption=st.none()
    | st.builds(Exemption, text=NAMES, basis=st.sampled_from(["act", "directive", "other"])),
    new_transport=some(of(NowySrodekTransportu)),
    triangular=st.booleans(),
    margin=st.none() | st.sampled_from(get_args(Margin)),
)
PAID: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"paid": DAYS}),
    st.fixed_dictionaries({"parts": some(of(ZaplataCzesciowa), 1), "settled_in_parts": st.booleans()}),
    st.just({}),
)
FORMS = st.sampled_from([{"form": 1}, {"form": None}, {"form": None, "other_form": "barter"}, {}])
PAYMENTS = st.builds(
    lambda paid, form, **more: Payment(**paid, **form, **more),
    paid=PAID,
    form=FORMS,
    terms=some(of(TerminPlatnosci)),
    accounts=some(of(RachunekBankowy)),
    factor_accounts=some(of(RachunekBankowy)),
    early=st.none() | of(Skonto),
    link=st.none() | NAMES,
    ipksef=st.none() | NAMES,
)
CHARGES = some(st.builds(KwotaZPowodem, kwota=AMOUNTS, powod=NAMES))
CORRECTIONS = st.builds(
    Correction,
    originals=some(st.builds(Original, number=NAMES, issue_date=DAYS, ksef_number=st.none() | NAMES), 1),
    reason=st.none() | NAMES,
    effect=st.sampled_from([None, 1, 2, 3]),
    period=st.none() | NAMES,
    right_number=st.none() | NAMES,
    seller=st.none() | st.builds(replace, SELLERS, eu_prefix=st.sampled_from([None, True])),
    buyers=some(parties()),
)
SPARE: dict[str, st.SearchStrategy[Any]] = {
    "place": NAMES,
    "sale_date": DAYS,
    "period": of(OkresFa),
    "seller_status": st.integers(1, 4),
    "local_authority": st.just(True),
    "vat_group": st.just(True),
    "third_parties": some(
        st.builds(ThirdParty, party=parties(CONTACTS), role=st.integers(1, 11), share=st.none() | AMOUNTS)
    ),
    "authorised": of(PodmiotUpowazniony),
    "payment": PAYMENTS,
    "settlement": st.builds(Settlement, charges=CHARGES, deductions=CHARGES, states_due=st.booleans()),
    "part_payments": some(of(ZaliczkaCzesciowa)),
    "delivery_notes": some(NAMES),
    "to_receipt": st.just(True),
    "linked": st.just(True),
    "excise_refund": st.just(True),
    "remarks": some(of(DodatkowyOpis)),
    "terms": of(WarunkiTransakcji),
    "footer": of(Stopka),
    "attachment": of(Zalacznik),
    "total": st.just(Decimal("987654321.00")),
}
SUMS = st.just((Sum(group="1", net=Decimal("1.00"), tax=Decimal("9.99")), Sum(group="6_1", net=Decimal(5))))


@st.composite
def drafts(draw: st.DrawFn) -> InvoiceDraft:
    """A draft: its kind with what belongs to it, and some of what any kind may say besides."""
    kind: Kind = draw(st.sampled_from(get_args(Kind)))
    chosen = draw(st.sets(st.sampled_from(sorted(SPARE)), max_size=4))
    draft = InvoiceDraft(
        kind=kind,
        number=draw(NAMES),
        issue_date=draw(DAYS),
        seller=draw(SELLERS),
        buyer=draw(parties(CONTACTS)),
        lines=() if kind in ("ZAL", "KOR_ZAL") else draw(some(lines(), 1)),
        marks=draw(MARKS),
        **{name: draw(SPARE[name]) for name in chosen},
    )
    draft = draw(_of_kind(draft))
    if draw(st.integers(0, 9)) == 0:  # its amounts are not those of its lines
        draft = replace(draft, sums=draw(SUMS), advance=None)
    return replace(draft, currency="EUR", exchange_rate=draw(EXCHANGE)) if draw(st.booleans()) else draft


@st.composite
def _of_kind(draw: st.DrawFn, draft: InvoiceDraft) -> InvoiceDraft:
    part = Decimal(draw(st.integers(1, 90))) / 100
    before = {"correction": replace(draw(CORRECTIONS))}
    match draft.kind:
        case "ZAL":
            order = Order(lines=draw(some(LINES, 1)))
            worth = zal.order(order).wartosc_zamowienia
            return replace(
                draft, order=order, advance=max(money.grosze(worth * part), Decimal("0.01")), total=None
            )
        case "ROZ":
            values = [rows_of.worth(line) for line in draft.lines]
            worth = money.total(net or gross or money.ZERO for net, gross, _ in values)
            advances = (Advance(number="FZ/1"), Advance(ksef_number="5265877635-20261101-0123456789AB-1C"))
            return replace(draft, advances=advances, advance=money.grosze(worth * part) or None)
        case "KOR" | "KOR_ROZ":
            pairs = (replace(line, before=one) for line in draft.lines for one in (True, False))
            return replace(draft, lines=tuple(pairs), **before)
        case "KOR_ZAL":
            was, now = draw(some(LINES, 1)), draw(some(LINES, 1))
            order = Order(lines=(*(replace(line, before=True) for line in was), *now))
            smaller = min(zal.order(Order(lines=item)).wartosc_zamowienia for item in (was, now))
            paid = max(money.grosze(smaller * part), Decimal("0.01"))
            correction = replace(before["correction"], amount_before=paid)
            return replace(draft, order=order, advance=paid, correction=correction, total=None)
    return draft


DRAFTS: st.SearchStrategy[InvoiceDraft] = drafts()
