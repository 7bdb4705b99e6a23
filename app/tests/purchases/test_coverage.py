"""The algebra of stretches: whatever order proofs come in, no moment is lost, doubled or claimed without one."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liczydlo.purchases import coverage
from liczydlo.purchases.coverage import LAST_HOURS, MONTHS, Stretch

pytestmark = pytest.mark.pure
SIXTY = settings(max_examples=60)

ZERO = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
HOURS = 60


def at(hour: int) -> dt.datetime:
    return ZERO + dt.timedelta(hours=hour)


stretches = st.builds(
    lambda start, length, how, day: Stretch(
        start=at(start), end=at(start + length), how=how, at=at(24 * day + 1000)
    ),
    st.integers(0, HOURS),
    st.integers(0, 20),
    st.sampled_from(["list", "package"]),
    st.integers(0, 3),
)
proofs = st.lists(stretches, max_size=12)


def timeline(parts: list[Stretch]) -> tuple[Stretch, ...]:
    line: tuple[Stretch, ...] = ()
    for one in parts:
        line = coverage.overlay(line, one)
    return line


@SIXTY
@given(proofs)
def test_exactly_what_was_proved_is_covered(parts: list[Stretch]) -> None:
    line = timeline(parts)
    for hour in range(HOURS + 25):
        proved = [one for one in parts if one.start <= at(hour) < one.end]
        assert coverage.covers(line, at(hour)) == bool(proved)
        if proved:
            (stretch,) = [one for one in line if one.start <= at(hour) < one.end]
            assert stretch.how == proved[-1].how, "the last proof is the one that counts"
            assert stretch.at <= proved[-1].at, "nothing is said to be newer than its proof"


@SIXTY
@given(proofs)
def test_stretches_are_in_order_and_do_not_overlap(parts: list[Stretch]) -> None:
    line = timeline(parts)
    assert all(one.start < one.end for one in line)
    assert all(one.end <= then.start for one, then in itertools.pairwise(line))


@SIXTY
@given(proofs, st.integers(0, HOURS), st.integers(0, HOURS))
def test_gaps_and_stretches_make_up_the_whole(parts: list[Stretch], start: int, end: int) -> None:
    line = timeline(parts)
    holes = coverage.gaps(line, at(start), at(end))
    for hour in range(start, end):
        inside = sum(begin <= at(hour) < finish for begin, finish in holes)
        assert inside == (not coverage.covers(line, at(hour)))
    assert all(at(start) <= begin < finish <= at(end) for begin, finish in holes)


@SIXTY
@given(proofs, st.integers(0, HOURS))
def test_complete_until_claims_nothing_beyond_the_first_gap(parts: list[Stretch], start: int) -> None:
    line = timeline(parts)
    until = coverage.complete_until(line, at(start))
    if until is None:
        assert not coverage.covers(line, at(start))
    else:
        assert coverage.gaps(line, at(start), until) == []
        assert not coverage.covers(line, until), "and stops at nothing but a gap"


@SIXTY
@given(proofs)
def test_it_comes_back_from_its_column(parts: list[Stretch]) -> None:
    assert coverage.of_json(coverage.as_json(timeline(parts))) == timeline(parts)


@SIXTY
@given(proofs, st.integers(0, 4000), st.integers(0, 9000))
def test_windows_leave_nothing_out(parts: list[Stretch], since: int, later: int) -> None:
    """Asked for all of them, there is no gap from the beginning to now, and none is longer than KSeF allows."""
    line, now = timeline(parts), at(since + later)
    windows = list(coverage.windows(line, at(since), now))
    assert windows[0][1] is None
    whole = line
    for start, end in windows:
        assert (end or now) - start <= MONTHS
        whole = coverage.overlay(whole, Stretch(start=start, end=end or now, how="list", at=now))
    assert coverage.gaps(whole, at(since), now) == []
    starts = [start for start, _ in windows]
    assert starts == sorted(starts, reverse=True), "newest first"


def test_the_last_hours_are_read_again() -> None:
    line = timeline([Stretch(start=ZERO, end=at(100), how="list", at=at(100))])
    assert list(coverage.windows(line, ZERO, at(101))) == [(at(100) - LAST_HOURS, None)]


def test_the_last_hours_are_those_of_the_newest_stretch() -> None:
    line = timeline(
        [Stretch(start=at(a), end=at(b), how="list", at=at(200)) for a, b in ((0, 50), (80, 100))]
    )
    assert list(coverage.windows(line, ZERO, at(101))) == [(at(100) - LAST_HOURS, None), (at(50), at(80))]


def test_a_window_as_long_as_ksef_allows_is_one() -> None:
    now = ZERO + 3 * MONTHS
    assert list(coverage.windows((), ZERO, now)) == [
        (ZERO + 2 * MONTHS, None),
        (ZERO + MONTHS, ZERO + 2 * MONTHS),
        (ZERO, ZERO + MONTHS),
    ]


def test_complete_is_nothing_where_the_beginning_is_missing() -> None:
    later = timeline([Stretch(start=at(1), end=at(9), how="list", at=at(9))])
    assert coverage.complete_until((), ZERO) is None
    assert coverage.complete_until(later, ZERO) is None
    assert coverage.complete_until(later, at(9)) is None, "what follows its end is not in it"
    assert coverage.complete_until(later, at(1)) == at(9)


def test_a_night_of_quarter_hours_is_one_stretch() -> None:
    line = timeline(
        [Stretch(start=at(hour), end=at(hour + 1), how="list", at=at(hour + 1)) for hour in range(1, 20)]
    )
    assert [(one.start, one.end, one.at) for one in line] == [(at(1), at(20), at(2))]
