"""What a batch is after the emulator ended and began again with the same data directory."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from ksef_emulator.config import Config
from ksef_emulator.emulator import Emulator
from ksef_emulator.intake.archives import Compression
from ksef_emulator.intake.schemas import FA3
from ksef_emulator.model.identity.contexts import Context
from ksef_emulator.model.sending.batch_records import Batch, Part
from ksef_emulator.model.sending.session_records import Session
from ksef_emulator.model.time.progress import AT_ONCE
from ksef_emulator.receipts.upo import Authentication

from ..invoicing.conftest import IV, KEY, SELLER, fa3, seal, yesterday
from .conftest import zipped


def opened(emulator: Emulator, archive: bytes, part: bytes) -> Session:
    declared = Part(ordinal=1, size=len(part), sha256=hashlib.sha256(part).digest())
    return emulator.sessions.open_batch(
        Batch(
            compression=Compression.ZIP,
            size=len(archive),
            sha256=hashlib.sha256(archive).digest(),
            offline=False,
            parts=(declared,),
        ),
        context=Context.of_nip(SELLER),
        author=f"Nip:{SELLER}",
        authentication=Authentication(context=Context.of_nip(SELLER), document_hash="h" * 44),
        form=FA3,
        key=KEY,
        iv=IV,
    )


def again(emulator: Emulator, session: Session) -> Session:
    element = emulator.sessions.find(session.reference, context=Context.of_nip(SELLER))
    assert element is not None
    return element


def test_between_every_two_steps(tmp_path: Path) -> None:
    config = Config(data_dir=tmp_path, progress=AT_ONCE)
    archive = zipped({f"{i}.xml": fa3(number=f"R/{i}", day=yesterday()) for i in range(3)})
    part = seal(archive)

    emulator = Emulator(config)
    session = opened(emulator, archive, part)
    link, _ = emulator.links.sign("http://storage", "/storage/batch-parts/x/1", until=session.valid_until)
    emulator.close()

    emulator = Emulator(config)
    address = urlsplit(link)
    query = parse_qs(address.query)
    assert emulator.links.valid(address.path, query["se"][0], query["sig"][0])
    with emulator.batches.receive(session.reference, 1) as receiving:
        receiving.write(part)
        receiving.done()
    emulator.close()

    emulator = Emulator(config)
    emulator.batches.check(again(emulator, session))
    emulator.sessions.close(again(emulator, session))  # and the process ends before anybody works on it
    emulator.close()

    emulator = Emulator(config)
    until = time.monotonic() + 20
    while again(emulator, session).code == 150:
        assert time.monotonic() < until
        emulator.intake_queue.settle()
        time.sleep(0.005)
    done = again(emulator, session)
    assert (done.code, done.invoices, done.successful, done.failed) == (200, 3, 3, 0)
    while list(emulator.batches.folder.glob("*-SB-*")):  # they go once the state is there for all to see
        assert time.monotonic() < until
        time.sleep(0.005)
    emulator.close()


def test_a_reset_forgets_batches_and_their_parts(tmp_path: Path) -> None:
    emulator = Emulator(Config(data_dir=tmp_path, progress=AT_ONCE))
    archive = zipped({"a.xml": fa3(day=yesterday())})
    part = seal(archive)
    session = opened(emulator, archive, part)
    with emulator.batches.receive(session.reference, 1) as receiving:
        receiving.write(part)
        receiving.done()
    emulator.reset()
    assert emulator.sessions.find(session.reference, context=Context.of_nip(SELLER)) is None
    assert not list(emulator.batches.folder.iterdir())
    emulator.close()
