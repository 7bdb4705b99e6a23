"""Refusals of logging in alone."""

from __future__ import annotations

from ..problems import Problem, bad


def invalid_subject() -> Problem:
    """21117: whoever signed cannot log in to a context of this type at all."""
    return bad(21117, "Nieprawidłowy identyfikator podmiotu dla wskazanego typu kontekstu.")


def of_the_deceased() -> Problem:
    """21308: they died since they logged in."""
    return bad(21308, "Próba wykorzystania metod autoryzacyjnych osoby zmarłej.")
