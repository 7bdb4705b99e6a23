"""What an issuer means by an invoice of any kind of FA(3): the facts, not the document made of them.

``build.build`` makes the document and works out what follows from the facts: numbers of lines, values, sums of rates,
flags of choices. ``reverse.reverse`` gives the facts back. Parts in which FA(3) says just what the issuer means
(attachment, transport, footers …) are the classes of ``model`` themselves.

A draft may be unfinished: whatever is needed for a document is asked for by ``build`` alone. ``codec`` gives it a JSON
form.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

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

Kind = Literal["VAT", "KOR", "ZAL", "ROZ", "UPR", "KOR_ZAL", "KOR_ROZ"]  # RodzajFaktury
Margin = Literal["travel", "second-hand", "art", "antiques"]
Group = Literal["1", "2", "3", "4", "5", "6_1", "6_2", "6_3", "7", "8", "9", "10", "11"]  # of P_13
TRANSFER: Final = 6  # FormaPlatnosci


class IncompleteDraft(ValueError):
    """What a document still needs: ``fields`` are paths in the draft, as ``lines[0].net_price``."""

    def __init__(self, *fields: str) -> None:
        super().__init__(f"missing: {', '.join(fields)}")
        self.fields = fields


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Two free lines; ``country`` is ISO 3166 alpha-2, ``gln`` the global location number."""

    line1: str
    line2: str | None = None
    country: str = "PL"
    gln: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """A party and at most one identifier of it: NIP, EU VAT, a foreign one, an internal one (of third parties).

    ``vat_ue`` is the number without its country (EL for Greece, XI for Northern Ireland). ``customer_number`` and
    ``buyer_id`` (the key between a correction's parties before and after) are of buyers and third parties.
    """

    name: str | None = None
    nip: str | None = None
    vat_ue_country: str | None = None
    vat_ue: str | None = None
    tax_country: str | None = None
    tax_id: str | None = None
    internal_id: str | None = None
    address: Address | None = None
    post_address: Address | None = None
    contacts: tuple[DaneKontaktowe, ...] = ()
    eori: str | None = None
    eu_prefix: bool | None = (
        None  # PL before a seller's NIP; None: when a line's rate is one of trade in the EU
    )
    customer_number: str | None = None
    buyer_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ThirdParty:
    """Podmiot3: ``role`` is a value of Rola, or ``other_role`` describes it; ``share`` is percent of a joint buyer."""

    party: Party
    role: int | None = None
    other_role: str | None = None
    share: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of an invoice or an order.

    Its value is quantity × the one of two unit prices that is given, less ``discount`` (of the whole line), unless
    ``net``, ``gross`` or ``vat`` state it; ``unvalued`` lines state none. ``rate`` is a value of P_12. Without it the
    line is under a margin procedure, or under OSS with ``oss_rate``, the percent of the buyer's country.
    ``exchange_rate`` is the line's own where days of sale differ. ``number`` is left out where lines are counted from
    1, in a correction those ``before`` it and those after it each by themselves.
    """

    name: str | None = None
    rate: str | None = None
    quantity: Decimal | None = Decimal(1)
    unit: str | None = "szt."
    net_price: Decimal | None = None
    gross_price: Decimal | None = None
    discount: Decimal | None = None
    net: Decimal | None = None
    gross: Decimal | None = None
    vat: Decimal | None = None
    unvalued: bool = False
    before: bool = False
    oss_rate: Decimal | None = None
    annex_15: bool = False
    excise: Decimal | None = None
    gtu: str | None = None
    procedure: str | None = None
    pkwiu: str | None = None
    cn: str | None = None
    pkob: str | None = None
    gtin: str | None = None
    index: str | None = None
    uu_id: str | None = None
    number: int | None = None
    sale_date: date | None = None
    exchange_rate: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What an advance is paid towards. ``value`` is gross; None: the sum of the lines after the correction."""

    lines: tuple[Line, ...] = ()
    value: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """A sum of one group of rates (P_13_*, P_14_*, P_14_*W) that the issuer states."""

    group: Group
    net: Decimal | None = None
    tax: Decimal | None = None
    tax_pln: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Exemption:
    """The legal basis of an exemption: the Polish act, the directive 2006/112 or another one."""

    text: str
    basis: Literal["act", "directive", "other"] = "act"


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """The marks of art. 106e. ``reverse_charge`` None: when the rate of a line says that the buyer settles the tax."""

    cash_accounting: bool = False
    self_billing: bool = False
    reverse_charge: bool | None = None
    split_payment: bool = False
    exemption: Exemption | None = None
    new_transport: tuple[NowySrodekTransportu, ...] = ()
    art_42_5: bool = False  # the supplier of new means of transport has the duty of art. 42 ust. 5
    triangular: bool = False
    margin: Margin | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Payment:
    """How it is paid: ``form`` is a value of FormaPlatnosci, or ``other_form`` describes it.

    ``paid`` is the day on which it was paid in full; ``parts`` are payments of parts, which with ``settled_in_parts``
    make the whole.
    """

    paid: date | None = None
    parts: tuple[ZaplataCzesciowa, ...] = ()
    settled_in_parts: bool = False
    terms: tuple[TerminPlatnosci, ...] = ()
    form: int | None = TRANSFER
    other_form: str | None = None
    accounts: tuple[RachunekBankowy, ...] = ()
    factor_accounts: tuple[RachunekBankowy, ...] = ()
    early: Skonto | None = None
    link: str | None = None
    ipksef: str | None = None  # payment identifier of KSeF


@dataclass(frozen=True, kw_only=True, slots=True)
class SettlementSums:
    """Sums of a Rozliczenie as its issuer states them: SumaObciazen, SumaOdliczen, DoZaplaty, DoRozliczenia."""

    charged: Decimal | None = None
    deducted: Decimal | None = None
    due: Decimal | None = None
    overpaid: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """Charges and deductions beside the invoice's own amount; ``states_due``: what is then to be paid is stated.

    ``sums`` are stated where they do not follow from the amounts; None: they do.
    """

    charges: tuple[KwotaZPowodem, ...] = ()
    deductions: tuple[KwotaZPowodem, ...] = ()
    states_due: bool = True
    sums: SettlementSums | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """An invoice that is corrected; ``ksef_number`` None means issued outside KSeF."""

    number: str
    issue_date: date
    ksef_number: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Advance:
    """An advance invoice that is settled, by its KSeF number, or by its own when it was issued outside KSeF."""

    ksef_number: str | None = None
    number: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """What is corrected and why.

    ``effect`` is TypKorekty: at the original's date (1), at the correction's (2) or otherwise (3). ``seller`` and
    ``buyers`` are the parties as they were, where they change; ``seller_prefix`` is that seller's PrefiksPodatnika
    where it is not PL. ``amount_before`` is what an advance came to, or what a settlement left to be paid.
    """

    originals: tuple[Original, ...] = ()
    reason: str | None = None
    effect: int | None = None
    period: str | None = None  # of a rebate on all sales of a period
    right_number: str | None = None  # where the number itself is mended
    seller: Party | None = None
    seller_prefix: str | None = None
    buyers: tuple[Party, ...] = ()
    amount_before: Decimal | None = None
    exchange_rate_before: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceDraft:
    """The whole invoice. Amounts are in ``currency``; ``exchange_rate`` is PLN for one unit of it.
    ``advance_rate`` is KursWalutyZ where it does not follow from kind and ``exchange_rate``.

    ``sale_date`` of an advance is the day of payment; elsewhere it is left out where it is the day of issue.
    ``advance`` is the gross amount paid: of ZAL this one, of KOR_ZAL as corrected, of ROZ all earlier ones together.
    ``sums`` and ``total`` are stated where they do not follow from lines, order and advance; None: they do.
    """

    kind: Kind = "VAT"
    number: str | None = None
    issue_date: date | None = None
    place: str | None = None
    sale_date: date | None = None
    period: OkresFa | None = None
    currency: str = "PLN"
    exchange_rate: Decimal | None = None
    advance_rate: Decimal | None = None
    seller: Party | None = None
    seller_status: int | None = None  # StatusInfoPodatnika
    buyer: Party | None = None
    local_authority: bool = False  # a unit of a local authority stands behind the buyer
    vat_group: bool = False  # a member of a VAT group stands behind the buyer
    third_parties: tuple[ThirdParty, ...] = ()
    authorised: PodmiotUpowazniony | None = None
    lines: tuple[Line, ...] = ()
    sums: tuple[Sum, ...] | None = None
    total: Decimal | None = None
    marks: Marks = Marks()
    payment: Payment | None = None
    settlement: Settlement | None = None
    correction: Correction | None = None
    order: Order | None = None
    advance: Decimal | None = None
    part_payments: tuple[ZaliczkaCzesciowa, ...] = ()
    advances: tuple[Advance, ...] = ()
    delivery_notes: tuple[str, ...] = ()
    to_receipt: bool = False  # FP: an invoice to a receipt (art. 109 ust. 3d)
    linked: bool = False  # TP: the parties are linked
    excise_refund: bool = False
    remarks: tuple[DodatkowyOpis, ...] = ()
    terms: WarunkiTransakcji | None = None
    footer: Stopka | None = None
    attachment: Zalacznik | None = None
