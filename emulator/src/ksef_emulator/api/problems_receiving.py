"""Refusals of exports and of collective identifiers: codes and texts of the OpenAPI."""

from __future__ import annotations

from ..problems import Problem, bad


def no_such_export() -> Problem:
    """21175: not there, or not of this context."""
    return bad(21175, "Wynik zapytania o podanym identyfikatorze nie istnieje.")


def wrong_export(subject_type: str, context_type: str) -> Problem:
    """21181: the context cannot be that subject of an invoice."""
    text = (
        f"Nie można wyeksportować paczki faktur dla wybranego podmiotu ({subject_type})"
        f" i zalogowanego identyfikatora kontekstu ({context_type})."
    )
    return bad(21181, "Nieprawidłowe żądanie eksportu faktur.", text)


def too_many_exports(count: int) -> Problem:
    """21182."""
    text = (
        f"Dla uwierzytelnionego podmiotu w bieżącym kontekście osiągnięto maksymalny limit {count} równoczesnych"
        " eksportów faktur. Spróbuj ponownie później."
    )
    return bad(21182, "Osiągnięto limit trwających eksportów.", text)


def invalid_continuation() -> Problem:
    """21418 as these operations word it."""
    return bad(21418, "Przesłany token kontynuacji jest nieprawidłowy.")


def no_such_invoices(*ksef_numbers: str) -> Problem:
    """71001."""
    texts = [f"Faktura o numerze KSeF {ksef_number} nie została znaleziona." for ksef_number in ksef_numbers]
    return bad(71001, "Faktura o podanym identyfikatorze nie istnieje.", *texts)


def too_many_identifiers(*ksef_numbers: str) -> Problem:
    """71002."""
    rest = "jest już przypisana do maksymalnej liczby Identyfikatorów Zbiorczych."
    return bad(
        71002,
        f"Faktura {rest}",
        *(f"Faktura o numerze KSeF {ksef_number} {rest}" for ksef_number in ksef_numbers),
    )


def other_seller(*ksef_numbers: str) -> Problem:
    """71004."""
    texts = [f"Faktura o numerze KSeF {ksef_number} ma innego sprzedawcę." for ksef_number in ksef_numbers]
    return bad(71004, "Faktury mają różnych sprzedawców.", *texts)


def repeated_numbers(*ksef_numbers: str) -> Problem:
    """71005."""
    return bad(
        71005,
        "Powtórzony numer KSeF w żądaniu.",
        *(f"Powtórzony numer KSeF {ksef_number}." for ksef_number in ksef_numbers),
    )
