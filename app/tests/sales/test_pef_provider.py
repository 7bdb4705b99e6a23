"""The whole way of a PEF and of its correction: the firm lets a provider of Peppol services issue, the provider sends
what the program made, and KSeF gives it back among the firm's sales."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID
from django.urls import reverse
from django.utils import timezone
from liczydlo import ksef
from liczydlo.connection import clients
from liczydlo.ksef.permissions import GrantRequest, Identifier
from liczydlo.ksef.sessions import Form
from liczydlo.purchases import services as purchases
from liczydlo.sales import corrections
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.receivables import Receivable
from liczydlo.sales.states import State

from app.tests.sales.test_elsewhere import again
from app.tests.sales.test_pef import PUBLIC, address, drafted
from app.tests.sales.test_pef_kor import corrected

OFFICIAL = Path(__file__).parents[4] / "shared" / "spec" / "xsd"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.shared,
    pytest.mark.skipif(not OFFICIAL.exists(), reason="the official schemas are not beside the repository"),
]
PROVIDER = "PPL654321"
PEF = Form(system_code="PEF (3)", schema_version="2-1", value="PEF")
PEF_KOR = Form(system_code="PEF_KOR (3)", schema_version="2-1", value="PEF")


def provider(company: Any) -> ksef.Client:
    """A client in the context of the provider, known by the seal whose common name is its identifier."""
    key, now = ksef.new_private_key("EC"), timezone.now()
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "PL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Dostawca usług Peppol"),
            x509.NameAttribute(NameOID.COMMON_NAME, PROVIDER),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    where = clients.environment(company)
    return ksef.Client(
        where,
        http=clients.connections(where),
        credential=ksef.Credential(private_key=key, certificate=certificate),
        context=ksef.Context(kind="PeppolId", value=PROVIDER),
    )


def decided(client: ksef.Client, xml: bytes, form: Form = PEF) -> Any:
    session = client.open_online(form)
    reference = client.send_invoice(session, xml)
    while (status := client.invoice_status(session.reference, reference)).in_progress:
        pass
    client.close_online(session.reference)
    return status


def let(own: ksef.Client) -> None:
    """The firm lets the provider issue for it."""
    provider_of = Identifier(kind="PeppolId", value=PROVIDER)
    wish = GrantRequest.authorization(provider_of, "Dostawca", "PefInvoicing", "Faktury PEF")
    own.wait_for_permission(own.grant(wish))


def test_the_provider_sends_it_and_it_comes_back(connected: Any, browse: Any, owner: Any) -> None:
    row = drafted(connected, number="FV/PEF/1", **PUBLIC)
    client = browse(owner)
    xml = client.get(address(connected, row)).content
    with provider(connected) as sender, clients.client(connected) as own:
        with pytest.raises(ksef.Refused) as refused:
            own.open_online(PEF)
        assert refused.value.missing_permissions
        assert not decided(sender, xml).accepted  # nobody has let it issue for the firm
        let(own)
        status = decided(sender, xml)
        assert status.accepted, status
    assert again(connected).new == 1
    back = Invoice.objects.of(connected).get(entry__document__isnull=False)
    assert (back.state, back.issued_elsewhere, back.entry.kind) == (State.ACCEPTED, True, "VAT_PEF")
    assert (back.entry.number, back.entry.gross, back.entry.xml) == ("FV/PEF/1", 177, xml)
    shown = client.get(reverse("sales:detail", args=[connected.pk, back.pk])).content.decode()
    assert "Faktura PEF" in shown
    said = client.get(row.get_absolute_url()).content.decode()
    assert "jest już w KSeF jako PEF" in said and "Usuń szkic" in said
    client.post(reverse("sales:issue", args=[connected.pk, row.pk]))
    row.refresh_from_db()
    assert row.state == State.DRAFT


def test_the_provider_sends_the_correction_and_it_comes_back(connected: Any, browse: Any, owner: Any) -> None:
    """Refused in the firm's own session, refused of a provider whom the firm does not let issue any more, accepted
    of one whom it does; then it is a sale that counts with the invoice that it corrects."""
    client = browse(owner)
    xml = client.get(address(connected, drafted(connected, number="FV/PEF/2", **PUBLIC))).content
    with provider(connected) as sender, clients.client(connected) as own:
        let(own)
        assert decided(sender, xml).accepted
    assert purchases.synchronise(connected).new == 1
    original = Invoice.objects.of(connected).get(entry__kind="VAT_PEF")
    row = corrected(client, original)
    correction = client.get(address(connected, row)).content
    with provider(connected) as sender, clients.client(connected) as own:
        with pytest.raises(ksef.Refused) as refused:
            own.open_online(PEF_KOR)
        assert refused.value.missing_permissions
        (given,) = own.authorizations("Granted")
        own.wait_for_permission(own.revoke_authorization(given.id))
        assert not decided(sender, correction, PEF_KOR).accepted
        let(own)
        status = decided(sender, correction, PEF_KOR)
        assert status.accepted, status
    assert again(connected).new == 1
    back = Invoice.objects.of(connected).get(entry__kind="KOR_PEF")
    assert (back.state, back.issued_elsewhere, back.entry.xml) == (State.ACCEPTED, True, correction)
    assert (back.entry.gross, corrections.originals(back)) == (Decimal("-61.50"), [original])
    assert Receivable.objects.get(entry=original.entry).left == Decimal("115.50")
    shown = client.get(back.get_absolute_url()).content.decode()
    assert "Faktura PEF korygująca" in shown and "Koryguje:" in shown
    said = client.get(row.get_absolute_url()).content.decode()
    assert "jest już w KSeF jako PEF" in said
