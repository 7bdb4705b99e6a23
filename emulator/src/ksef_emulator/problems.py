"""Refusals of requests: every code as a constructor, and the two formats in which KSeF writes them.

Codes and texts are those of the OpenAPI 2.9.0. The older format, ``ExceptionResponse``, is the default for 400; a
client asks for Problem Details by ``X-Error-Format: problem-details``. 401, 403 and 410 know only Problem Details;
the live system calls those of 401 ``application/json``.
Refusals of an invoice, which come with its status, are in ``intake/refusals.py``.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from .model.time.moments import timestamp

PROBLEM_JSON = "application/problem+json"
DETAIL_OF_400 = "Żądanie jest nieprawidłowe."


@dataclass(kw_only=True, eq=False)
class Problem(Exception):
    """A request that is refused with HTTP ``status``.

    For 400 ``code``, ``description`` and ``details`` are KSeF's; for the others ``description`` is the text of
    ``detail``, and ``more`` are the further members of Problem Details. ``headers`` go with the answer.
    """

    status: int = 400
    code: int = 0
    description: str = ""
    details: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Status, code and texts."""
        return f"{self.status} {self.code} {self.description} {' '.join(self.details)}".strip()


def body(
    problem: Problem, *, now: datetime, instance: str, problem_details: bool, live: bool
) -> tuple[str, dict[str, Any]]:
    """The media type and the JSON of an answer; ``instance`` is the request's path. The ``live`` system calls its 401
    plain JSON."""
    trace = secrets.token_hex(16)
    if problem.status == 429 and not problem_details:
        texts = {"code": 429, "description": "Too Many Requests", "details": list(problem.details)}
        return "application/json", {"status": texts}
    if problem.status in (400, 404, 405, 413, 415, 500) and not problem_details:
        return "application/json", {"exception": _exception(problem, now, trace)}
    detail = DETAIL_OF_400 if problem.status == 400 else problem.description
    details: dict[str, Any] = {
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "instance": instance,
        "detail": detail,
        "timestamp": timestamp(now),
        "traceId": trace,
    }
    if problem.status == 400:
        details["errors"] = [
            _present(
                {
                    "code": problem.code,
                    "description": problem.description,
                    "details": list(problem.details) or None,
                }
            )
        ]
    media = "application/json" if problem.status == 401 and live else PROBLEM_JSON
    return media, {**details, **problem.more}


def _exception(problem: Problem, now: datetime, trace: str) -> dict[str, Any]:
    detail = _present(
        {
            "exceptionCode": problem.code,
            "exceptionDescription": problem.description,
            "details": list(problem.details) or None,
        }
    )
    return {
        "exceptionDetailList": [detail],
        "serviceCode": f"00-{trace}-{secrets.token_hex(8)}-00",
        "serviceCtx": "ksef-emulator",
        "serviceName": "ksef-emulator",
        "timestamp": timestamp(now),
    }


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def bad(code: int, description: str, *details: str) -> Problem:
    """400 with a code of KSeF's tables."""
    return Problem(code=code, description=description, details=details)


unreadable = partial(bad, 21001, "Nieczytelna treść.")  # the content cannot be read at all
# a field is missing, malformed or out of range
invalid_input = partial(bad, 21405, "Błąd walidacji danych wejściowych.")
# a challenge that was not given, was used, or is older than ten minutes
invalid_challenge = partial(bad, 21111, "Nieprawidłowe wyzwanie autoryzacyjne.")
# the signing certificate cannot be used
invalid_certificate = partial(bad, 21115, "Nieprawidłowy certyfikat.")
wrong_encoding = partial(bad, 21217, "Nieprawidłowe kodowanie znaków.")  # not UTF-8
# the document does not follow its schema
against_schema = partial(bad, 21401, "Dokument nie jest zgodny ze schemą (xsd).")
invalid_document = partial(bad, 9101, "Nieprawidłowy dokument.")  # not a document that may be signed at all
no_signature = partial(bad, 9102, "Brak podpisu.")
too_many_signatures = partial(bad, 9103, "Przekroczona liczba dozwolonych podpisów.")
# the signature does not verify, or does not cover the document
invalid_signature = partial(bad, 9105, "Nieprawidłowy podpis.")
not_authorised = partial(bad, 21301, "Brak autoryzacji.")  # what the token is for is not possible (any more)


def no_such_authentication(reference: str) -> Problem:
    text = f"Operacja uwierzytelniania o numerze referencyjnym {reference} nie została znaleziona."
    return bad(21304, "Brak uwierzytelnienia.", text)


invalid_continuation = partial(bad, 21418, "Przekazany token kontynuacji ma nieprawidłowy format.")


def unauthorized(detail: str = "Wymagane jest uwierzytelnienie.") -> Problem:
    """401: no token, a wrong one, one that ran out, or one of another kind."""
    return Problem(status=401, description=detail, headers={"WWW-Authenticate": "Bearer"})


def missing_permissions(required: frozenset[str], present: frozenset[str]) -> Problem:
    """403: the context's permissions of the one who asks are others."""
    security = {"requiredAnyOfPermissions": sorted(required), "presentPermissions": sorted(present)}
    return forbidden(
        "missing-permissions",
        "Brak wymaganych uprawnień do wykonania operacji w bieżącym kontekście.",
        security,
    )


def method_not_allowed(category: str) -> Problem:
    """403: this way of logging in, such as ``Token``, does not open this operation."""
    return forbidden(
        "auth-method-not-allowed",
        "Ta operacja nie jest dostępna dla użytej metody uwierzytelnienia.",
        {"authenticationMethodCategory": category},
    )


def no_access_to_resource(detail: str = "Brak dostępu do wskazanego zasobu.") -> Problem:
    """403: the thing belongs to another context."""
    return forbidden("insufficient-resource-access", detail)


def ip_not_allowed(client_ip: str) -> Problem:
    """403: the login's policy does not allow this address."""
    detail = "Żądanie pochodzi z adresu IP innego niż wskazany podczas uwierzytelnienia."
    return forbidden("ip-not-allowed", detail, {"clientIp": client_ip})


def forbidden(reason: str, detail: str, security: Mapping[str, Any] | None = None) -> Problem:
    """403 with its ``reasonCode``."""
    more: dict[str, Any] = {"reasonCode": reason}
    if security:
        more["security"] = dict(security)
    return Problem(status=403, description=detail, more=more)


def gone(detail: str) -> Problem:
    """410: it was here, and is kept no longer."""
    return Problem(status=410, description=detail)


# logged in without a certificate that carries identifying data
no_enrollment_data = partial(
    bad, 25001, "Brak możliwości pobrania danych do CSR dla wykorzystanego sposobu uwierzytelnienia."
)
# as 25001, for the request itself
no_enrollment = partial(
    bad,
    25002,
    "Brak możliwości złożenia wniosku certyfikacyjnego dla wykorzystanego sposobu uwierzytelnienia.",
)
# the request's name is not exactly what ``enrollments/data`` gave
other_enrollment_data = partial(
    bad, 25003, "Dane w CSR nie zgadzają się z danymi w użytym wektorze uwierzytelniającym."
)
bad_csr = partial(bad, 25004, "Niepoprawny format CSR lub niepoprawny podpis CSR.")
no_such_enrollment = partial(
    bad, 25005, "Wniosek certyfikacyjny o podanym numerze referencyjnym nie istnieje."
)
enrollment_limit = partial(bad, 25006, "Osiągnięto limit możliwych do złożenia wniosków certyfikacyjnych.")
certificate_limit = partial(bad, 25007, "Osiągnięto limit dopuszczalnej liczby posiadanych certyfikatów.")
no_such_certificate = partial(bad, 25008, "Certyfikat o podanym numerze seryjnym nie istnieje.")
not_revocable = partial(
    bad,
    25009,
    "Nie można odwołać wskazanego certyfikatu, ponieważ jest już odwołany, zablokowany lub nieważny.",
)
bad_key = partial(bad, 25010, "Nieprawidłowy typ lub długość klucza.")
bad_csr_algorithm = partial(bad, 25011, "Nieprawidłowy algorytm podpisu CSR.")
already_there = partial(bad, 30001, "Podmiot lub uprawnienie już istnieje.")  # the test register has it


def session_full(reference: str, limit: int) -> Problem:
    text = f"Sesja o numerze referencyjnym {reference} osiągnęła dozwolony limit liczby faktur {limit}."
    return bad(21155, "Przekroczono dozwoloną liczbę faktur w sesji.", text)


def no_such_invoice(ksef_number: str) -> Problem:
    """21164: not there, or not of this context."""
    text = f"Faktura o numerze KSeF {ksef_number} nie została znaleziona."
    return bad(21164, "Faktura o podanym identyfikatorze nie istnieje.", text)


def invoice_not_stored_yet(ksef_number: str) -> Problem:
    text = (
        f"Faktura o numerze KSeF {ksef_number} została przetworzona, ale nie jest jeszcze dostępna do pobrania."
        " Spróbuj ponownie później."
    )
    return bad(21165, "Faktura o podanym numerze KSeF nie jest jeszcze dostępna.", text)


already_corrected = partial(
    bad,
    21166,
    "Korekta techniczna niedostępna.",
    "Faktura posiada już przetworzoną prawidłowo korektę techniczną.",
)
accepted_needs_no_correction = partial(
    bad,
    21167,
    "Status faktury nie pozwala na korektę techniczną.",
    "Nie można wysłać korekty technicznej do prawidłowo przetworzonej faktury.",
)


def no_such_session(reference: str) -> Problem:
    """21173: not there, or not of this context."""
    text = f"Sesja o numerze referencyjnym {reference} nie została znaleziona."
    return bad(21173, "Brak sesji o wskazanym numerze referencyjnym.", text)


def no_such_session_to_send_in(reference: str) -> Problem:
    """21173 as sending and closing word it."""
    text = f"Sesja o numerze referencyjnym {reference} nie została odnaleziona."
    return bad(21173, "Brak sesji o wskazanym numerze referencyjnym.", text)


def no_such_upo(detail: str) -> Problem:
    return bad(21178, "Nie znaleziono UPO dla podanych kryteriów.", detail)


def session_status(detail: str) -> Problem:
    """21180: the session is not in a status that allows it."""
    return bad(21180, "Status sesji nie pozwala na wykonanie operacji.", detail)


def beyond_mark() -> Problem:
    """21183: the range begins after what is stored for good."""
    text = (
        "Parametr dateRange.from jest późniejszy niż PermanentStorageHwmDate przy włączonym"
        " restrictToPermanentStorageHwmDate."
    )
    return bad(21183, "Zakres filtrowania wykracza poza dostępny zakres danych.", text)


def session_unavailable(reference: str) -> Problem:
    """21184: the session's part of the system is being serviced."""
    text = (
        f"Trwają prace serwisowe i sesja {reference} jest tymczasowo niedostępna. Spróbuj ponownie później lub otwórz"
        " nową sesję, aby wysłać kolejne faktury."
    )
    return bad(21184, "Sesja tymczasowo niedostępna.", text)


signature_conflict = partial(bad, 21406, "Konflikt podpisu i typu uwierzytelnienia.")
wrong_file_size = partial(
    bad, 21402, "Nieprawidłowy rozmiar pliku.", "Długość treści nie zgadza się z rozmiarem pliku."
)
wrong_file_hash = partial(
    bad, 21403, "Nieprawidłowy skrót pliku.", "Skrót treści nie zgadza się ze skrótem pliku."
)


def unknown_key(key_id: str) -> Problem:
    """21470: a public key that is not published (any more)."""
    text = "Przesłany identyfikator klucza jest nieznany lub wskazuje na wycofany klucz."
    return bad(21470, text, f"Klucz o identyfikatorze {key_id} nie jest wspierany.")
