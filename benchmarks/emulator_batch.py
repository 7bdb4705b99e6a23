"""Batch sending to the emulator: from closing a session of 10 000 invoices of twenty lines to its collective UPO.

The emulator runs as users start it, in a process of its own. A ZIP of distinct invoices is declared, encrypted and
sent in parts; the clock runs from the request that closes the session until the signed UPO of all documents has been
downloaded. Memory is the peak of the process after that, above what it was before the session was opened. Ends with 1
when the median is slower, or the first round larger, than the budget (DESIGN, „Budgets").

Two cores, 2026-11: 10 s and 145 MB while other programs took as much of the machine again; 8.5 s of processor time, of
which parsing and validating take 4 (outside the interpreter's lock, so on both cores), reading the facts 0.6, writing
the register 1, unpacking 1, and composing and sealing the receipt 1.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import re
import statistics
import sys
import time
import zipfile

import httpx2
from _emulator import LINES, SELLER, Running, credential, emulator, invoice
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_der_x509_certificate
from liczydlo import ksef
from liczydlo.ksef.envelope import SessionKey

BUDGET_SECONDS, BUDGET_MEGABYTES = 15, 400
PART = 1_000_000


def archive(count: int, label: str) -> bytes:
    """A ZIP of so many invoices."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for number in range(count):
            made.writestr(f"faktura_{number}.xml", invoice(f"{label}/{number}"))
    return buffer.getvalue()


def digest(data: bytes) -> str:
    """SHA-256 in Base64."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def declaration(packed: bytes, parts: list[bytes], key: SessionKey, http: httpx2.Client) -> dict[str, object]:
    """Body of ``POST /sessions/batch``."""
    keys = http.get("/security/public-key-certificates").json()
    found = next(each for each in keys if "SymmetricKeyEncryption" in each["usage"])
    public = load_der_x509_certificate(base64.b64decode(found["certificate"])).public_key()
    assert isinstance(public, RSAPublicKey)
    return {
        "formCode": {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"},
        "batchFile": {
            "fileSize": len(packed),
            "fileHash": digest(packed),
            "fileParts": [
                {"ordinalNumber": number, "fileSize": len(part), "fileHash": digest(part)}
                for number, part in enumerate(parts, 1)
            ],
        },
        "encryption": {
            "encryptedSymmetricKey": base64.b64encode(key.wrapped(public)).decode(),
            "initializationVector": base64.b64encode(key.iv).decode(),
        },
    }


def run(running: Running, token: str, count: int, label: str) -> tuple[float, float]:
    """One batch: seconds from closing to the UPO, and the peak of memory above its beginning, in MB."""
    packed, key = archive(count, label), SessionKey.new()
    parts = [key.encrypt(packed[i : i + PART]) for i in range(0, len(packed), PART)]
    before = running.memory()
    headers = {"Authorization": f"Bearer {token}"}
    with (
        httpx2.Client(base_url=f"{running.base}/v2", headers=headers, trust_env=False, timeout=60) as http,
        httpx2.Client(trust_env=False, timeout=60) as storage,
    ):
        opened = http.post("/sessions/batch", json=declaration(packed, parts, key, http)).json()
        for request, part in zip(opened["partUploadRequests"], parts, strict=True):
            answer = storage.put(request["url"], content=part, headers=request["headers"])
            assert answer.status_code == 201, answer.text
        session = opened["referenceNumber"]
        began = time.perf_counter()
        http.post(f"/sessions/batch/{session}/close").raise_for_status()
        while (status := http.get(f"/sessions/{session}").json())["status"]["code"] == 150:
            time.sleep(0.05)
        assert status["status"]["code"] == 200, status
        (page,) = status["upo"]["pages"]
        upo = storage.get(page["downloadUrl"]).content
        taken = time.perf_counter() - began
    assert len(re.findall(b"<NumerKSeFDokumentu>", upo)) == count
    return taken, (running.memory("VmHWM") - before) / 1e6


def main() -> int:
    """Run; print the rounds and judge their median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    flags = parser.parse_args()
    rounds = []
    with emulator() as running:
        client = ksef.Client(
            ksef.emulator(running.base),
            context=ksef.Context(value=SELLER),
            credential=credential(),
            trust_env=False,
        )
        with client:
            token = client.login().access
            for number in range(flags.rounds):
                rounds.append(run(running, token, flags.invoices, f"FV/{number}"))
                print(f"  round {number + 1}: {rounds[-1][0]:.1f} s, {rounds[-1][1]:.0f} MB")
    seconds, megabytes = statistics.median(each[0] for each in rounds), rounds[0][1]
    print(
        f"emulator, batch: {flags.invoices} invoices of {LINES} lines in {seconds:.1f} s (budget {BUDGET_SECONDS}),"
        f" memory grows by {megabytes:.0f} MB (budget {BUDGET_MEGABYTES})"
    )
    return int(seconds > BUDGET_SECONDS or megabytes > BUDGET_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
