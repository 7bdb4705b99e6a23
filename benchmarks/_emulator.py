"""What the benchmarks of the emulator share: it runs as users start it, and a firm sends invoices of twenty lines."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "app/src")]

from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives import hashes  # noqa: E402
from cryptography.x509.oid import NameOID  # noqa: E402
from liczydlo import ksef  # noqa: E402

SELLER = "5265877635"
LINES = 20


@dataclass(frozen=True, kw_only=True)
class Running:
    """An emulator in a process of its own; ``base`` and ``control`` are addresses without a trailing slash."""

    base: str
    control: str
    process: int

    def memory(self, field: str = "VmRSS") -> int:
        """Bytes of memory it takes (``VmRSS``) or at most took (``VmHWM``), as Linux tells."""
        for line in Path(f"/proc/{self.process}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
        raise LookupError(field)


@contextlib.contextmanager
def emulator() -> Iterator[Running]:
    """A running emulator."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ksef_emulator", "--port", "0", "--control-port", "0", "--rate-limits", "off"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "emulator/src"), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        api = control = ""
        for line in process.stdout:
            if " API " in line:
                api = line.split()[-1].removesuffix("/v2")
            if " Sterowanie " in line:
                control = line.split()[-1]
            if "ready" in line:
                break
        yield Running(base=api, control=control, process=process.pid)
    finally:
        process.terminate()
        process.wait()


def credential() -> ksef.Credential:
    """A certificate of the seller, signed by its own key, as TEST takes them."""
    key = ksef.new_private_key("EC")
    names = [(NameOID.COMMON_NAME, "Jan Testowy"), (NameOID.SERIAL_NUMBER, f"TINPL-{SELLER}")]
    names += [(NameOID.GIVEN_NAME, "Jan"), (NameOID.SURNAME, "Testowy"), (NameOID.COUNTRY_NAME, "PL")]
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in names])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return ksef.Credential(private_key=key, certificate=certificate)


def invoice(number: str) -> bytes:
    """An FA(3) of twenty lines."""
    day = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    lines = "".join(
        f"<FaWiersz><NrWierszaFa>{i}</NrWierszaFa><P_7>Towar numer {i}</P_7><P_8A>szt</P_8A><P_8B>1</P_8B>"
        "<P_9A>10.00</P_9A><P_11>10.00</P_11><P_12>23</P_12></FaWiersz>"
        for i in range(1, LINES + 1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Faktura xmlns="http://crd.gov.pl/wzor/2025/06/25/13775/"><Naglowek><KodFormularza kodSystemowy="FA (3)"
wersjaSchemy="1-0E">FA</KodFormularza><WariantFormularza>3</WariantFormularza><DataWytworzeniaFa>{day}T00:00:00Z
</DataWytworzeniaFa></Naglowek><Podmiot1><DaneIdentyfikacyjne><NIP>{SELLER}</NIP><Nazwa>Sprzedawca</Nazwa>
</DaneIdentyfikacyjne><Adres><KodKraju>PL</KodKraju><AdresL1>Polna 1</AdresL1></Adres></Podmiot1><Podmiot2>
<DaneIdentyfikacyjne><NIP>1111111111</NIP><Nazwa>Nabywca</Nazwa></DaneIdentyfikacyjne><Adres><KodKraju>PL</KodKraju>
<AdresL1>Polna 2</AdresL1></Adres><JST>2</JST><GV>2</GV></Podmiot2><Fa><KodWaluty>PLN</KodWaluty><P_1>{day}</P_1>
<P_2>{number}</P_2><P_13_1>{LINES * 10}.00</P_13_1><P_14_1>{LINES * 2.3:.2f}</P_14_1><P_15>{LINES * 12.3:.2f}</P_15>
<Adnotacje><P_16>2</P_16><P_17>2</P_17><P_18>2</P_18><P_18A>2</P_18A><Zwolnienie><P_19N>1</P_19N></Zwolnienie>
<NoweSrodkiTransportu><P_22N>1</P_22N></NoweSrodkiTransportu><P_23>2</P_23><PMarzy><P_PMarzyN>1</P_PMarzyN></PMarzy>
</Adnotacje><RodzajFaktury>VAT</RodzajFaktury>{lines}</Fa></Faktura>""".encode()
