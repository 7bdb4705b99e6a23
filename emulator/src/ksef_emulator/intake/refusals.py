"""Why KSeF rejects one document: the status codes of an invoice, one constructor each.

Codes and descriptions are those of `SessionInvoiceStatusResponse.status` in the OpenAPI 2.9.0. A refusal is
the outcome of processing, read later with the invoice's status; refusals of the HTTP request are in
`problems.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ACCEPTED = 100
PROCESSING = 150
SUCCESS = 200

DESCRIPTIONS: dict[int, str] = {
    100: "Faktura przyjęta do dalszego przetwarzania",
    150: "Trwa przetwarzanie",
    200: "Sukces",
    405: "Przetwarzanie anulowane z powodu błędu sesji",
    410: "Nieprawidłowy zakres uprawnień",
    415: "Brak możliwości wysyłania faktury z załącznikiem",
    430: "Błąd weryfikacji pliku faktury",
    435: "Błąd odszyfrowania pliku",
    440: "Duplikat faktury",
    450: "Błąd weryfikacji semantyki dokumentu faktury",
    500: "Nieznany błąd",
    550: "Operacja została anulowana przez system",
}


@dataclass(kw_only=True, eq=False)
class Refusal(Exception):
    """One document is rejected: status `code`, its `details` and machine-readable `extensions`.

    `invoice_number` is P_2 where the document could be read that far; the status then shows it.
    """

    code: int
    details: tuple[str, ...] = ()
    extensions: Mapping[str, str] = field(default_factory=dict)
    invoice_number: str | None = None

    @property
    def description(self) -> str:
        """The text that belongs to the code."""
        return DESCRIPTIONS[self.code]

    def __str__(self) -> str:
        return f"{self.code} {self.description}: {' '.join(self.details)}"


def session_failed() -> Refusal:
    """405: the session ended in an error before this document was processed."""
    return Refusal(code=405)


def not_permitted() -> Refusal:
    """410: the context may not issue for this seller."""
    return Refusal(code=410, details=("Brak uprawnienia fakturowego",))


def no_attachment_consent(nip: str) -> Refusal:
    """410: the seller has not declared invoices with attachments; worded as the live system does."""
    return Refusal(
        code=410, details=(f"Sprzedawca {nip} nie posiada zgody do wysyłania faktur z załącznikami",)
    )


def attachment_not_allowed() -> Refusal:
    """415: attachments go only in a batch, after a declaration (weryfikacja-faktury.md)."""
    return Refusal(code=415)


def wrong_size(declared: int) -> Refusal:
    """430: the decrypted document is not as long as was declared."""
    return Refusal(
        code=430,
        details=(f"Rozmiar przesłanego pliku faktury nie zgadza się z zadeklarowaną wartością: {declared}.",),
    )


def wrong_hash(declared: str) -> Refusal:
    """430: the decrypted document does not have the declared SHA-256 (Base64)."""
    return Refusal(
        code=430,
        details=(f"Skrót przesłanego pliku faktury nie zgadza się z zadeklarowaną wartością: {declared}.",),
    )


def too_large(limit: int) -> Refusal:
    """430: the document is longer than the context's limit, in bytes."""
    return Refusal(code=430, details=(f"Rozmiar pliku faktury przekracza dozwolony limit: {limit} bajtów.",))


def not_decrypted() -> Refusal:
    """435: AES-256-CBC with the session's key and IV does not give PKCS#7 padded content."""
    return Refusal(code=435, details=("Plik niepoprawnie zaszyfrowany",))


def duplicate(ksef_number: str, session_reference: str) -> Refusal:
    """440: seller, kind and number are taken; names the original document and its session."""
    return Refusal(
        code=440,
        details=(
            f"Duplikat faktury. Faktura o numerze KSeF: {ksef_number} została już prawidłowo przesłana"
            f" do systemu w sesji: {session_reference}",
        ),
        extensions={
            "originalSessionReferenceNumber": session_reference,
            "originalKsefNumber": ksef_number,
        },
    )


def wrong_content(*details: str) -> Refusal:
    """450: the document breaks a rule of XML, of the schema or of meaning, as `details` tell."""
    return Refusal(code=450, details=details)


def cancelled() -> Refusal:
    """550: processing was interrupted by the system; the document may be sent again."""
    return Refusal(
        code=550,
        details=("Przetwarzanie zostało przerwane z przyczyn wewnętrznych systemu. Spróbuj ponownie",),
    )
