"""Orders of shops: each export is recognised by its header, and what it says becomes an invoice."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from liczydlo.sales import composing
from liczydlo.sales.importing import shops
from liczydlo.spreadsheets import read

from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_imports import choose, counts, drafts, faults, show, store

pytestmark = pytest.mark.django_db
SHOPIFY = (
    *("Name", "Email", "Financial Status", "Paid at", "Currency", "Subtotal", "Shipping", "Taxes", "Total"),
    *(
        "Discount Code",
        "Discount Amount",
        "Shipping Method",
        "Created at",
        "Lineitem quantity",
        "Lineitem name",
    ),
    *("Lineitem price", "Lineitem sku", "Billing Name", "Billing Street", "Billing Company", "Billing City"),
    *("Billing Zip", "Billing Country", "Payment Method"),
)


def table(header: Sequence[str], *rows: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def shopify(
    order: str = "#1001", status: str = "paid", total: str = "86.90", discount: str = "10.00"
) -> Sequence[Sequence[str]]:
    first = (
        *(
            order,
            "jan@example.com",
            status,
            "2026-11-02 10:00:00 +0100",
            "PLN",
            "81.90",
            "15.00",
            "16.25",
            total,
        ),
        *(
            "LATO",
            discount,
            "Kurier",
            "2026-11-01 09:50:26 +0100",
            "2",
            "Kubek",
            "30.00",
            "K-1",
            "Jan Kowalski",
        ),
        *("ul. Prosta 1", "", "Kraków", "'30-001", "PL", "Shopify Payments"),
    )
    second = (order, *[""] * 12, "1", "Podkładka", "21.90", "P-1", *[""] * 7)
    return first, second


def test_orders_of_shopify_become_invoices(ala: Client, company: Any) -> None:
    page = show(ala, company, table(SHOPIFY, *shopify(), *shopify("#1002", "refunded")))
    assert "To eksport zamówień: Shopify" in text_of(page)
    assert counts(page) == (0, 1, 1) and "Stawka VAT: nie ma jej w pliku" in faults(page)
    page = choose(ala, page, default_rate="23")
    assert counts(page) == (1, 1, 0), faults(page)
    assert "anulowane albo zwrócone: „refunded”" in faults(page)
    store(ala, page)
    (draft,) = drafts(company)
    assert [(one.name, one.gross_price, one.discount) for one in draft.lines] == [
        ("Kubek", Decimal("30.00"), Decimal("7.33")),
        ("Podkładka", Decimal("21.90"), Decimal("2.67")),
        ("Dostawa: Kurier", Decimal("15.00"), None),
    ]
    assert draft.buyer is not None and draft.buyer.nip is None and draft.buyer.name == "Jan Kowalski"
    assert draft.buyer.address is not None and draft.buyer.address.line2 == "30-001 Kraków"
    assert draft.terms is not None and draft.terms.zamowienia[0].nr_zamowienia == "#1001"
    assert str(draft.terms.zamowienia[0].data_zamowienia) == str(draft.sale_date) == "2026-11-01"
    assert draft.payment is not None and str(draft.payment.paid) == "2026-11-02"
    assert draft.payment.other_form == "Shopify Payments" and composing.fits_form(company, draft)
    again = show(ala, company, table(SHOPIFY, *shopify(total="86.90")))
    assert counts(again) == (0, 1, 0), "the rate is remembered and the order known"


def test_a_sum_that_does_not_fit_is_refused(ala: Client, company: Any) -> None:
    page = choose(ala, show(ala, company, table(SHOPIFY, *shopify(total="99.00"))), default_rate="23")
    assert counts(page) == (0, 0, 1) and "różnica -12,10" in faults(page), faults(page)


def test_a_discount_of_more_than_the_lines_is_refused(ala: Client, company: Any) -> None:
    page = choose(ala, show(ala, company, table(SHOPIFY, *shopify(discount="82"))), default_rate="23")
    assert counts(page) == (0, 0, 1) and "to więcej niż wartość pozycji" in faults(page)


EXPORTS = {
    "WooCommerce": (
        *(
            "order_id",
            "order_number",
            "order_date",
            "status",
            "shipping_total",
            "order_total",
            "order_currency",
        ),
        *(
            "billing_first_name",
            "billing_last_name",
            "billing_company",
            "billing_address_1",
            "billing_postcode",
        ),
        *("billing_city", "billing_country", "item_name", "item_quantity", "item_total"),
    ),
    "BaseLinker": (
        *(
            "order_id",
            "date_add",
            "currency",
            "invoice_fullname",
            "invoice_nip",
            "invoice_address",
            "invoice_city",
        ),
        *(
            "invoice_postcode",
            "invoice_country_code",
            "delivery_price",
            "name",
            "sku",
            "quantity",
            "price_brutto",
        ),
        "tax_rate",
    ),
    "PrestaShop": (
        *(
            "reference",
            "date_add",
            "firstname",
            "lastname",
            "company",
            "vat_number",
            "address1",
            "postcode",
            "city",
        ),
        *("total_shipping_tax_incl", "product_name", "product_quantity", "unit_price_tax_incl", "tax_rate"),
    ),
    "Allegro": (
        *(
            "OrderId",
            "OrderDate",
            "SellerStatus",
            "BuyerLogin",
            "BuyerName",
            "BuyerAddress",
            "BuyerZip",
            "BuyerCity",
        ),
        *(
            "InvoiceTaxId",
            "DeliveryAmount",
            "TotalToPayAmount",
            "OfferId",
            "Name",
            "Quantity",
            "Price",
            "Currency",
        ),
    ),
    "Shoper": (
        *(
            "order_id",
            "date",
            "first_name",
            "last_name",
            "tax_id",
            "street",
            "zip_code",
            "city",
            "shipping_cost",
        ),
        *("product_name", "product_code", "product_quantity", "product_price", "product_tax"),
    ),
}
VALUES = {
    "item_total": "20.00", "price_brutto": "24.60", "unit_price_tax_incl": "24.60", "Price": "24.60",
    "product_price": "24.60", "tax_rate": "23", "product_tax": "23%", "quantity": "1", "Quantity": "1",
    "item_quantity": "1", "product_quantity": "1", "order_date": "2026-11-01 10:00", "date_add": "2026-11-01",
    "OrderDate": "2026-11-01T10:00:00Z", "date": "2026-11-01", "currency": "PLN", "Currency": "PLN",
    "order_currency": "PLN", "delivery_price": "12.30", "shipping_total": "10.00", "shipping_cost": "12.30",
    "total_shipping_tax_incl": "12.30", "DeliveryAmount": "12.30", "order_total": "36.90",
    "TotalToPayAmount": "36.90", "status": "wc-completed", "SellerStatus": "SENT", "invoice_country_code": "PL",
    "billing_country": "PL", "billing_company": "", "company": "", "vat_number": "", "InvoiceTaxId": "",
    "tax_id": "", "invoice_nip": "",
}  # fmt: skip


@pytest.mark.parametrize("shop", EXPORTS)
def test_an_order_of_each_shop_comes_to_the_same(ala: Client, company: Any, shop: str) -> None:
    header = EXPORTS[shop]
    row = [VALUES.get(name, name.replace("_", " ")) for name in header]
    content = table(header, row)
    known = shops.recognise(read(content))
    assert known is not None and known[0].name == shop
    page = show(ala, company, content)
    if "rate" not in page.context["reading"].columns.places:
        page = choose(ala, page, default_rate="23")
    assert counts(page) == (1, 0, 0), faults(page)
    store(ala, page)
    (draft,) = drafts(company)
    assert len(draft.lines) == 2 and draft.terms is not None and draft.buyer is not None
    assert draft.buyer.nip is None and draft.buyer.name
    assert composing.totals(draft.lines, "PLN", None).total == Decimal("36.90")
