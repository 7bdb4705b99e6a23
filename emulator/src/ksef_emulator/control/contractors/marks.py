"""What may be said of a contractor's invoice beside its kind."""

from __future__ import annotations

from enum import StrEnum


class Mark(StrEnum):
    """``features`` of an order."""

    SPLIT_PAYMENT = "split-payment"  # P_18A, mechanizm podzielonej płatności
    REVERSE_CHARGE = "reverse-charge"  # P_18, odwrotne obciążenie
    MARGIN = "margin"  # P_PMarzy_3_1, used goods
    MIXED_RATES = "mixed-rates"
    INSTALMENTS = "instalments"  # three terms of payment and a discount for paying at the first
    PAID = "paid"
    SELF_INVOICING = "self-invoicing"  # P_17, the buyer issues
    ATTACHMENT = "attachment"  # goes in a batch


EXCLUSIVE: tuple[frozenset[Mark], ...] = (
    frozenset((Mark.REVERSE_CHARGE, Mark.MARGIN, Mark.MIXED_RATES)),
    frozenset((Mark.PAID, Mark.INSTALMENTS)),
    frozenset((Mark.SELF_INVOICING, Mark.ATTACHMENT)),
)
"""At most one of each set."""
OF_SALES_ONLY = frozenset((Mark.REVERSE_CHARGE, Mark.MARGIN, Mark.MIXED_RATES, Mark.PAID, Mark.INSTALMENTS))
"""Only of invoices VAT and UPR."""
