"""What a data directory keeps over the end of a process: sessions, invoices, receipts and logins."""

from __future__ import annotations

from pathlib import Path

import httpx2
from ksef_emulator.config import Config
from ksef_emulator.model.time.progress import AT_ONCE
from ksef_emulator.testing import running_emulator

from ..login.conftest import Door, new_nip, self_signed
from .conftest import Firm


def test_everything_is_there_again(tmp_path: Path) -> None:
    config = Config(progress=AT_ONCE, data_dir=tmp_path)
    nip = new_nip()
    with httpx2.Client(trust_env=False, timeout=20) as http:
        with running_emulator(config) as first:
            door = Door(running=first, http=http)
            token, _ = door.tokens(self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
            firm = Firm(door=door, nip=nip, token=token)
            session = firm.open()
            one = firm.issue(session)
            upo = firm.get(f"/sessions/{session}/invoices/{one['referenceNumber']}/upo").content
        with running_emulator(config) as second:
            firm = Firm(door=Door(running=second, http=http), nip=nip, token=token)
            assert firm.status(session, one["referenceNumber"])["ksefNumber"] == one["ksefNumber"]
            assert firm.get(f"/invoices/ksef/{one['ksefNumber']}").content == one["xml"]
            assert firm.get(f"/sessions/{session}/invoices/{one['referenceNumber']}/upo").content == upo
            two = firm.issue(session, number="2")
            assert two["permanentStorageDate"] > one["permanentStorageDate"]
            firm.close(session)
            assert firm.get(f"/sessions/{session}").json()["successfulInvoiceCount"] == 2
