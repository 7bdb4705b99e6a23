"""The print of a large document, made in a process of its own (``large_process``).

Typst keeps what it has set for ten more prints: half a gigabyte of a document of 3 MB, which the process that serves
would not give back. One is made at a time, so that many of them take no more memory than one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Final

from liczydlo.prints.codes import Codes
from liczydlo.prints.labels import Language
from liczydlo.prints.look import Look
from liczydlo.prints.typesetting import PrintError, TooLarge

LARGE: Final = 250_000
"""Bytes of a document; a usual invoice has some ten thousand, and a process takes a third of a second to start."""
PATIENCE: Final = 300.0
"""Seconds; a document of 3 MB takes some five of a core that it has for itself."""
_PROGRAM: Final = Path(__file__).with_name("large_process.py")
_one_at_a_time = threading.Lock()


def pdf(
    xml: bytes,
    *,
    codes: Codes | None,
    language: Language,
    look: Look,
    patience: float = PATIENCE,
) -> bytes:
    """As ``invoice_pdf``. Raises PrintError; TooLarge (``too-long``, ``too-large``) where the process was stopped."""
    request = {"codes": None if codes is None else asdict(codes), "language": language, "look": asdict(look)}
    head = json.dumps(request, default=str).encode()
    with _one_at_a_time:
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(_PROGRAM)],
                input=head + b"\n" + xml,
                capture_output=True,
                timeout=patience,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise TooLarge("too-long") from error
    if done.returncode != 0:
        raise TooLarge("too-large", f"{done.returncode}: {done.stderr[-300:].decode(errors='replace')}")
    answer, _, content = done.stdout.partition(b"\n")
    if refused := json.loads(answer):
        raise PrintError(*refused)
    return content
