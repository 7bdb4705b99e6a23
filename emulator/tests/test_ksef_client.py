"""An independent client, `ksef-client` from PyPI, against the running emulator over HTTP, unmodified.

It was written by other people against the live system, so what it can do here, any integrator's program can.
It signs with `xmlsec` where that is installed; elsewhere its documents are signed by `signxml` and handed to it,
which is how it takes signatures made outside (a trusted profile, a card).
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from ksef_client import KsefApiError, KsefClient, KsefClientOptions
from ksef_client.models import FormCode, InvoiceQueryDateType, InvoiceQuerySubjectType
from ksef_client.services.auth import build_auth_token_request_xml
from ksef_client.services.workflows import AuthCoordinator, OnlineSessionWorkflow
from ksef_client.utils.ksef_number import validate_ksef_number
from ksef_emulator.config import Config
from ksef_emulator.testing import Running, running_emulator
from lxml import etree
from signxml.xades import XAdESVerifier

from .invoicing.conftest import fa3
from .login.conftest import Identity, Signer, new_nip, self_signed

FA3 = FormCode(system_code="FA (3)", schema_version="1-0E", value="FA")
POLL = 0.02
own_signatures = pytest.mark.skipif(
    importlib.util.find_spec("xmlsec") is None, reason="the client signs with xmlsec, which is not installed"
)


@dataclass(kw_only=True)
class Firm:
    """A firm's client, logged in."""

    nip: str
    client: KsefClient
    token: str

    def open(self) -> Any:
        key = self.client.security.get_public_key_certificate("SymmetricKeyEncryption")
        return OnlineSessionWorkflow(self.client.sessions).open_session(
            form_code=FA3,
            public_certificate=key.certificate,
            public_key_id=key.public_key_id,
            access_token=self.token,
        )


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """As it comes, with work that takes its time."""
    with running_emulator(Config()) as one:
        yield one


@pytest.fixture
def client(running: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[KsefClient]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with KsefClient(KsefClientOptions(base_url=running.url)) as one:
        yield one


def pem(identity: Identity) -> tuple[str, str]:
    """The certificate and its key, as the client takes them."""
    key = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return identity.certificate.public_bytes(Encoding.PEM).decode(), key.decode()


def until(look: Callable[[], Any], code: Callable[[Any], int]) -> Any:
    """Ask until the answer is not „in progress” any more."""
    deadline = datetime.now(UTC) + timedelta(seconds=20)
    pause = threading.Event()
    while datetime.now(UTC) < deadline:
        result = look()
        if code(result) not in (100, 150, 170):
            return result
        pause.wait(POLL)
    raise TimeoutError


def log_in(client: KsefClient, identity: Identity, nip: str) -> str:
    """By a document that was signed outside the client."""
    document = build_auth_token_request_xml(
        challenge=client.auth.get_challenge().challenge,
        context_identifier_type="nip",
        context_identifier_value=nip,
    )
    begun = client.auth.submit_xades_auth_request(Signer()(document.encode(), identity).decode())
    assert begun is not None
    token = begun.authentication_token.token
    ended = until(
        lambda: client.auth.get_auth_status(begun.reference_number, token), lambda found: found.status.code
    )
    assert ended.status.code == 200, ended.status
    return str(client.auth.redeem_token(token).access_token.token)


@pytest.fixture
def firm(client: KsefClient) -> Firm:
    nip = new_nip()
    return Firm(nip=nip, client=client, token=log_in(client, self_signed(serial_number=f"TINPL-{nip}"), nip))


def today() -> str:
    """The issue date that any time zone's clock accepts: yesterday."""
    return (datetime.now(UTC) - timedelta(days=1)).date().isoformat()


@own_signatures
@pytest.mark.parametrize("kind", ["RSA", "EC"])
def test_it_logs_in_with_its_own_signature(client: KsefClient, kind: str) -> None:
    nip = new_nip()
    certificate, key = pem(self_signed(serial_number=f"TINPL-{nip}", kind=kind))
    result = AuthCoordinator(client.auth).authenticate_with_xades(
        context_identifier_type="nip",
        context_identifier_value=nip,
        subject_identifier_type="certificateSubject",
        certificate_pem=certificate,
        private_key_pem=key,
        poll_interval_seconds=POLL,
        max_attempts=500,
    )
    refreshed = client.auth.refresh_access_token(result.refresh_token)
    assert refreshed.access_token.token
    listed = client.auth.get_active_sessions(access_token=result.access_token)
    assert [item.reference_number for item in listed.items] == [result.reference_number]


def test_it_sends_an_invoice_and_gets_everything_back(firm: Firm, client: KsefClient) -> None:
    session = firm.open()
    xml = fa3(seller=firm.nip, day=today())
    sent = session.send_invoice(xml, offline_mode=True)
    status = until(lambda: session.get_invoice_status(sent.reference_number), lambda found: found.status.code)
    assert (status.status.code, status.status.description) == (200, "Sukces")
    assert validate_ksef_number(status.ksef_number)
    assert status.invoice_number == "FV/1/2026"

    by_reference = session.get_invoice_upo_by_ref(sent.reference_number)
    assert session.get_invoice_upo_by_ksef(status.ksef_number) == by_reference
    _is_receipt_of(by_reference, xml, status.ksef_number)

    fetched = client.invoices.get_invoice_bytes(status.ksef_number, access_token=firm.token)
    assert fetched.content == xml
    assert fetched.sha256_base64 == base64.b64encode(hashlib.sha256(xml).digest()).decode()

    found = client.invoices.query_invoice_metadata_by_date_range(
        subject_type=InvoiceQuerySubjectType.SUBJECT1,
        date_type=InvoiceQueryDateType.PERMANENTSTORAGE,
        date_from=(datetime.now(UTC) - timedelta(days=1)).isoformat(),
        access_token=firm.token,
    )
    assert [item.ksef_number for item in found.invoices] == [status.ksef_number]
    assert found.invoices[0].invoice_hash == fetched.sha256_base64
    assert found.permanent_storage_hwm_date is not None

    session.close()
    ended = until(session.get_status, lambda found: found.status.code)
    assert (ended.status.code, ended.successful_invoice_count) == (200, 1)
    _is_receipt_of(session.get_upo(ended.upo.pages[0].reference_number), xml, status.ksef_number)
    listed = client.sessions.get_sessions(session_type="Online", access_token=firm.token)
    assert [item.reference_number for item in listed.sessions] == [session.reference_number]


def test_it_understands_why_an_invoice_is_refused(firm: Firm) -> None:
    session = firm.open()
    sent = session.send_invoice(fa3(seller="9999999999", day=today()))
    status = until(lambda: session.get_invoice_status(sent.reference_number), lambda found: found.status.code)
    assert (status.status.code, status.status.details) == (410, ["Brak uprawnienia fakturowego"])
    failed = session.list_failed_invoices(page_size=10)
    assert [invoice.reference_number for invoice in failed.invoices] == [sent.reference_number]


def test_it_understands_why_a_request_is_refused(firm: Firm, client: KsefClient) -> None:
    session = firm.open()
    session.close()
    with pytest.raises(KsefApiError) as refused:
        session.send_invoice(fa3(seller=firm.nip, day=today()))
    problem = refused.value.exception_response
    assert problem is not None and problem.exception is not None
    assert [item.exception_code for item in problem.exception.exception_detail_list or []] == [21180]
    with pytest.raises(KsefApiError) as stranger:
        client.sessions.get_session_status(session.reference_number, access_token="nobody")
    assert stranger.value.status_code == 401


def _is_receipt_of(upo: bytes, xml: bytes, ksef_number: str) -> None:
    """A sealed receipt of this one invoice."""
    root = etree.fromstring(upo)
    assert [element.text for element in root.iter("{*}NumerKSeFDokumentu")] == [ksef_number]
    assert root.findtext(".//{*}SkrotDokumentu") == base64.b64encode(hashlib.sha256(xml).digest()).decode()
    certificate = root.findtext(".//{*}X509Certificate")
    assert certificate is not None
    body = "\n".join(["-----BEGIN CERTIFICATE-----", certificate.strip(), "-----END CERTIFICATE-----"])
    assert XAdESVerifier().verify(upo, x509_cert=body)
