"""What a data directory keeps of exports and collective identifiers, and what a reset leaves."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from ksef_emulator.config import Config
from ksef_emulator.model.time.progress import AT_ONCE
from ksef_emulator.testing import running_emulator

from ..invoicing.conftest import Firm, problem
from ..login.conftest import Door, new_nip, self_signed
from .conftest import Receiver
from .test_collective import make, members


def test_exports_outlive_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(progress=AT_ONCE, data_dir=tmp_path)
    nip = new_nip()
    with httpx2.Client(trust_env=False, timeout=20) as http:
        with running_emulator(config) as first:
            door = Door(running=first, http=http)
            token, _ = door.tokens(self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
            receiver = Receiver(firm=Firm(door=door, nip=nip, token=token))
            session = receiver.firm.open()
            numbers = [receiver.firm.issue(session, number=str(i))["ksefNumber"] for i in range(2)]
            collective = make(receiver.firm, *numbers)
            done = receiver.begun()
            package = receiver.end(done)["package"]
            monkeypatch.setattr(first.emulator.export_work, "add", lambda _: None)
            undone = receiver.begun(compressionType="TarGz")
            assert receiver.status(undone)["status"]["code"] == 100
            half = first.emulator.exports.folder / f"{undone}-001.tar.gz.aes"
            half.write_bytes(b"the process ended here")
        with running_emulator(config) as second:
            receiver = Receiver(firm=Firm(door=Door(running=second, http=http), nip=nip, token=token))
            files = receiver.files(receiver.end(done)["package"])
            assert receiver.status(done)["package"]["parts"][0]["partHash"] == package["parts"][0]["partHash"]
            assert receiver.files(receiver.end(undone)["package"]) == files
            assert [member["ksefNumber"] for member in members(receiver.firm, collective)] == sorted(
                numbers, reverse=True
            )
            folder = second.emulator.exports.folder
            assert len(list(folder.iterdir())) == 2
            second.emulator.reset()
            assert list(folder.iterdir()) == []
            token, _ = receiver.firm.door.tokens(self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
            again = Firm(door=receiver.firm.door, nip=nip, token=token)
            assert problem(again.get(f"/invoices/exports/{done}"))[0] == 21175
