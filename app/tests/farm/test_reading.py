"""What a VAT RR says where it is read: on the print, and to whoever pays it."""

from __future__ import annotations

from datetime import UTC, datetime

from liczydlo.payments.transfers import payees
from liczydlo.prints.invoice import invoice_html
from liczydlo.rr.build import build, write

from app.tests.rr.drafts import FARMER, PLAIN

XML = write(build(PLAIN, created=datetime(2026, 11, 27, 9, tzinfo=UTC)))


def test_the_first_form_of_payment_is_a_transfer_and_not_cash() -> None:
    """FormaPlatnosci 1 is cash in FA, and a transfer in FA_RR(1)."""
    shown = " ".join(str(invoice_html(XML, language="pl")).replace("\u00a0", " ").split())
    assert "przelew" in shown and "gotówka" not in shown
    assert "tysiąc sześćset pięćdziesiąt osiem złotych 50/100" in shown.split("Płatność")[0]
    payee = payees.of(XML)
    assert not payee.in_cash
    assert payee.party.name == FARMER.name
    assert [one.iban for one in payee.accounts] == ["PL61109010140000071219812874"]
