"""Sliding windows against a naive model, blocks, and what is kept in memory."""

from __future__ import annotations

from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ksef_emulator.model.identity.contexts import Context
from ksef_emulator.model.limits.rates import UNLIMITED, Rates
from ksef_emulator.model.limits.windows import LENGTHS, PATIENCE, SECOND, Excess, Limiter, Windows

pytestmark = pytest.mark.pure
limit = st.one_of(st.just(UNLIMITED), st.integers(1, 12))
rates = st.builds(Rates, per_second=limit, per_minute=limit, per_hour=limit)
pause = st.one_of(
    st.sampled_from([0, SECOND // 4, SECOND - 1, SECOND, 59 * SECOND, 60 * SECOND, 3600 * SECOND]),
    st.integers(0, 90 * SECOND),
    st.integers(0, 4000 * SECOND),
)
BEGAN = 1_700_000_000 * SECOND
ONE, OTHER = Context.of_nip("1111111111"), Context.of_nip("2222222222")


class Naive:
    """Remembers every request that was let in, and counts them all each time."""

    def __init__(self, rates: Rates) -> None:
        self.limits = (rates.per_second, rates.per_minute, rates.per_hour)
        self.let_in: list[int] = []
        self.until = 0

    def admits(self, now: int) -> bool:
        if now < self.until:
            return False
        waits = []
        for limit, length in zip(self.limits, LENGTHS, strict=True):
            inside = sorted(item for item in self.let_in if item > now - length)
            if 0 <= limit <= len(inside):
                waits.append(inside[-limit] + length - now)
        if waits:
            self.until = now + max(waits)
            return False
        self.let_in.append(now)
        return True


@given(rates=rates, pauses=st.lists(pause, max_size=80))
def test_windows_are_as_the_naive_ones(rates: Rates, pauses: list[int]) -> None:
    windows, naive, now = Windows(), Naive(rates), BEGAN
    for pause in pauses:
        now += pause
        assert (windows.admit(now, rates) is None) == naive.admits(now)


@given(rates=rates, pauses=st.lists(pause, min_size=2, max_size=120))
def test_no_window_ever_holds_more_than_its_limit(rates: Rates, pauses: list[int]) -> None:
    windows, now, let_in = Windows(), BEGAN, []
    for pause in pauses:
        now += pause
        if windows.admit(now, rates) is None:
            let_in.append(now)
    assert all(first <= second for first, second in pairwise(let_in))
    limits = (rates.per_second, rates.per_minute, rates.per_hour)
    for limit, length in zip(limits, LENGTHS, strict=True):
        for end in let_in:
            inside = sum(end - length < item <= end for item in let_in)
            assert limit == UNLIMITED or inside <= limit


@given(rates=rates, pauses=st.lists(pause, max_size=60))
def test_waiting_as_told_is_always_enough(rates: Rates, pauses: list[int]) -> None:
    windows, now = Windows(), BEGAN
    for pause in pauses:
        now += pause
        excess = windows.admit(now, rates)
        if excess is not None:
            assert 1 <= excess.retry_after <= 3600
            now += excess.retry_after * SECOND
            assert windows.admit(now, rates) is None


def at(windows: Windows, seconds: float, rates: Rates) -> Excess | None:
    return windows.admit(round(seconds * SECOND), rates)


def spend(windows: Windows, rates: Rates, seconds: float, times: int) -> list[Excess | None]:
    return [at(windows, seconds, rates) for _ in range(times)]


class TestExcess:
    RATES = Rates(per_second=2, per_minute=3, per_hour=4)

    def test_names_the_limit_that_lasts_longest(self) -> None:
        windows = Windows()
        assert spend(windows, self.RATES, 100.0, 2) == [None, None]
        assert at(windows, 100.5, self.RATES) == Excess(limit=2, window=1, retry_after=1)
        assert at(windows, 101.0, self.RATES) is None
        assert at(windows, 101.25, self.RATES) == Excess(limit=3, window=60, retry_after=59)
        assert at(windows, 160.0, self.RATES) is None
        assert at(windows, 161.0, self.RATES) == Excess(limit=4, window=3600, retry_after=3539)
        assert at(windows, 3699.0, self.RATES) == Excess(limit=4, window=3600, retry_after=1)
        assert at(windows, 3700.0, self.RATES) is None

    def test_a_block_grows_for_those_who_keep_asking(self) -> None:
        windows, once = Windows(), Rates(per_second=1)
        at(windows, 100.0, once)
        refused = spend(windows, once, 100.0, PATIENCE * 3 - 1)
        waits = [item.retry_after for item in refused if item]
        assert waits[:PATIENCE] == [1] * PATIENCE
        assert waits[PATIENCE] == 2
        assert waits[2 * PATIENCE] == 4
        assert at(windows, 103.9, once) is not None
        assert at(windows, 104.0, once) is None

    def test_no_block_outlasts_an_hour(self) -> None:
        windows, once = Windows(), Rates(per_second=1)
        at(windows, 100.0, once)
        last = spend(windows, once, 100.0, PATIENCE * 50)[-1]
        assert last and last.retry_after == 3600
        assert at(windows, 3700.0, once) is None


class TestClock:
    ONCE = Rates(per_second=1, per_minute=1, per_hour=1)

    def test_turned_on_it_frees(self) -> None:
        windows = Windows()
        spend(windows, self.ONCE, 100.0, 2)
        assert at(windows, 100.0 + 3600, self.ONCE) is None

    def test_turned_back_it_frees_too(self) -> None:
        windows = Windows()
        spend(windows, self.ONCE, 100_000.0, 2)
        assert at(windows, 50_000.0, self.ONCE) is None
        assert at(windows, 50_000.0, self.ONCE) is not None

    @pytest.mark.parametrize("window", ["per_second", "per_minute", "per_hour"])
    def test_turned_back_each_window_begins_anew(self, window: str) -> None:
        windows = Windows()
        twice = Rates(**{"per_second": UNLIMITED, window: 2})
        for hour in range(10, 20):
            assert at(windows, hour * 7200.0, twice) is None
        assert [one is None for one in spend(windows, twice, 100.0, 4)] == [True, True, False, False]


class TestMemory:
    def test_one_counter_keeps_the_longest_window(self) -> None:
        windows = Windows()
        for step in range(20_000):
            at(windows, step / 100, Rates(per_second=1000))
        assert len(windows._times) < 1000
        for step in range(20_000):
            at(windows, 1000 + step, Rates(per_second=10, per_minute=600, per_hour=36_000))
        assert 3600 <= len(windows._times) < 2 * 3600 + 1000

    def test_without_limits_nothing_is_kept(self) -> None:
        windows, free = Windows(), Rates(per_second=UNLIMITED)
        assert spend(windows, free, 5.0, 5000) == [None] * 5000
        assert len(windows._times) < 1000

    def test_counters_of_those_who_left_are_thrown_away(self) -> None:
        now = [0]
        limiter = Limiter(lambda: now[0])
        once = Rates(per_second=UNLIMITED, per_hour=1)
        clients = [
            (("other", Context.of_nip(str(1_111_111_111 + n)), "127.0.0.1"), once) for n in range(50_000)
        ]
        for client in clients:
            now[0] += SECOND
            limiter.admit(client)
        assert len(limiter) <= 2 * 3600 + 4096
        assert all(limiter.admit(client) for client in clients[-3600:]), "an hour has not passed"
        assert limiter.admit(clients[-3601]) is None

    def test_a_context_begins_anew(self) -> None:
        limiter, once = Limiter(lambda: 0), Rates(per_second=1)
        one, other = ("other", ONE, "ip"), ("other", OTHER, "ip")
        assert [limiter.admit((key, once)) for key in (one, other)] == [None, None]
        limiter.forget_context(ONE)
        assert limiter.admit((one, once)) is None
        assert limiter.admit((other, once)) is not None


def test_all_counters_of_a_request_must_let_it_in() -> None:
    limiter = Limiter(lambda: 0)
    wide, narrow = (("global", None, "ip"), Rates(per_second=3)), (("a", None, "ip"), Rates(per_second=1))
    assert limiter.admit(wide, narrow) is None
    assert limiter.admit(wide, narrow) == Excess(limit=1, window=1, retry_after=1)
    assert limiter.admit(wide) is None
    assert limiter.admit(wide) == Excess(limit=3, window=1, retry_after=1)


@pytest.mark.parametrize("wait", [0.01, 0.5, 1.0])
def test_seconds_are_rounded_up(wait: float) -> None:
    windows, once = Windows(), Rates(per_second=1)
    at(windows, 10.0, once)
    excess = at(windows, 11.0 - wait, once)
    assert excess and excess.retry_after == max(1, ceil(wait))


def test_a_counter_is_thrown_away_an_hour_after_its_last_request_or_with_its_block() -> None:
    request, refused = Windows(), Windows()
    assert request.stale(BEGAN) and refused.stale(BEGAN)
    for moment in (BEGAN, BEGAN + 10 * SECOND):
        assert request.admit(moment, Rates(per_second=5)) is None
    assert not request.stale(BEGAN + 3600 * SECOND)
    assert request.stale(BEGAN + 3610 * SECOND)
    assert refused.admit(BEGAN, Rates(per_second=0)) is not None
    assert not refused.stale(BEGAN + SECOND - 1)
    assert refused.stale(BEGAN + SECOND)
