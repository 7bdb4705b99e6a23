"""What a test changed is kept, each part of it and for each one apart, and put back for one alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.identity.subjects import Subject, SubjectType
from ksef_emulator.model.limits.counts import (
    OF_SUBJECTS,
    ContextLimits,
    Limits,
    SessionLimits,
    SubjectLimits,
)
from ksef_emulator.model.limits.rates import (
    CLOSING,
    OPEN_TO_CHANGE,
    PRODUCTION,
    TEST,
    UNLIMITED,
    RateLimits,
    Rates,
)
from ksef_emulator.store import Store

ONE, OTHER = Context.of_nip("1111111111"), Context.of_nip("2222222222")
UNIT = Context(type=ContextType.INTERNAL_ID, value="1111111111-12345")
CHANGED = ContextLimits(
    online=SessionLimits(max_invoices=5, max_invoice_mb=2, max_invoice_with_attachment_mb=4),
    batch=SessionLimits(max_invoices=50, max_invoice_mb=3, max_invoice_with_attachment_mb=6),
    collective=7,
)
ANNA = Subject(type=SubjectType.PESEL, value="90010112345")
JAN = Subject(type=SubjectType.PESEL, value="44051401359")
FIRM = Subject(type=SubjectType.NIP, value="90010112345")
FEW = SubjectLimits(enrollments=1, certificates=2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "emulator.sqlite3")
    yield store
    store.close()


class TestOfContexts:
    def test_each_part_is_read_again(self, store: Store) -> None:
        Limits(store).set_context(ONE, CHANGED)
        again = Limits(store)
        assert again.context(ONE) == CHANGED
        assert again.context(OTHER) == again.context(UNIT) == ContextLimits()

    def test_changed_again(self, store: Store) -> None:
        limits = Limits(store)
        limits.set_context(ONE, CHANGED)
        last = ContextLimits(collective=9)
        limits.set_context(ONE, last)
        assert limits.context(ONE) == Limits(store).context(ONE) == last

    def test_put_back_for_one_alone(self, store: Store) -> None:
        limits = Limits(store)
        for context in (ONE, OTHER, UNIT):
            limits.set_context(context, CHANGED)
        limits.restore_context(ONE)
        for result in (limits, Limits(store)):
            assert result.context(ONE) == ContextLimits()
            assert result.context(OTHER) == result.context(UNIT) == CHANGED

    def test_sizes_are_in_millions_of_bytes(self) -> None:
        assert (CHANGED.online.max_bytes, CHANGED.online.max_bytes_with_attachment) == (2_000_000, 4_000_000)

    def test_the_published_ones(self) -> None:
        """ksef-docs limity/limity.md."""
        assert ContextLimits().online == ContextLimits().batch
        usual = ContextLimits().batch
        assert (usual.max_invoices, usual.max_bytes, usual.max_bytes_with_attachment) == (
            10_000,
            1_000_000,
            3_000_000,
        )
        assert ContextLimits().collective == 500


class TestOfSubjects:
    def test_each_number_is_read_again(self, store: Store) -> None:
        Limits(store).set_subject(ANNA, FEW)
        again = Limits(store)
        assert again.subject(ANNA) == FEW
        assert again.subject(JAN) == OF_SUBJECTS[SubjectType.PESEL]
        assert again.subject(FIRM) == OF_SUBJECTS[SubjectType.NIP]

    def test_changed_again(self, store: Store) -> None:
        limits = Limits(store)
        limits.set_subject(ANNA, FEW)
        limits.set_subject(ANNA, SubjectLimits(enrollments=3, certificates=4))
        assert limits.subject(ANNA) == SubjectLimits(enrollments=3, certificates=4)

    def test_put_back_for_one_alone(self, store: Store) -> None:
        limits = Limits(store)
        for subject in (ANNA, JAN, FIRM):
            limits.set_subject(subject, FEW)
        limits.restore_subject(ANNA)
        assert limits.subject(ANNA) == OF_SUBJECTS[SubjectType.PESEL]
        assert limits.subject(JAN) == limits.subject(FIRM) == FEW


class TestOfRates:
    SLOW: ClassVar = {group: Rates(per_second=2, per_minute=3, per_hour=4) for group in OPEN_TO_CHANGE}

    def test_each_rate_is_read_again(self, store: Store) -> None:
        RateLimits(store, "production").change(ONE, self.SLOW)
        again = RateLimits(store, "production")
        assert again.of(ONE)["invoiceSend"] == Rates(per_second=2, per_minute=3, per_hour=4)
        assert again.of(OTHER) == again.of(UNIT) == PRODUCTION
        assert again.changed(ONE)
        assert not again.changed(OTHER)

    def test_closing_is_twice_as_often_as_opening(self, store: Store) -> None:
        rates = RateLimits(store, "production")
        rates.change(ONE, self.SLOW)
        for result in (rates, RateLimits(store, "production")):
            for closing in CLOSING:
                assert result.of(ONE)[closing] == Rates(per_second=4, per_minute=6, per_hour=8)

    def test_what_may_not_be_changed_stays_the_profiles(self, store: Store) -> None:
        rates = RateLimits(store, "test")
        rates.change(ONE, self.SLOW)
        for group in ("anonymous", "global"):
            assert rates.of(ONE)[group] == TEST[group] != PRODUCTION[group]

    def test_put_back_for_one_alone(self, store: Store) -> None:
        rates = RateLimits(store, "off")
        for context in (ONE, OTHER, UNIT):
            rates.change(context, self.SLOW)
        rates.restore(ONE)
        for result in (rates, RateLimits(store, "off")):
            assert result.enforced(ONE) is None
            assert result.enforced(OTHER) == result.enforced(UNIT) == result.of(OTHER)
        rates.restore(ONE)

    def test_changed_again(self, store: Store) -> None:
        rates = RateLimits(store, "off")
        rates.change(ONE, self.SLOW)
        rates.change(ONE, self.SLOW | {"other": Rates(per_second=9)})
        for result in (rates, RateLimits(store, "off")):
            assert result.of(ONE)["other"] == Rates(per_second=9)


class TestProfiles:
    def test_off_counts_nobody_and_tells_productions(self, store: Store) -> None:
        rates = RateLimits(store, "off")
        assert rates.idle
        assert rates.enforced(ONE) is None
        assert rates.of(ONE) == PRODUCTION

    def test_off_counts_those_who_were_changed(self, store: Store) -> None:
        rates = RateLimits(store, "off")
        rates.change(ONE, TestOfRates.SLOW)
        assert not rates.idle
        assert rates.enforced(ONE) == rates.of(ONE) != PRODUCTION
        assert rates.enforced(OTHER) is None

    @pytest.mark.parametrize(("profile", "rates"), [("production", PRODUCTION), ("test", TEST)])
    def test_the_others_count_everybody(self, store: Store, profile: str, rates: object) -> None:
        result = RateLimits(store, profile)  # type: ignore[arg-type]
        assert not result.idle
        assert result.enforced(ONE) == result.of(ONE) == rates

    def test_another_profile_from_now_on(self, store: Store) -> None:
        rates = RateLimits(store, "off")
        rates.change(ONE, TestOfRates.SLOW)
        rates.use("test")
        assert rates.enforced(OTHER) == TEST
        assert rates.of(ONE)["global"] == TEST["global"]
        assert rates.of(ONE)["other"] == TestOfRates.SLOW["other"]

    def test_test_is_ten_times_production_and_no_limit_stays_none(self) -> None:
        """limity-api.md; ``-1`` is no limit at any factor."""
        assert TEST["invoiceSend"] == Rates(per_second=100, per_minute=300, per_hour=1800)
        assert TEST["global"] == Rates(per_second=750, per_minute=UNLIMITED, per_hour=UNLIMITED)
        assert Rates(per_second=1).times(2) == Rates(per_second=2, per_minute=UNLIMITED)


def test_the_published_rates() -> None:
    """limity-api.md, production: requests a second, a minute, an hour."""
    assert {
        group: (rates.per_second, rates.per_minute, rates.per_hour) for group, rates in PRODUCTION.items()
    } == {
        "onlineSession": (10, 30, 120),
        "onlineSessionClose": (20, 60, 240),
        "batchSession": (10, 20, 60),
        "batchSessionClose": (20, 40, 120),
        "invoiceSend": (10, 30, 180),
        "invoiceStatus": (30, 120, 1200),
        "sessionList": (5, 10, 60),
        "sessionInvoiceList": (10, 20, 200),
        "sessionMisc": (10, 120, 1200),
        "invoiceMetadata": (8, 16, 20),
        "invoiceExport": (8, 16, 20),
        "invoiceExportStatus": (10, 60, 600),
        "invoiceDownload": (8, 16, 64),
        "collectiveIdentifier": (20, 120, 240),
        "other": (10, 30, 120),
        "anonymous": (60, -1, -1),
        "global": (75, -1, -1),
    }
