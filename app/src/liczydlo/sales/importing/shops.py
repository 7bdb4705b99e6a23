"""Headers of shops' exports of orders. A shop is known by names that only its export has together.

Sources: Shopify's help („Exporting orders"); WooCommerce's documentation of „Import and Export of WooCommerce Orders"
and the fields of the plugin „Advanced Order Export"; the order fields of BaseLinker's API (``getOrders``); PrestaShop's
tables ``orders`` and ``order_detail`` by the names of their columns, as its SQL manager exports them; the columns of
Allegro's report of orders; the field names of Shoper's CSV files. Prices of lines are gross, but for WooCommerce's
plugins, whose item totals are net.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from liczydlo.spreadsheets.columns import Columns, plain
from liczydlo.spreadsheets.model import Row, Table

_LOOKED_AT: Final = 10
"""Rows among which a shop's header is looked for: exports begin with it."""


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A shop's export: ``signs`` are names of columns that are all there, ``names`` the columns of fields."""

    name: str
    signs: frozenset[str]
    names: Mapping[str, Sequence[str]]


SHOPS: Final = (
    Shop(
        name="Shopify",
        signs=frozenset(("name", "financial status", "lineitem name", "lineitem price")),
        names={
            "order": ("name",), "order_date": ("created at",), "sale_date": ("created at",),
            "status": ("financial status",), "paid": ("paid at",), "currency": ("currency",),
            "company": ("billing company",), "buyer_name": ("billing name",),
            "street": ("billing street", "billing address1"),
            "postcode": ("billing zip",), "town": ("billing city",), "country": ("billing country",),
            "email": ("email",), "payment": ("payment method",), "shipping": ("shipping",),
            "shipping_name": ("shipping method",), "order_discount": ("discount amount",),
            "total": ("total",), "name": ("lineitem name",),
            "quantity": ("lineitem quantity",), "gross_price": ("lineitem price",), "index": ("lineitem sku",),
        },
    ),
    Shop(
        name="WooCommerce",
        signs=frozenset(("order number", "first name billing", "item name", "item cost")),
        names={
            "order": ("order number",), "order_date": ("order date",), "sale_date": ("order date",),
            "status": ("order status",), "paid": ("paid date",), "currency": ("currency",),
            "company": ("company billing",), "first_name": ("first name billing",), "last_name": ("last name billing",),
            "nip": ("nip", "nip billing", "vat number", "billing nip"),
            "street": ("address 1 2 billing", "address 1 billing"),
            "postcode": ("postcode billing",), "town": ("city billing",), "country": ("country code billing",),
            "email": ("email billing",), "payment": ("payment method title",), "shipping": ("order shipping amount",),
            "shipping_name": ("shipping method title",), "order_discount": ("cart discount amount",),
            "total": ("order total amount",), "name": ("item name",), "index": ("sku",),
            "quantity": ("quantity refund", "quantity"), "net_price": ("item cost",),
        },
    ),
    Shop(
        name="WooCommerce",
        signs=frozenset(("order number", "billing first name", "item name", "item total")),
        names={
            "order": ("order number",), "order_date": ("order date", "date"), "sale_date": ("order date", "date"),
            "status": ("status",), "paid": ("paid date",), "currency": ("order currency",),
            "company": ("billing company",), "first_name": ("billing first name",), "last_name": ("billing last name",),
            "nip": ("vat number", "billing nip", "nip", "billing vat number"), "street": ("billing address 1",),
            "postcode": ("billing postcode",), "town": ("billing city",), "country": ("billing country",),
            "email": ("billing email",), "payment": ("payment method title", "payment method"),
            "shipping": ("shipping total",), "shipping_name": ("shipping method",), "total": ("order total",),
            "name": ("item name",), "index": ("item sku",), "quantity": ("item quantity",),
            "net_value": ("item total",),
        },
    ),
    Shop(
        name="BaseLinker",
        signs=frozenset(("order id", "delivery price", "price brutto")),
        names={
            "order": ("order id",), "order_date": ("date add",), "sale_date": ("date add",), "currency": ("currency",),
            "company": ("invoice company",), "buyer_name": ("invoice fullname", "delivery fullname"),
            "nip": ("invoice nip",), "street": ("invoice address", "delivery address"),
            "postcode": ("invoice postcode", "delivery postcode"), "town": ("invoice city", "delivery city"),
            "country": ("invoice country code", "delivery country code"), "email": ("email",),
            "payment": ("payment method",), "shipping": ("delivery price",), "shipping_name": ("delivery method",),
            "name": ("name", "product name"), "index": ("sku",), "quantity": ("quantity",),
            "gross_price": ("price brutto",), "rate": ("tax rate",),
        },
    ),
    Shop(
        name="PrestaShop",
        signs=frozenset(("reference", "product name", "product quantity", "unit price tax incl")),
        names={
            "order": ("reference",), "order_date": ("date add",), "sale_date": ("date add",),
            "currency": ("iso code", "currency"), "company": ("company",), "first_name": ("firstname",),
            "last_name": ("lastname",), "nip": ("vat number",), "street": ("address1",), "postcode": ("postcode",),
            "town": ("city",), "country": ("country",), "email": ("email",), "payment": ("payment",),
            "shipping": ("total shipping tax incl",), "order_discount": ("total discounts tax incl",),
            "total": ("total paid tax incl",), "name": ("product name",), "index": ("product reference",),
            "quantity": ("product quantity",), "gross_price": ("unit price tax incl",), "rate": ("tax rate", "rate"),
        },
    ),
    Shop(
        name="Allegro",
        signs=frozenset(("orderid", "buyerlogin", "offerid", "price")),
        names={
            "order": ("orderid",), "order_date": ("orderdate",), "sale_date": ("orderdate",),
            "status": ("sellerstatus",), "currency": ("currency", "totaltopaycurrency"),
            "company": ("invoicecompanyname", "buyercompany"), "buyer_name": ("buyername",), "nip": ("invoicetaxid",),
            "street": ("invoiceaddress", "buyeraddress"), "postcode": ("invoicezip", "buyerzip"),
            "town": ("invoicecity", "buyercity"), "country": ("invoicecountrycode", "buyercountrycode"),
            "email": ("buyeremail",), "shipping": ("deliveryamount",), "shipping_name": ("deliverymethod",),
            "total": ("totaltopayamount",), "name": ("name", "offername"), "index": ("externalid",),
            "quantity": ("quantity",), "gross_price": ("price",),
        },
    ),
    Shop(
        name="Shoper",
        signs=frozenset(("order id", "product name", "product price", "shipping cost")),
        names={
            "order": ("order id",), "order_date": ("date", "order date"), "sale_date": ("date", "order date"),
            "status": ("status",), "currency": ("currency",), "company": ("company name", "billing company"),
            "first_name": ("first name", "billing firstname"), "last_name": ("last name", "billing lastname"),
            "nip": ("tax id", "billing tax id"), "street": ("street", "billing street"),
            "postcode": ("zip code", "billing zip code"), "town": ("city", "billing city"),
            "country": ("country", "billing country"), "email": ("email",), "payment": ("payment name", "payment"),
            "shipping": ("shipping cost",), "shipping_name": ("shipping name",), "total": ("sum", "order sum"),
            "name": ("product name",), "index": ("product code",), "quantity": ("product quantity", "quantity"),
            "gross_price": ("product price",), "rate": ("product tax", "tax", "vat"),
        },
    ),
)  # fmt: skip


def recognise(table: Table) -> tuple[Shop, Columns] | None:
    """The shop of whose export a table is, and its columns."""
    for row in table.rows[:_LOOKED_AT]:
        cells = [plain(cell) for cell in row.cells]
        places = {cell: at for at, cell in reversed(list(enumerate(cells)))}  # of two the first one
        for shop in SHOPS:
            if shop.signs <= places.keys():
                return shop, Columns(header=row, places=_places(shop, places))
    return None


def _places(shop: Shop, places: Mapping[str, int]) -> dict[str, int]:
    return {
        field: places[name]
        for field, names in shop.names.items()
        if (name := next((one for one in names if one in places), None)) is not None
    }


def shop_of(header: Row) -> str:
    """The name of the shop whose header a row is; empty for none."""
    cells = {plain(cell) for cell in header.cells}
    return next((shop.name for shop in SHOPS if shop.signs <= cells), "")
