"""What tests of the way in by token share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from liczydlo import ksef
from liczydlo.ksef.conversation import Request


@pytest.fixture
def make_token(use_emulator: Any) -> Callable[..., str]:
    """Makes a KSeF token as a firm's owner does: ``make_token(nip, "InvoiceRead")``; ``revoked=True`` revokes it."""

    def make(nip: str, *permissions: str, revoked: bool = False) -> str:
        issued = use_emulator.certificate(kind="seal", nip=nip, name="Firma")
        credential = ksef.load(issued.privateKey.encode(), issued.certificate.encode())
        where = ksef.emulator(use_emulator.url)
        with ksef.Client(
            where, credential=credential, context=ksef.Context(value=nip), trust_env=False
        ) as client:
            access = client.login().access
            wanted = {
                "permissions": list(permissions or ("InvoiceRead", "InvoiceWrite")),
                "description": "Program do faktur",
            }
            request = Request(method="POST", path="/tokens", json=wanted)
            made = client._transport.perform(request, access).object()
            if revoked:
                path = f"/tokens/{made.text('referenceNumber')}"
                client._transport.perform(Request(method="DELETE", path=path, expects="nothing"), access)
        return made.text("token")

    return make
