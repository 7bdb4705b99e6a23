"""By when an offline invoice is due: the guide's example, the calendar, and what always holds."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import holidays as calendars
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
        (1818, date(1818, 3, 22)),
        (
            1954,
            date(1954, 4, 18),
        ),  # the two exceptions of the calendar: a week earlier than the cycle alone gives
        (2049, date(2049, 4, 18)),
        (2076, date(2076, 4, 19)),
        (2100, date(2100, 3, 28)),
        (2200, date(2200, 4, 6)),
        (4200, date(4200, 4, 20)),
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


@pytest.mark.parametrize("year", range(2012, 2051))
def test_the_calendar_is_that_of_other_people(year: int) -> None:
    assert deadlines.holidays(year) == set(calendars.Poland(years=year))


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
    result = deadline("offline24", issued)
    assert (result.due, result.reason, result.basis) == (expected, "rule", "art. 106nda")


def test_nothing_is_due_the_day_before_a_day_off_only() -> None:
    """The Friday's invoice is due on Monday, and a failure announced on that Monday still moves it."""
    assert due("offline24", date(2026, 3, 6), [failure(at(3, 9, year=2026), at(3, 9, 15, 2026))]) == date(
        2026, 3, 18
    )
    assert due("offline24", date(2026, 3, 6), [failure(at(3, 10, year=2026), at(3, 10, 15, 2026))]) == date(
        2026, 3, 9
    )


def test_the_guides_example() -> None:
    announced = failure(at(7, 9), at(7, 12))
    assert due("offline24", date(2025, 7, 8)) == date(2025, 7, 9)
    result = deadline("offline24", date(2025, 7, 8), [announced])
    assert (result.due, result.reason, result.basis) == (date(2025, 7, 22), "rule", "art. 106nf")


def test_a_failure_that_lasts_stops_the_count() -> None:
    result = deadline("offline24", date(2025, 7, 8), [failure(at(7, 9), None)])
    assert (result.due, result.reason, result.basis) == (None, "outage-not-over", "art. 106nf")


def test_a_failure_that_lasts_is_not_explained_by_an_earlier_one() -> None:
    """Of two failures the later has no end: the count has not begun, in whichever order they are announced."""
    over, lasting = failure(at(7, 8), at(7, 8, 18)), failure(at(7, 8, 20), None)
    for announced in ([over, lasting], [lasting, over]):
        result = deadline("awaryjny", date(2025, 7, 8), announced)
        assert (result.due, result.reason, result.basis) == (None, "outage-not-over", "art. 106nf")


def test_a_failure_within_a_lasting_one_begins_no_count() -> None:
    announced = [failure(at(7, 9), None), failure(at(7, 10), at(7, 11))]
    assert deadline("offline24", date(2025, 7, 8), announced).reason == "outage-not-over"


def test_a_failure_that_lasted_over_the_day_of_issue_counts() -> None:
    """It began before the invoice and ended after it: the invoice had no way in meanwhile."""
    assert due("offline24", date(2025, 7, 8), [failure(at(7, 7), at(7, 9))]) == date(2025, 7, 18)
    assert deadline("offline24", date(2025, 7, 8), [failure(at(7, 7), None)]).reason == "outage-not-over"


def test_a_failure_that_ended_on_the_day_of_issue_moves_nothing() -> None:
    """It may have ended before the invoice was issued: the earlier day is the safe one."""
    assert due("offline24", date(2025, 7, 8), [failure(at(7, 8, 9), at(7, 8, 15))]) == date(2025, 7, 9)
    assert due("offline24", date(2025, 7, 8), [failure(at(7, 8, 9), at(7, 9, 1))]) == date(2025, 7, 18)


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        (at(7, 8, 8), date(2025, 7, 17)),  # before the failure
        (at(7, 8, 12), date(2025, 7, 17)),  # while it lasted
        (at(7, 8, 15), date(2025, 7, 9)),  # when it had ended
        (at(7, 8, 23), date(2025, 7, 9)),
        (None, date(2025, 7, 9)),  # nobody knows: the safe day
    ],
)
def test_with_the_moment_of_issue_a_failure_counts_until_it_was_over(
    issued: datetime | None, expected: date
) -> None:
    announced = [failure(at(7, 8, 9), at(7, 8, 15))]
    assert due("offline24", date(2025, 7, 8), announced, issued_at=issued) == expected
    with pytest.raises(ValueError, match="aware"):
        due("offline24", date(2025, 7, 8), announced, issued_at=datetime(2025, 7, 8))  # noqa: DTZ001


def test_an_online_invoice_that_missed_its_day_is_one_of_offline24() -> None:
    for announced in ([], [failure(at(7, 9), at(7, 12))], [failure(at(7, 9), None)]):
        assert deadline("online", date(2025, 7, 8), announced) == deadline(
            "offline24", date(2025, 7, 8), announced
        )


def test_the_outage_that_decided_is_named() -> None:
    works = Outage(kind="maintenance", start=at(7, 8), end=at(7, 9))
    broken, worse = failure(at(7, 9), at(7, 12)), failure(at(7, 20), None)
    assert deadline("offline24", date(2025, 7, 8), [works]).outage is None
    assert deadline("offline", date(2025, 7, 8), [works]).outage == works
    assert deadline("offline", date(2025, 7, 8), [works, broken]).outage == broken
    assert deadline("offline24", date(2025, 7, 8), [works, broken, worse]).outage == worse
    total = Outage(kind="total-failure", start=at(7, 9))
    assert deadline("offline24", date(2025, 7, 8), [total]).outage == total
    assert deadline("awaria-calkowita", date(2025, 7, 8), [works]).outage is None


def test_a_short_failure_after_a_long_one_shortens_nothing() -> None:
    """The week after the long one still runs; the short one, announced earlier, ends earlier."""
    announced = [failure(at(7, 8), at(7, 20)), failure(at(7, 9), at(7, 10))]
    result = deadline("awaryjny", date(2025, 7, 8), announced)
    assert (result.due, result.reason, result.basis) == (date(2025, 7, 29), "rule", "art. 106nf")


def test_a_failure_after_the_deadline_or_before_the_invoice_changes_nothing() -> None:
    assert due("offline24", date(2025, 7, 8), [failure(at(7, 10), at(7, 11))]) == date(2025, 7, 9)
    assert due("offline24", date(2025, 7, 8), [failure(at(7, 1), at(7, 7))]) == date(2025, 7, 9)
    assert due("offline24", date(2025, 7, 8), [failure(at(7, 7), at(7, 8))]) == date(2025, 7, 9)


def test_maintenance_does_not_move_offline24() -> None:
    works = Outage(kind="maintenance", start=at(7, 9), end=at(7, 12))
    assert due("offline24", date(2025, 7, 8), [works]) == date(2025, 7, 9)


def test_offline_is_due_a_business_day_after_the_works() -> None:
    works = Outage(kind="maintenance", start=at(7, 10), end=at(7, 11))
    result = deadline("offline", date(2025, 7, 10), [works])
    assert (result.due, result.reason, result.basis) == (date(2025, 7, 14), "rule", "art. 106nh")
    assert due("offline", date(2025, 7, 10), [works, failure(at(7, 14), at(7, 14, 15))]) == date(2025, 7, 23)


def test_offline_and_failure_modes_need_an_announcement() -> None:
    for mode in ("offline", "awaryjny"):
        result = deadline(mode, date(2025, 7, 8))  # type: ignore[arg-type]
        basis = {"offline": "art. 106nh", "awaryjny": "art. 106nf"}[mode]
        assert (result.due, result.reason, result.basis) == (None, "outage-unknown", basis)
    lasting = Outage(kind="maintenance", start=at(7, 8))
    result = deadline("offline", date(2025, 7, 8), [lasting])
    assert (result.reason, result.outage) == ("outage-not-over", lasting)


@pytest.mark.parametrize(("mode", "kind"), [("offline", "maintenance"), ("awaryjny", "failure")])
def test_an_outage_covers_its_first_and_its_last_day(mode: str, kind: str) -> None:
    """From the day of its start to the day of its end, both whole; an invoice of another day is not explained."""
    outage = Outage(kind=kind, start=at(7, 8, 22), end=at(7, 10, 1))  # type: ignore[arg-type]
    expected = {"offline": date(2025, 7, 11), "awaryjny": date(2025, 7, 21)}[mode]
    for day in (8, 9, 10):
        assert due(mode, date(2025, 7, day), [outage]) == expected  # type: ignore[arg-type]
    for day in (7, 11):
        assert deadline(mode, date(2025, 7, day), [outage]).reason == "outage-unknown"  # type: ignore[arg-type]


def test_each_mode_is_explained_by_its_own_kind_of_outage() -> None:
    works = Outage(kind="maintenance", start=at(7, 8), end=at(7, 9))
    broken = failure(at(7, 8), at(7, 9))
    assert deadline("awaryjny", date(2025, 7, 8), [works]).reason == "outage-unknown"
    assert due("offline", date(2025, 7, 8), [works]) == date(2025, 7, 10)
    assert due("offline", date(2025, 7, 8), [works, broken]) == date(2025, 7, 18)
    assert due("awaryjny", date(2025, 7, 8), [works, broken]) == date(2025, 7, 18)


def test_of_two_outages_on_the_day_the_later_end_counts() -> None:
    early = Outage(kind="maintenance", start=at(7, 8), end=at(7, 8, 15))
    late = Outage(kind="maintenance", start=at(7, 8, 20), end=at(7, 11))
    for announced in ([early, late], [late, early]):
        assert due("offline", date(2025, 7, 8), announced) == date(2025, 7, 14)


@pytest.mark.parametrize("mode", ["offline", "awaryjny"])
def test_an_outage_of_another_time_does_not_explain_the_mode(mode: str) -> None:
    """Of three months later, of the next day, a total one: the deadline stays unknown until its own is named."""
    others = [
        failure(at(10, 8), at(10, 9)),
        failure(at(7, 9), at(7, 10)),
        failure(at(7, 1), at(7, 7)),
        Outage(kind="total-failure", start=at(9, 1), end=at(9, 2)),
    ]
    for other in others:
        result = deadline(mode, date(2025, 7, 8), [other])  # type: ignore[arg-type]
        assert (result.due, result.reason) == (None, "outage-unknown")


def test_a_total_failure_on_the_day_of_issue_explains_every_mode() -> None:
    """A failure may be declared total afterwards: then nothing is to be sent."""
    total = Outage(kind="total-failure", start=at(7, 8), end=at(7, 9))
    for mode in ("offline24", "offline", "awaryjny"):
        assert deadline(mode, date(2025, 7, 8), [total]).reason == "total-failure"  # type: ignore[arg-type]


def test_failure_mode_and_a_new_failure_restarts_the_week() -> None:
    first = failure(at(7, 8), at(7, 8, 18))
    assert due("awaryjny", date(2025, 7, 8), [first]) == date(2025, 7, 17)
    second = failure(at(7, 16), at(7, 18))
    assert due("awaryjny", date(2025, 7, 8), [second, first]) == date(2025, 7, 29)
    too_late = failure(at(7, 18), at(7, 19))
    assert due("awaryjny", date(2025, 7, 8), [first, too_late]) == date(2025, 7, 17)


def test_a_total_failure_lifts_the_duty() -> None:
    total = Outage(kind="total-failure", start=at(7, 9))
    result = deadline("offline24", date(2025, 7, 8), [total])
    assert (result.due, result.reason, result.basis) == (None, "total-failure", "art. 106ng")
    during_failure = [failure(at(7, 8), None), Outage(kind="total-failure", start=at(7, 20), end=at(7, 21))]
    assert deadline("awaryjny", date(2025, 7, 8), during_failure).reason == "total-failure"
    late = Outage(kind="total-failure", start=at(7, 10))
    assert due("offline24", date(2025, 7, 8), [late]) == date(2025, 7, 9)
    result = deadline("awaria-calkowita", date(2025, 7, 8))
    assert (result.due, result.reason, result.basis) == (None, "total-failure", "art. 106ng")


def test_days_are_those_of_warsaw() -> None:
    """23:30 UTC on the 8th is the 9th in Warsaw."""
    night = datetime.fromisoformat("2025-07-08T23:30:00+00:00")
    assert failure(night, night).first_day == date(2025, 7, 9)


def test_outages_are_checked() -> None:
    with pytest.raises(ValueError, match="aware"):
        Outage(kind="failure", start=datetime(2025, 7, 8))  # noqa: DTZ001
    with pytest.raises(ValueError, match="before"):
        Outage(kind="failure", start=at(7, 8), end=at(7, 7))
    with pytest.raises(ValueError, match="aware"):
        Outage(kind="failure", start=at(7, 8), end=datetime(2025, 7, 9))  # noqa: DTZ001


days = st.dates(date(2024, 1, 1), date(2032, 12, 31))
NEAR = st.integers(-24 * 12, 24 * 20)  # hours from the day of issue within which an outage can matter


@st.composite
def cases(draw: st.DrawFn) -> tuple[date, list[Outage]]:
    """A day of issue and the failures around it."""
    day = draw(days)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=WARSAW)
    made = []
    for _ in range(draw(st.integers(0, 4))):
        start = noon + timedelta(hours=draw(NEAR))
        made.append(failure(start, start + timedelta(hours=draw(st.integers(0, 24 * 12)))))
    return day, made


@given(days, st.integers(1, 30))
def test_counting_business_days(day: date, count: int) -> None:
    end = deadlines.add_business_days(day, count)
    between = [day + timedelta(n) for n in range(1, (end - day).days + 1)]
    assert sum(map(deadlines.is_business_day, between)) == count
    assert deadlines.is_business_day(end)


@given(cases())
def test_a_deadline_is_a_business_day_after_the_issue(case: tuple[date, list[Outage]]) -> None:
    day, announced = case
    result = due("offline24", day, announced)
    assert result is not None
    assert result > day
    assert deadlines.is_business_day(result)


@given(cases(), st.integers(0, 4))
def test_more_failures_never_shorten_the_time(case: tuple[date, list[Outage]], fewer: int) -> None:
    day, announced = case
    some, all_of_them = due("offline24", day, announced[:fewer]), due("offline24", day, announced)
    assert some is not None
    assert all_of_them is not None
    assert all_of_them >= some


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_announcements_does_not_matter(
    case: tuple[date, list[Outage]], random: random.Random
) -> None:
    day, announced = case
    shuffled = random.sample(announced, len(announced))
    for mode in ("offline24", "awaryjny"):
        assert deadline(mode, day, announced) == deadline(mode, day, shuffled)  # type: ignore[arg-type]


@given(cases())
def test_a_deadline_is_a_week_after_the_last_failure_that_moved_it(case: tuple[date, list[Outage]]) -> None:
    """art. 106nf ust. 1 and 3, written the other way round: no other day can come out."""
    day, announced = case
    result = due("offline24", day, announced)
    weeks = {
        deadlines.add_business_days(outage.end.astimezone(WARSAW).date(), 7)
        for outage in announced
        if outage.end
    }
    assert result in {deadlines.next_business_day(day), *weeks}
