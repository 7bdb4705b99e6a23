"""What contractors are asked for, and what of it cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from ... import problems
from ...intake.schemas import FA2, FA3, FA_RR, PEF, PEF_KOR, FormCode, Schemas
from .fa import FACTOR, Buyer
from .marks import EXCLUSIVE, OF_SALES_ONLY, Mark
from .people import Seller

Kind = Literal[
    "VAT", "UPR", "ZAL", "ROZ", "KOR", "KOR_ZAL", "KOR_ROZ", "VAT_RR", "KOR_VAT_RR", "VAT_PEF", "KOR_PEF"
]
Correction = Literal["discount", "price", "quantity", "data"]
Scam = Literal["account", "look-alike", "double-number", "double-amount", "stranger"]
Currency = Literal["PLN", "EUR", "USD", "GBP", "CHF"]
Form = Literal["FA (3)", "FA (2)"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CURRENCIES: tuple[Currency, ...] = get_args(Currency)
FORMS_OF_FA: dict[Form, FormCode] = {"FA (3)": FA3, "FA (2)": FA2}
FORMS: dict[Kind, tuple[FormCode, ...]] = {
    "VAT_RR": (FA_RR,),
    "KOR_VAT_RR": (FA_RR,),
    "VAT_PEF": (PEF,),
    "KOR_PEF": (PEF, PEF_KOR),
}
"""Of kinds that are no FA."""
SIMPLE = {"PLN": 45_000, "EUR": 10_000}
"""The most that a simplified invoice may be, in hundredths (ustawa o VAT art. 106e ust. 5 pkt 3)."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """``count`` documents of one kind for the buyer, of ``seller`` or, when None, of various contractors; ``gross``
    in grosze is of each, None is various. ``third_party`` and ``authorised`` are NIPs of others who are named and see
    them."""

    buyer: Buyer
    kind: Kind = "VAT"
    form: Form = "FA (3)"
    seller: Seller | None = None
    gross: int | None = None
    count: int = 1
    currency: Currency = "PLN"
    correction: Correction = "discount"
    marks: frozenset[Mark] = frozenset()
    third_party: str = ""
    third_role: int = FACTOR
    authorised: str = ""
    scam: Scam | None = None

    @property
    def forms(self) -> tuple[FormCode, ...]:
        """Of the documents that are sent."""
        return FORMS.get(self.kind) or (FORMS_OF_FA[self.form],)

    @property
    def is_fa(self) -> bool:
        return self.kind not in FORMS


def available(schemas: Schemas) -> list[Kind]:
    """Kinds whose schemas are there."""
    return [kind for kind in KINDS if all(schemas.find(*form.key) for form in FORMS.get(kind, (FA3,)))]


def check(order: Order, schemas: Schemas) -> None:
    """Raises problem 21405 with the reason in Polish."""
    for reason in _refusals(order, schemas):
        raise problems.invalid_input(reason)


def _refusals(order: Order, schemas: Schemas) -> list[str]:
    reasons = []
    for form in order.forms:
        if schemas.find(*form.key) is None:
            reasons.append(
                f"Schemy {form.system_code} nie ma w emulatorze. Uruchom go z --schemas KATALOG, z plikami xsd"
                " Ministerstwa Finansów."
            )
    if order.seller is not None and order.seller.nip == order.buyer.nip:
        reasons.append("Sprzedawca i nabywca to ta sama firma.")
    if order.kind == "UPR":
        limit = SIMPLE.get(order.currency, 0)
        if not limit:
            reasons.append("Faktura uproszczona jest w złotych albo w euro.")
        elif (order.gross or 0) > limit:
            reasons.append("Faktura uproszczona opiewa najwyżej na 450 zł albo 100 euro.")
    if order.correction != "discount" and (order.kind != "KOR" or order.gross is not None):
        reasons.append("Rodzaj korekty (correction) podaje się do KOR, bez kwoty.")
    if not order.is_fa and (order.marks or order.third_party or order.authorised or order.form != "FA (3)"):
        reasons.append("Cechy, inne podmioty i strukturę (form) podaje się do faktur FA.")
    if order.kind in ("VAT_RR", "KOR_VAT_RR") and order.currency != "PLN":
        reasons.append("Faktury RR wystawia się tu w złotych.")
    if order.kind not in ("VAT", "UPR") and order.marks & OF_SALES_ONLY:
        reasons.append(f"Cechy {_named(OF_SALES_ONLY)} podaje się do faktur VAT i UPR.")
    reasons += [
        f"Wybierz najwyżej jedną z cech: {_named(some)}." for some in EXCLUSIVE if len(order.marks & some) > 1
    ]
    if Mark.ATTACHMENT in order.marks and order.form != "FA (3)":
        reasons.append("Załącznik ma tylko FA (3).")
    if order.scam and (order.kind != "VAT" or order.marks or order.form != "FA (3)"):
        reasons.append("Oszustwa (scam) są fakturami VAT w strukturze FA (3), bez cech.")
    return reasons


def _named(marks: frozenset[Mark]) -> str:
    return ", ".join(sorted(marks))
