"""Steps of a client that stand in more than one of these tests."""

from __future__ import annotations

import time
from typing import Any

from liczydlo import ksef
from liczydlo.ksef.sessions import InvoiceStatus, SessionStatus

PATIENCE = 10.0  # seconds for one invoice to be decided


def decided(client: ksef.Client, session: str, reference: str) -> InvoiceStatus:
    """The invoice's status once KSeF has decided."""
    deadline = time.monotonic() + PATIENCE
    while True:
        status = client.invoice_status(session, reference)
        if not status.in_progress:
            return status
        assert time.monotonic() < deadline, "the invoice is not decided"
        time.sleep(0.02)


def finished(client: ksef.Client, reference: str) -> SessionStatus:
    """The session's status once nothing more changes."""
    deadline = time.monotonic() + PATIENCE
    while True:
        status = client.session_status(reference)
        if status.finished:
            return status
        assert time.monotonic() < deadline, "the session is not finished"
        time.sleep(0.02)


def sent(firm: Any, xml: bytes, **options: Any) -> InvoiceStatus:
    """Send one document in a session of its own, and wait for the verdict."""
    session = firm.client.open_online()
    reference = firm.client.send_invoice(session, xml, **options)
    status = decided(firm.client, session.reference, reference)
    firm.client.close_online(session.reference)
    return status


def offline_credential(firm: Any, kind: Any = "EC") -> ksef.Credential:
    """An Offline certificate of the firm, as its portal would give it."""
    key = ksef.new_private_key(kind)
    csr = ksef.build_csr(key, firm.client.enrollment_data())
    issued = firm.client.wait_for_certificate(
        firm.client.request_certificate("Praca offline", "Offline", csr)
    )
    return ksef.load(*files(key, issued.certificate), "Haslo-123456789!")


def files(key: Any, certificate: bytes) -> tuple[bytes, bytes]:
    """A ``.key`` and a ``.crt`` as the Ministry's portal leaves them on the user's disk."""
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    encrypted = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"Haslo-123456789!")
    )
    return encrypted, certificate
