"""What can be wrong with a company's connection; the texts are in ``connection.catalogue``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from liczydlo.companies.nips import NipTaken
from liczydlo.ksef.credentials import CredentialError
from liczydlo.ksef.environments import Environment
from liczydlo.ksef.errors import KsefError, Refusal, Unavailable
from liczydlo.web.reasons import Reason

File = Literal["key", "certificate", "password", ""]


class ConnectionProblem(Exception):
    """What the two errors share: a stable ``code`` with the params of its text, and a ``reference`` of KSeF's."""

    family = ""

    def __init__(self, code: str, *, reference: str | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.reference = reference
        self.params: Mapping[str, Any] = params


class NotConnected(ConnectionProblem):
    """The company has no usable certificate for what was asked.

    ``code``: ``not-connected``, ``training-clock``, ``certificate-expired``, ``no-offline-certificate``,
    ``offline-certificate-expired``, ``key-not-readable``, ``token-not-readable``.
    """


class NotStored(ConnectionProblem):
    """Files that were not stored, and why; ``code`` is one of ours or, in its ``family``, of a CredentialError.

    ``file`` says which field the mistake is in. ``ksef_code`` is KSeF's, where KSeF said no. ``temporary`` when the
    same files may do later.
    """

    def __init__(
        self,
        code: str,
        *,
        file: File = "",
        reference: str | None = None,
        ksef_code: str = "",
        temporary: bool = False,
        family: str = "",
        **params: Any,
    ) -> None:
        super().__init__(code, reference=reference, **params)
        self.file = file
        self.ksef_code = ksef_code
        self.temporary = temporary
        self.family = family

    @classmethod
    def of_nip(cls, nip: str, error: NipTaken) -> NotStored:
        """The NIP is another company's of this installation."""
        return cls("nip-taken", nip=nip, owners=error.owners)

    @classmethod
    def of_files(cls, error: CredentialError) -> NotStored:
        """Files that cannot be read or used, in the words of the KSeF client."""
        fields: dict[str, File] = {
            "wrong-password": "password",
            "password-needed": "password",
            "weak-key": "key",
            "unsupported-key": "key",
            "oversized-key": "key",
            "several-keys": "key",
            "not-a-key": "key",
            "expired": "certificate",
            "not-yet-valid": "certificate",
            "offline-as-authentication": "certificate",
            "authentication-as-offline": "certificate",
            "several-certificates": "certificate",
        }
        of_file: dict[str | None, File] = {"key": "key", "pkcs12": "key", "certificate": "certificate"}
        refusal = cls(
            error.code, file=fields.get(error.code, of_file.get(error.file, "")), family=error.family
        )
        refusal.params = error.params
        return refusal

    @classmethod
    def of_login(cls, error: KsefError, where: Environment) -> NotStored:
        """A login that KSeF did not let through, or could not answer."""
        if where.name == "EMULATOR" and isinstance(error, Unavailable) and error.code == "network":
            address = where.api.removesuffix("/v2")
            return cls("emulator-away", ksef_code=error.code, temporary=True, address=address)
        if not isinstance(error, Refusal):
            return cls(
                "ksef-away",
                reference=error.reference,
                ksef_code=error.code,
                temporary=True,
                said=Reason.of(error).as_json(),
            )
        # 21115: the certificate is not one of this KSeF; 460: it is, but not (or no longer) good (OpenAPI, login)
        if error.code in {"21115", "460"}:
            return cls(
                "other-environment",
                file="certificate",
                reference=error.reference,
                ksef_code=error.code,
                environment=where.name,
            )
        return cls(
            "ksef-refused",
            reference=error.reference,
            ksef_code=error.code,
            said=Reason.of(error).as_json(),
        )
