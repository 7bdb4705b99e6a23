"""Export from the emulator: from asking for 10 000 invoices of twenty lines to all of them opened.

The emulator runs as users start it, in a process of its own, and holds a batch of distinct invoices. The clock runs
from the request that begins the export until its parts have been downloaded, checked, decrypted and unpacked, for ZIP,
for tar.gz and for metadata alone. Memory is the peak of the process after that, above what it was before the first
export. Ends with 1 when slower or larger than the budget (DESIGN, „Budgets").

2026-11-24, two quiet cores: ZIP 3.0 s (2.1 s until it was ready), tar.gz 3.5 s (2.6 s), metadata alone 1.5 s; memory
grew by 34 MB at most.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import sys
import tarfile
import time
import zipfile
from datetime import UTC, datetime, timedelta

import httpx2
from _emulator import LINES, SELLER, Running, credential, emulator
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_der_x509_certificate
from emulator_batch import digest
from emulator_batch import run as send
from liczydlo import ksef
from liczydlo.ksef.envelope import SessionKey

BUDGET_SECONDS, BUDGET_MEGABYTES = 10, 200
KINDS: dict[str, dict[str, object]] = {
    "ZIP": {"compressionType": "Zip"},
    "tar.gz": {"compressionType": "TarGz"},
    "metadata": {"onlyMetadata": True},
}


def unpacked(archive: bytes) -> dict[str, bytes]:
    """The files of a ZIP or tar.gz."""
    if archive[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return {name: opened.read(name) for name in opened.namelist()}
    found = {}
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        for entry in tar:
            file = tar.extractfile(entry)
            assert file is not None
            found[entry.name] = file.read()
    return found


def export(running: Running, token: str, count: int, wanted: dict[str, object]) -> tuple[float, float, float]:
    """One export: seconds until it stands at 200, seconds until it is opened, size of the package in MB."""
    key = SessionKey.new()
    with (
        httpx2.Client(
            base_url=f"{running.base}/v2",
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=60,
        ) as http,
        httpx2.Client(trust_env=False, timeout=60) as storage,
    ):
        keys = http.get("/security/public-key-certificates").json()
        found = next(each for each in keys if "SymmetricKeyEncryption" in each["usage"])
        public = load_der_x509_certificate(base64.b64decode(found["certificate"])).public_key()
        assert isinstance(public, RSAPublicKey)
        body = {
            "encryption": {
                "encryptedSymmetricKey": base64.b64encode(key.wrapped(public)).decode(),
                "initializationVector": base64.b64encode(key.iv).decode(),
            },
            "filters": {
                "subjectType": "Subject1",
                "dateRange": {
                    "dateType": "PermanentStorage",
                    "from": (datetime.now(UTC) - timedelta(days=1)).isoformat(),
                },
            },
        }
        began = time.perf_counter()
        answer = http.post("/invoices/exports", json=body | wanted).raise_for_status()
        path = f"/invoices/exports/{answer.json()['referenceNumber']}"
        while (status := http.get(path).json())["status"]["code"] == 100:
            time.sleep(0.05)
        ready = time.perf_counter() - began
        assert status["status"]["code"] == 200, status
        package, archive = status["package"], b""
        for part in package["parts"]:
            sealed = storage.get(part["url"]).content
            assert digest(sealed) == part["encryptedPartHash"]
            archive += key.decrypt(sealed)
        files = unpacked(archive)
        taken = time.perf_counter() - began
    assert package["invoiceCount"] == count and not package["isTruncated"]
    assert len(json.loads(files["_metadata.json"])["invoices"]) == count
    assert len(files) == 1 + (0 if wanted.get("onlyMetadata") else count)
    return ready, taken, package["size"] / 1e6


def main() -> int:
    """Run; print each kind and judge the slowest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=10_000)
    flags = parser.parse_args()
    slowest = 0.0
    with emulator() as running:
        client = ksef.Client(
            ksef.emulator(running.base),
            context=ksef.Context(value=SELLER),
            credential=credential(),
            trust_env=False,
        )
        with client:
            token = client.login().access
            send(running, token, flags.invoices, "FV")
            before = running.memory()
            for name, wanted in KINDS.items():
                ready, taken, size = export(running, token, flags.invoices, wanted)
                slowest = max(slowest, taken)
                print(f"  {name}: ready in {ready:.1f} s, opened in {taken:.1f} s, {size:.1f} MB")
            megabytes = max(running.memory("VmHWM") - before, 0) / 1e6
    print(
        f"emulator, export: {flags.invoices} invoices of {LINES} lines in {slowest:.1f} s (budget {BUDGET_SECONDS}),"
        f" memory grows by {megabytes:.0f} MB (budget {BUDGET_MEGABYTES})"
    )
    return int(slowest > BUDGET_SECONDS or megabytes > BUDGET_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
