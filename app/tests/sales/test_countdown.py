"""Countdowns to a deadline: working days of the Polish calendar, in words that a person would use."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation
from liczydlo.sales.countdown import countdown


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("today", "due", "words", "tone"),
    [
        ("2026-11-24", "2026-11-24", "dziś do północy", "warn"),
        ("2026-11-24", "2026-11-25", "został 1 dzień roboczy", "warn"),
        ("2026-11-27", "2026-11-30", "został 1 dzień roboczy", "warn"),  # a weekend between
        ("2026-11-28", "2026-11-30", "został 1 dzień roboczy", "warn"),  # counted on a Saturday
        ("2026-12-23", "2026-12-28", "został 1 dzień roboczy", "warn"),  # 24–27 December are free in 2026
        ("2026-11-24", "2026-11-26", "zostały 2 dni robocze", "ok"),
        ("2026-11-24", "2026-12-01", "zostało 5 dni roboczych", "ok"),
        ("2026-10-12", "2026-10-28", "zostało 12 dni roboczych", "ok"),
        ("2026-10-12", "2026-11-12", "zostały 22 dni robocze", "ok"),
        ("2026-11-25", "2026-11-24", "spóźniona o 1 dzień", "bad"),
        ("2026-11-30", "2026-11-27", "spóźniona o 3 dni", "bad"),
    ],
)
def test_words(today: str, due: str, words: str, tone: str) -> None:
    with translation.override("pl"):
        found = countdown(day(due), day(today))
        assert (found.words, found.tone) == (words, tone)


def test_english() -> None:
    with translation.override("en"):
        words = [
            countdown(day(due), day("2026-11-24")).words
            for due in ("2026-11-23", "2026-11-24", "2026-11-25", "2026-12-01")
        ]
    assert words == ["1 day late", "today until midnight", "1 working day left", "5 working days left"]
