"""Refusals of batches and of forms: codes and texts of the OpenAPI; where the live system words them otherwise (it is
told by the tests of the Ministry's own clients), its words."""

from __future__ import annotations

from ..problems import Problem, bad, invalid_input


def wrong_part_size(detail: str) -> Problem:
    """21157."""
    return bad(21157, "Nieprawidłowy rozmiar części pakietu.", detail)


def other_part_size(ordinal: int) -> Problem:
    """21157 as closing words it."""
    return wrong_part_size(f"Zadeklarowany rozmiar części '{ordinal}' nie zgadza się z rzeczywistym.")


def too_many_parts(most: int) -> Problem:
    """21161."""
    text = f"Liczba części pliku musi być mniejsza lub równa niż {most}."
    return bad(21161, "Przekroczono dozwoloną liczbę części pakietów.", text)


def part_missing(ordinal: int) -> Problem:
    """21205."""
    return bad(21205, "Pakiet nie może być pusty.", f"Nie przesłano zadeklarowanej '{ordinal}' części pliku.")


def out_of_time() -> Problem:
    """21208."""
    return bad(
        21208,
        "Czas oczekiwania na requesty upload lub finish został przekroczony.",
        "Sesja anulowana, przekroczony czas wysyłki.",
    )


def unknown_form() -> Problem:
    """21405: a form code that is none, or not of this way of sending."""
    return invalid_input("Wskazany kod formularza nie jest wspierany.")


def form_without_schema(system_code: str) -> Problem:
    """21405, of the emulator alone: it has no schema to validate such documents with."""
    return invalid_input(
        f"Wskazany kod formularza nie jest wspierany: emulator nie ma schematu {system_code}."
        " Jak go dodać, mówi polecenie: ksef-emulator schemas --help."
    )


def form_with_broken_schema(what: str) -> Problem:
    """21405, of the emulator alone: the schema's files cannot be used."""
    return invalid_input(
        f"Wskazany kod formularza nie jest wspierany: schemat w emulatorze jest uszkodzony: {what}"
    )
