"""kill -9 in the middle of a package's upload: what KSeF was seen to have taken never goes again."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from ksef_emulator.testing import Running
from liczydlo.jobs import failpoints

from tests.crash.test_kill import held_by_ksef, invoice, until_dead
from tests.processes import PATIENCE, Application

# KSeF has other invoices of the firm too, which come in as issued by another program.
SETTLED = (
    "SELECT count(*) FROM sales_invoice WHERE state = 'accepted' AND NOT upo_pending AND NOT issued_elsewhere"
)
UPLOADED = "SELECT ordinal FROM sales_batchpart WHERE uploaded_at IS NOT NULL"


def uploads(ksef: Running, since: int) -> Counter[int]:
    """How often each part was put to KSeF's storage, and taken."""
    paths = (
        re.fullmatch(r"/storage/batch-parts/[^/]+/(\d+)", entry.path)
        for entry in ksef.requests
        if entry.number > since and entry.method == "PUT" and entry.status == 201
    )
    return Counter(int(path[1]) for path in paths if path)


def test_killed_in_the_middle_of_an_upload(
    installation: Callable[[], Application], ksef: Running, tmp_path: Path
) -> None:
    """Twice after a part was written down, while others were on their way."""
    application = installation()
    since = ksef.requests[-1].number
    numbers = []
    for _ in range(4):
        path, number = invoice(tmp_path)
        assert application.drive("issue", str(path)).returncode == 0
        numbers.append(number)
    marked: set[int] = set()
    for _ in range(2):
        until_dead(application.work("small_parts", **{failpoints.VARIABLE: "batch.uploaded"}))
        before, marked = marked, {int(str(one)) for (one,) in application.rows(UPLOADED)}
        assert before < marked
    seen = uploads(ksef, since)
    parts = {int(str(one)) for (one,) in application.rows("SELECT ordinal FROM sales_batchpart")}
    assert marked < parts
    process = application.work("small_parts")
    try:
        deadline = time.monotonic() + PATIENCE
        while application.rows(SETTLED) != [(4,)]:
            log = application.folder / "worker.log"
            assert time.monotonic() < deadline, (
                application.rows("SELECT state FROM sales_invoice"),
                log.read_text(),
            )
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait()
    afterwards = uploads(ksef, since)
    assert set(afterwards) == parts
    assert {one: afterwards[one] - seen[one] for one in marked} == dict.fromkeys(marked, 0)
    assert application.rows("SELECT kind, sent FROM sales_session") == [("batch", 4)]
    digests = application.rows(
        "SELECT number, d.sha256 FROM documents_indexentry e JOIN documents_document d ON d.id = e.document_id "
        "JOIN sales_invoice i ON i.entry_id = e.id WHERE NOT i.issued_elsewhere"
    )
    assert sorted(number for number, _ in digests) == sorted(numbers)
    assert {held_by_ksef(ksef, str(number), str(sha256)) for number, sha256 in digests} == {(1, 1)}
