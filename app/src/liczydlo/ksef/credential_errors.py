"""A pair of key and certificate files that cannot be used; texts: ``web.catalogue.credentials``."""

from __future__ import annotations

from typing import Any, Final

MAX_FILE_SIZE: Final = 100 * 1024
"""Bytes; a key, a certificate or a PKCS#12 with its chain takes a tenth of it."""

FAMILY: Final = "credential"
"""Of the codes, in the catalogue of texts."""


class CredentialError(Exception):
    """Key and certificate files that cannot be used.

    ``file`` tells which of the files is meant (``key``, ``certificate``, ``pkcs12``), ``date`` (ISO) goes
    with ``expired`` and ``not-yet-valid``, ``cipher`` with ``unsupported-cipher``. Neither the files' content
    nor the password is ever in it.
    """

    family = FAMILY

    def __init__(
        self, code: str, *, file: str | None = None, date: str | None = None, cipher: str | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.file = file
        self.date = date
        self.cipher = cipher

    @property
    def params(self) -> dict[str, Any]:
        """What its text needs; JSON can hold it."""
        file = {"code": f"{FAMILY}:file-{self.file}"} if self.file else None
        return {"file": file, "date": self.date, "cipher": self.cipher}
