"""FA(3) allows sixteen figures before the point: the greatest invoices are stored, listed, shown and edited."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from liczydlo.documents import facts
from liczydlo.documents.amounts import MOST, within_column
from liczydlo.fa3.build import build
from liczydlo.fa3.draft import Settlement, SettlementSums, Sum
from liczydlo.fa3.read import read
from liczydlo.fa3.write import write
from liczydlo.sales.models import Draft, Invoice

from app.tests.sales.section_forms import fields
from app.tests.sales.test_uploaded_drafts import MADE, sale, upload

GREATEST = Decimal("9999999999999999.99")


@pytest.mark.django_db
@pytest.mark.parametrize("amount", [GREATEST, -GREATEST], ids=["most", "least"])
def test_the_greatest_amounts_are_stored_listed_and_edited(
    owner: Any, company: Any, browse: Any, amount: Decimal
) -> None:
    sums = tuple(Sum(group=group, net=amount, tax=amount) for group in ("1", "2", "3"))
    beside = Settlement(sums=SettlementSums(due=amount))
    xml = write(build(sale(company, sums=sums, total=amount, settlement=beside), created=MADE))
    ala = browse(owner)
    upload(ala, company, xml)
    row = Invoice.objects.get()  # its columns are read again
    assert abs(row.entry.net - max(-MOST, min(MOST, amount * 3))) < 10
    for page in (row.get_absolute_url(), reverse("sales:list", args=[company.pk]), f"/firmy/{company.pk}/"):
        assert ala.get(page).status_code == 200
    edit = reverse("sales:edit", args=[company.pk, row.pk])
    assert ala.post(edit, fields(ala.get(edit))).status_code == 302
    assert read(bytes(Draft.objects.get().xml or b"")).fa == read(xml).fa


@pytest.mark.pure
def test_a_column_holds_what_can_be_subtracted_from_another() -> None:
    assert [within_column(one) for one in (GREATEST, -GREATEST, Decimal("1.01"), None)] == [
        MOST,
        -MOST,
        Decimal("1.01"),
        None,
    ]
    parts = f"<Faktura><KwotaZaplatyCzesciowej>{GREATEST}</KwotaZaplatyCzesciowej></Faktura>"
    assert facts.of(parts.encode()).paid_amount == MOST
    assert facts.payable(GREATEST, facts.Facts(payable=GREATEST)) == MOST
