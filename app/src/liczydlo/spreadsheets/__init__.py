"""Tables in files that people bring (CSV, XLSX): their encoding, separators, header line and numbers.

No Django, nothing stored: what the columns mean is the feature's that reads the table.
"""

from __future__ import annotations

from typing import Final

from liczydlo.spreadsheets import delimited, workbooks
from liczydlo.spreadsheets.model import MOST_BYTES, Table, TableError

__all__ = ["Table", "TableError", "read"]
_OTHERS: Final = {
    b"%PDF": "PDF",
    workbooks.MARK: "ZIP",
    b"\xd0\xcf\x11\xe0": "XLS",  # or an XLSX under a password
    b"<?xml": "XML",
    b"{\\rtf": "RTF",
    b"\x1f\x8b": "GZIP",
}


def read(content: bytes) -> Table:
    """The table of a file, told by its content and not by its name. Raises TableError."""
    if len(content) > MOST_BYTES:
        raise TableError("too-large", most=MOST_BYTES // 1_000_000)
    if content.startswith(workbooks.MARK) and workbooks.is_workbook(content):
        return workbooks.read(content)
    for mark, name in _OTHERS.items():
        if content.startswith(mark):
            raise TableError("other-format", format=name)
    table = delimited.read(content)
    if not table.rows:
        raise TableError("empty")
    return table
