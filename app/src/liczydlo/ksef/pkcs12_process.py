"""Run as a program: opens one PKCS#12 with OpenSSL and writes what is inside; reads and writes JSON.

A process of its own, because encrypted parts can hold encrypted parts, whose cost shows only once they are opened;
OpenSSL computes without letting other threads go on, and nothing but the end of its process stops it. It imports
nothing of ours.

In: ``{"data": base64, "passwords": [base64 or null]}``, tried in order. Out: ``{"key", "certificate", "others"}``,
base64 of PKCS#8 DER and of certificates' DER, null where there is none; ``{"refused": "password" | "algorithm"}`` when
none opens it.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12KeyAndCertificates, load_pkcs12


def main() -> None:
    """Standard input to standard output."""
    request: dict[str, Any] = json.load(sys.stdin)
    json.dump(
        opened(
            base64.b64decode(request["data"]),
            [None if password is None else base64.b64decode(password) for password in request["passwords"]],
        ),
        sys.stdout,
    )


def opened(data: bytes, passwords: list[bytes | None]) -> dict[str, Any]:
    """What is inside, by the first password that opens it."""
    for password in passwords:
        try:
            return _content(load_pkcs12(data, password))
        except UnsupportedAlgorithm:
            return {"refused": "algorithm"}
        except (ValueError, TypeError):
            continue
    return {"refused": "password"}


def _content(bundle: PKCS12KeyAndCertificates) -> dict[str, Any]:
    def text(der: bytes) -> str:
        return base64.b64encode(der).decode("ascii")

    key, certificate = bundle.key, bundle.cert
    return {
        "key": text(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())) if key else None,
        "certificate": text(certificate.certificate.public_bytes(Encoding.DER)) if certificate else None,
        "others": [text(one.certificate.public_bytes(Encoding.DER)) for one in bundle.additional_certs],
    }


if __name__ == "__main__":
    main()
