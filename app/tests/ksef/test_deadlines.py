"""By when an offline invoice is due: the guide's example, the calendar, and what always holds."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.ksef import deadlines
from liczydlo.ksef.deadlines import WARSAW, Outage, deadline, due


def at(month: int, day: int, hour: int = 12, year: int = 2025) -> datetime:
    return datetime(year, month, day, hour, tzinfo=WARSAW)


def failure(start: datetime, end: datetime | None) -> Outage:
    return Outage(kind="failure", start=start, end=end)


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2038, date(2038, 4, 25)),
        (2285, date(2285, 3, 22)),
    ],
)
def test_easter_moves(year: int, easter: date) -> None:
    days = deadlines.holidays(year)
    assert {easter, easter + timedelta(1), easter + timedelta(49), easter + timedelta(60)} <= days


def test_holidays_of_2026() -> None:
    assert deadlines.holidays(2026) == {
        date(2026, month, day)
        for month, day in (
            (1, 1), (1, 6), (4, 5), (4, 6), (5, 1), (5, 3), (5, 24), (6, 4), (8, 15), (11, 1), (11, 11),
            (12, 24), (12, 25), (12, 26),
        )
    }  # fmt: skip


def test_christmas_eve_is_free_since_2025() -> None:
    assert deadlines.is_business_day(date(2024, 12, 24))
    assert not deadlines.is_business_day(date(2025, 12, 24))
    assert due("offline24", date(2024, 12, 23)) == date(2024, 12, 24)
    assert due("offline24", date(2026, 12, 23)) == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        (date(2026, 3, 2), date(2026, 3, 3)),
        (date(2026, 3, 6), date(2026, 3, 9)),  # Friday
        (date(2026, 3, 7), date(2026, 3, 9)),  # Saturday
        (date(2026, 4, 3), date(2026, 4, 7)),  # Good Friday, before Easter Monday
        (date(2026, 6, 3), date(2026, 6, 5)),  # before Corpus Christi
        (date(2026, 4, 30), date(2026, 5, 4)),
    ],
)
def test_offline24_is_due_on_the_next_business_day(issued: date, expected: date) -> None:
    found = deadline("offline24", issued)
    assert (found.due, found.reason, found.basis) == (expected, "rule", "art. 106nda")


def test_the_guides_example() -> None:
    announced = failure(at(7, 9), at(7, 12))
    assert due("offline24", date(2025, 7, 8)) == date(2025, 7, 9)
    found = deadline("offline24", date(2025, 7, 8), [announced])
    assert (found.due, found.basis) == (date(2025, 7, 22), "art. 106nf")


def test_a_failure_that_lasts_stops_the_count() -> None:
    found = deadline("offline24", date(2025, 7, 8), [failure(at(7, 9), None)])
    assert (found.due, found.reason) == (None, "outage-not-over")


def test_a_failure_after_the_deadline_or_before_the_invoice_changes_nothing() -> None:
    assert due("offline24", date(2025, 7, 8), [failure(at(7, 10), at(7, 11))]) == date(2025, 7, 9)
    assert due("offline24", date(2025, 7, 8), [failure(at(7, 1), at(7, 7))]) == date(2025, 7, 9)
    assert due("offline24", date(2025, 7, 8), [failure(at(7, 7), at(7, 8))]) == date(2025, 7, 9)


def test_maintenance_does_not_move_offline24() -> None:
    works = Outage(kind="maintenance", start=at(7, 9), end=at(7, 12))
    assert due("offline24", date(2025, 7, 8), [works]) == date(2025, 7, 9)


def test_offline_is_due_a_business_day_after_the_works() -> None:
    works = Outage(kind="maintenance", start=at(7, 10), end=at(7, 11))
    found = deadline("offline", date(2025, 7, 10), [works])
    assert (found.due, found.basis) == (date(2025, 7, 14), "art. 106nh")
    assert due("offline", date(2025, 7, 10), [works, failure(at(7, 14), at(7, 14, 15))]) == date(2025, 7, 23)


def test_offline_and_failure_modes_need_an_announcement() -> None:
    for mode in ("offline", "awaryjny"):
        found = deadline(mode, date(2025, 7, 8))  # type: ignore[arg-type]
        assert (found.due, found.reason) == (None, "outage-unknown")
    lasting = Outage(kind="maintenance", start=at(7, 8))
    assert deadline("offline", date(2025, 7, 8), [lasting]).reason == "outage-not-over"


def test_failure_mode_and_a_new_failure_restarts_the_week() -> None:
    first = failure(at(7, 8), at(7, 8, 18))
    assert due("awaryjny", date(2025, 7, 8), [first]) == date(2025, 7, 17)
    second = failure(at(7, 16), at(7, 18))
    assert due("awaryjny", date(2025, 7, 8), [second, first]) == date(2025, 7, 29)
    too_late = failure(at(7, 18), at(7, 19))
    assert due("awaryjny", date(2025, 7, 8), [first, too_late]) == date(2025, 7, 17)


def test_a_total_failure_lifts_the_duty() -> None:
    total = Outage(kind="total-failure", start=at(7, 9))
    found = deadline("offline24", date(2025, 7, 8), [total])
    assert (found.due, found.reason) == (None, "total-failure")
    during_failure = [failure(at(7, 8), None), Outage(kind="total-failure", start=at(7, 20), end=at(7, 21))]
    assert deadline("awaryjny", date(2025, 7, 8), during_failure).reason == "total-failure"
    late = Outage(kind="total-failure", start=at(7, 10))
    assert due("offline24", date(2025, 7, 8), [late]) == date(2025, 7, 9)
    assert deadline("awaria-calkowita", date(2025, 7, 8)).reason == "total-failure"


def test_days_are_those_of_warsaw() -> None:
    """23:30 UTC on the 8th is the 9th in Warsaw."""
    night = datetime.fromisoformat("2025-07-08T23:30:00+00:00")
    assert failure(night, night).first_day == date(2025, 7, 9)


def test_outages_are_checked() -> None:
    with pytest.raises(ValueError, match="aware"):
        Outage(kind="failure", start=datetime(2025, 7, 8))  # noqa: DTZ001
    with pytest.raises(ValueError, match="before"):
        Outage(kind="failure", start=at(7, 8), end=at(7, 7))


days = st.dates(date(2024, 1, 1), date(2032, 12, 31))
hours = st.integers(0, 24 * 12)


@st.composite
def failures(draw: st.DrawFn) -> list[Outage]:
    origin = draw(days)
    made = []
    for _ in range(draw(st.integers(0, 4))):
        start = datetime(origin.year, origin.month, origin.day, tzinfo=WARSAW) + timedelta(hours=draw(hours))
        made.append(failure(start, start + timedelta(hours=draw(hours))))
    return made


@given(days, st.integers(1, 30))
def test_counting_business_days(day: date, count: int) -> None:
    end = deadlines.add_business_days(day, count)
    between = [day + timedelta(n) for n in range(1, (end - day).days + 1)]
    assert sum(map(deadlines.is_business_day, between)) == count
    assert deadlines.is_business_day(end)


@given(days, failures())
def test_a_deadline_is_a_business_day_after_the_issue(day: date, announced: list[Outage]) -> None:
    found = due("offline24", day, announced)
    assert found is not None
    assert found > day
    assert deadlines.is_business_day(found)


@given(days, failures(), failures())
def test_more_failures_never_shorten_the_time(day: date, some: list[Outage], more: list[Outage]) -> None:
    fewer, all_of_them = due("offline24", day, some), due("offline24", day, some + more)
    assert fewer is not None
    assert all_of_them is not None
    assert all_of_them >= fewer


@given(days, st.permutations(range(4)), st.data())
def test_the_order_of_announcements_does_not_matter(day: date, order: list[int], data: st.DataObject) -> None:
    announced = data.draw(failures())
    shuffled = [announced[index] for index in order if index < len(announced)]
    assert deadline("offline24", day, announced) == deadline("offline24", day, shuffled)
