"""Patterns of invoice numbers: what they make, what resets them, and what is no pattern."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.sales.patterns import LONGEST, Pattern, PatternError, parse

pytestmark = pytest.mark.pure

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2099, 12, 31))
NUMBERS = st.integers(1, 10**9 - 1)
WORDS = st.text("FVS-/ .0123()ąż", max_size=12)
COUNTERS = st.integers(1, 9).map(lambda n: "{" + "n" * n + "}")
DATED = st.sampled_from([[], ["{rrrr}"], ["{rr}"], ["{rrrr}", "{mm}"], ["{rr}", "{mm}"]])


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    places = draw(st.permutations([*draw(DATED), draw(COUNTERS)]))
    return parse("".join(draw(WORDS) + place for place in places) + draw(WORDS))


@given(patterns(), DAYS, NUMBERS)
def test_a_number_is_read_back(pattern: Pattern, day: dt.date, number: int) -> None:
    assert pattern.number(pattern.fill(day, number), day) == number


@given(patterns(), DAYS, NUMBERS, DAYS, NUMBERS)
def test_no_number_is_made_twice(
    pattern: Pattern, day: dt.date, number: int, other: dt.date, another: int
) -> None:
    same = (pattern.period(day), number) == (pattern.period(other), another)
    if "{rr}" in pattern.text and day.year % 100 == other.year % 100:
        other = other.replace(year=day.year, day=1)
        same = (pattern.period(day), number) == (pattern.period(other), another)
    assert (pattern.fill(day, number) == pattern.fill(other, another)) == same


@given(patterns(), patterns(), DAYS, NUMBERS, DAYS, NUMBERS)
def test_different_shapes_never_make_the_same(
    one: Pattern, two: Pattern, day: dt.date, number: int, other: dt.date, another: int
) -> None:
    if one.shape != two.shape:
        assert one.fill(day, number) != two.fill(other, another)


@pytest.mark.parametrize(
    ("text", "made", "next_month", "next_year"),
    [
        ("FV/{rrrr}/{mm}/{nnn}", "FV/2026/11/007", False, False),
        ("{n}/{mm}/{rr}", "7/11/26", False, False),
        ("FS-{rrrr}-{nnnn}", "FS-2026-0007", True, False),
        ("F{nnnnn}", "F00007", True, True),
    ],
)
def test_what_follows_from_the_placeholders(text: str, made: str, next_month: bool, next_year: bool) -> None:
    pattern, day = parse(text), dt.date(2026, 11, 29)
    assert pattern.fill(day, 7) == made
    assert (pattern.period(day) == pattern.period(dt.date(2026, 12, 1))) is next_month
    assert (pattern.period(day) == pattern.period(dt.date(2027, 11, 29))) is next_year


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FV/{rrrr}/{mm}", "no-counter"),
        ("", "no-counter"),
        ("{n}/{nn}", "two-counters"),
        ("{n}/{n}", "two-counters"),
        ("FV/{dd}/{n}", "unknown"),
        ("FV/{n", "unknown"),
        ("FV/{n}}", "unknown"),
        ("{{n}}", "unknown"),
        ("{nnnnnnnnnn}", "unknown"),
        ("{n}/{mm}", "month-alone"),
        ("x" * (LONGEST - 8) + "{n}", "too-long"),
    ],
)
def test_what_is_no_pattern(text: str, code: str) -> None:
    with pytest.raises(PatternError) as refused:
        parse(text)
    assert refused.value.code == code


def test_the_longest() -> None:
    assert len(parse("x" * (LONGEST - 9) + "{n}").fill(dt.date(2026, 1, 1), 999_999_999)) == LONGEST
