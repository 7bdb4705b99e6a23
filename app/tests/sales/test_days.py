"""Days and periods of recurrences: ends of months, leap years, working days; and the places in texts."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.fa3.draft import InvoiceDraft, Line, Order
from liczydlo.fa3.model import DodatkowyOpis, Informacja, Stopka
from liczydlo.ksef.deadlines import is_business_day
from liczydlo.sales.repeating.days import LAST, MONTHS, Period, Rhythm
from liczydlo.sales.repeating.wording import MONTHS as NAMES
from liczydlo.sales.repeating.wording import filled, text

DAY = dt.timedelta(days=1)
DATES = st.dates(dt.date(2011, 1, 1), dt.date(2060, 12, 31))
RHYTHMS = st.builds(
    Rhythm,
    every=st.integers(1, 12),
    unit=st.sampled_from(["week", "month", "quarter", "year"]),
    first=DATES,
    day=st.integers(1, LAST),
    shift=st.sampled_from(["none", "before", "after"]),
)


def first_of(rhythm: Rhythm, count: int = 12) -> list[dt.date]:
    return list(itertools.islice(rhythm.days(None), count))


def index(day: dt.date) -> int:
    return day.year * 12 + day.month


@given(RHYTHMS)
def test_days_follow_each_other_evenly_from_the_beginning(rhythm: Rhythm) -> None:
    days = first_of(rhythm)
    assert days[0] >= rhythm.first
    if rhythm.unit == "week":
        assert days[0] == rhythm.first
        assert {b - a for a, b in itertools.pairwise(days)} == {dt.timedelta(weeks=rhythm.every)}
    else:
        assert days[0] - rhythm.first < dt.timedelta(days=62)
        assert {index(b) - index(a) for a, b in itertools.pairwise(days)} == {
            MONTHS[rhythm.unit] * rhythm.every
        }
        for day in days:
            assert day.day == min(rhythm.day, calendar.monthrange(day.year, day.month)[1])


@given(RHYTHMS, st.integers(0, 11))
def test_where_one_goes_on_nothing_is_missed_or_doubled(rhythm: Rhythm, at: int) -> None:
    days = first_of(rhythm, 13)
    assert rhythm.after(days[at]) == days[at + 1]
    assert rhythm.after(days[at + 1] - DAY) == days[at + 1]
    assert rhythm.after(days[at]) == rhythm.after(days[at + 1] - DAY)
    assert rhythm.after(rhythm.first - DAY) == days[0]


@given(RHYTHMS)
def test_planned_days_are_working_days_in_the_same_order(rhythm: Rhythm) -> None:
    days = first_of(rhythm)
    planned = [rhythm.planned(day) for day in days]
    assert planned == sorted(set(planned))
    for nominal, day in zip(days, planned, strict=True):
        if rhythm.shift == "none" or is_business_day(nominal):
            assert day == nominal
        else:
            assert is_business_day(day)
            between = (day, nominal) if rhythm.shift == "before" else (nominal, day)
            passed = [between[0] + n * DAY for n in range((between[1] - between[0]).days + 1)]
            assert not any(is_business_day(one) for one in passed if one != day)


@given(RHYTHMS, st.sampled_from(["this", "previous"]))
def test_periods_touch_and_hold_their_days(rhythm: Rhythm, which: Any) -> None:
    days = first_of(rhythm, 6)
    periods = [rhythm.period(day, which) for day in days]
    for day, period in zip(days, periods, strict=True):
        if which == "this":
            assert period.first <= day <= period.last
        else:
            assert period.last < day
            assert rhythm.period(day, "this").first == period.last + DAY
    for one, following in itertools.pairwise(periods):
        assert one.last + DAY == following.first


@given(RHYTHMS, DATES)
def test_an_end_is_never_passed(rhythm: Rhythm, last: dt.date) -> None:
    ending = Rhythm(
        every=rhythm.every,
        unit=rhythm.unit,
        first=rhythm.first,
        day=rhythm.day,
        shift=rhythm.shift,
        last=last,
    )
    days = list(itertools.islice(ending.days(None), 20))
    assert all(day <= last for day in days)
    assert days == [day for day in first_of(rhythm, 20) if day <= last]


@pytest.mark.parametrize(
    ("day", "first", "expected"),
    [
        (31, "2027-01-15", ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        (31, "2028-01-31", ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]),
        (29, "2027-01-30", ["2027-02-28", "2027-03-29", "2027-04-29", "2027-05-29"]),
        (10, "2026-12-11", ["2027-01-10", "2027-02-10", "2027-03-10", "2027-04-10"]),
    ],
)
def test_ends_of_months(day: int, first: str, expected: list[str]) -> None:
    rhythm = Rhythm(every=1, unit="month", first=dt.date.fromisoformat(first), day=day)
    assert [one.isoformat() for one in first_of(rhythm, 4)] == expected


@pytest.mark.parametrize(
    ("nominal", "before", "after"),
    [
        ("2026-11-11", "2026-11-10", "2026-11-12"),  # a Wednesday, Independence Day
        ("2026-12-26", "2026-12-23", "2026-12-28"),  # Christmas from Eve to Sunday
        ("2027-01-31", "2027-01-29", "2027-02-01"),  # a Sunday: into the next month
        ("2027-05-03", "2027-04-30", "2027-05-04"),
    ],
)
def test_working_days(nominal: str, before: str, after: str) -> None:
    for shift, expected in (("before", before), ("after", after)):
        rhythm = Rhythm(every=1, unit="month", first=dt.date(2026, 1, 1), shift=shift)  # type: ignore[arg-type]
        assert rhythm.planned(dt.date.fromisoformat(nominal)) == dt.date.fromisoformat(expected)


def period(unit: Any, count: int = 1, day: str = "2026-11-20") -> Period:
    return Rhythm(every=count, unit=unit, first=dt.date(2026, 1, 1)).period(
        dt.date.fromisoformat(day), "this"
    )


@pytest.mark.parametrize(
    ("typed", "unit", "count", "polish", "english"),
    [
        ("{miesiąc} {rok}", "month", 1, "listopad 2026", "November 2026"),
        ("{okres}", "month", 1, "listopad 2026", "November 2026"),
        ("{okres}", "quarter", 1, "IV kwartał 2026", "Q4 2026"),
        ("{Kwartał}/{ ROK }", "quarter", 1, "IV/2026", "Q4/2026"),
        ("{okres}", "year", 1, "2026", "2026"),
        ("{okres}", "week", 1, "16.11.2026 – 22.11.2026", "16 November 2026 – 22 November 2026"),
        ("{okres}", "month", 2, "01.11.2026 – 31.12.2026", "1 November 2026 – 31 December 2026"),
        ("{} {inne} {{rok}", "month", 1, "{} {inne} {2026", "{} {inne} {2026"),
    ],
)
def test_places(typed: str, unit: Any, count: int, polish: str, english: str) -> None:
    assert text(typed, period(unit, count), "pl") == polish
    assert text(typed, period(unit, count), "en") == english


def test_places_in_a_draft() -> None:
    draft = InvoiceDraft(
        lines=(Line(name="Czynsz {miesiąc}"), Line()),
        footer=Stopka(informacje=(Informacja(stopka_faktury="Za {okres}"), Informacja())),
        remarks=(DodatkowyOpis(klucz="{okres}", wartosc="Odczyt za {miesiąc}"),),
        order=Order(lines=(Line(name="Abonament {rok}"),)),
    )
    made = filled(draft, period("month"), "pl")
    assert [one.name for one in made.lines] == ["Czynsz listopad", None]
    assert made.footer is not None
    assert [one.stopka_faktury for one in made.footer.informacje] == ["Za listopad 2026", None]
    assert made.remarks == (DodatkowyOpis(klucz="{okres}", wartosc="Odczyt za listopad"),)
    assert made.order is not None and made.order.lines[0].name == "Abonament 2026"
    assert filled(InvoiceDraft(), period("month"), "en") == InvoiceDraft()


def test_every_month_has_a_name_in_both_languages() -> None:
    assert {len(set(names)) for names in NAMES.values()} == {12}
