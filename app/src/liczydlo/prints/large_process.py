"""Run as a program: prints one document (``large``). Memory that it takes is given back at its end.

In: a line of JSON with ``codes``, ``language`` and ``look``, then the document. Out: ``null`` and the PDF, or the code
and the detail of a PrintError.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from typing import Final

from liczydlo.prints.codes import Codes
from liczydlo.prints.content import invoice
from liczydlo.prints.look import Look
from liczydlo.prints.typesetting import INVOICE, PrintError, pdf

MEMORY: Final = 4 * 1024**3
"""Bytes of addresses, of which threads reserve many that they do not use; a document of 3 MB takes half of one GB."""


def main() -> None:
    """Standard input to standard output."""
    _limit()
    request = json.loads(sys.stdin.buffer.readline())
    xml = sys.stdin.buffer.read()
    look = request["look"]
    if look["duplicate"]:
        look["duplicate"] = date.fromisoformat(look["duplicate"])
    codes = Codes(**request["codes"]) if request["codes"] else None
    try:
        view = invoice(xml, codes=codes, language=request["language"], look=Look(**look))
        content = pdf(INVOICE, view, attachment=xml, moment=view.moment, accent=look["accent"])
    except PrintError as error:
        sys.stdout.buffer.write(json.dumps([error.code, error.detail]).encode() + b"\n")
        return
    sys.stdout.buffer.write(b"null\n" + content)


def _limit() -> None:
    """A part of the machine, after those who wait for a page; Windows knows neither."""
    try:
        import resource  # noqa: PLC0415 - of Unix only
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.nice(5)


if __name__ == "__main__":
    main()
