"""The work on a batch at the edges of its steps: groups, shares, sizes, and machines that fail in the midst."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from ksef_emulator.intake.archives import ArchiveError, Document
from ksef_emulator.model.sending import batch_unpacking, batch_work
from ksef_emulator.model.sending.batch_unpacking import TOGETHER_BYTES, BatchRefused, check_sizes, groups

from ..invoicing.conftest import fa3, yesterday
from .conftest import Sender, package, zipped


def take_together(monkeypatch: pytest.MonkeyPatch, documents: int, share: int) -> None:
    """So many documents in one transaction, and so many to one thread."""
    for module in (batch_unpacking, batch_work):
        monkeypatch.setattr(module, "TOGETHER", documents)
        monkeypatch.setattr(module, "SHARE", share)


def documents(*sizes: int, kept: bool = True) -> list[Document]:
    return [
        Document(name=str(number), size=size, sha256=b"", content=b"" if kept else None)
        for number, size in enumerate(sizes)
    ]


class TestGroups:
    def lengths(self, waiting: list[Document]) -> list[int]:
        parted = list(groups(waiting))
        assert list(itertools.chain(*parted)) == waiting
        return [len(group) for group in parted]

    def test_by_their_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(batch_unpacking, "TOGETHER", 3)
        for count, expected in ((0, []), (1, [1]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])):
            assert self.lengths(documents(*[1] * count)) == expected

    def test_by_their_bytes(self) -> None:
        """But for one that goes beyond."""
        half = TOGETHER_BYTES // 2
        assert self.lengths(documents(half, half, 1, 1)) == [3, 1]
        assert self.lengths(documents(half, half + 1, 1)) == [2, 1]
        assert self.lengths(documents(TOGETHER_BYTES + 1, 1, TOGETHER_BYTES, 1, 1)) == [1, 2, 2]

    def test_those_that_are_too_long_to_keep_weigh_nothing(self) -> None:
        assert self.lengths(documents(TOGETHER_BYTES, TOGETHER_BYTES, TOGETHER_BYTES, kept=False)) == [3]


class TestSizes:
    """420 says how many there are; 430 is for what no honest archive unpacks to."""

    def count(self, sizes: Any, most: int = 3, together: int = 100) -> str:
        """What the refusal says."""
        with pytest.raises(BatchRefused) as caught:
            check_sizes(sizes, most=most, together=together)
        assert caught.value.code == 420
        return caught.value.details[0]

    @pytest.mark.parametrize("sizes", [[], [100], [50, 50], [0, 0, 0], [33, 33, 34]])
    def test_as_many_and_as_large_as_may_be(self, sizes: list[int]) -> None:
        check_sizes(sizes, most=3, together=100)

    @pytest.mark.parametrize("sizes", [[101], [50, 51], [100, 0, 1], [101, 0, 0, 0, 0]])
    def test_too_large(self, sizes: list[int]) -> None:
        with pytest.raises(ArchiveError):
            check_sizes(sizes, most=3, together=100)

    @pytest.mark.parametrize("count", [4, 5, 50])
    def test_too_many(self, count: int) -> None:
        assert self.count([1] * count) == (
            f"Przekroczono dopuszczalną liczbę faktur w paczce: '3'. Liczba faktur w paczce: '{count}'."
        )

    def test_too_many_and_then_too_large(self) -> None:
        """No further than the byte that is too much."""
        assert self.count([1, 1, 1, 98, 1, 1]).endswith("'4'.")
        assert self.count([1, 1, 1, 97, 1, 1]).endswith("'5'.")

    def test_counted_so_far_and_no_further(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(batch_unpacking, "COUNTED", 10)
        endless = itertools.repeat(0)
        assert self.count(endless).endswith("'14'.")
        assert self.count([0] * 13).endswith("'13'.")


def one(sender: Sender, number: str) -> bytes:
    """An archive of one invoice."""
    return zipped({"a.xml": fa3(seller=sender.firm.nip, number=number, day=yesterday())})


class TestSteps:
    def test_more_documents_than_one_step_takes(
        self, sender: Sender, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        take_together(monkeypatch, 3, 2)
        files = sender.invoices(7)
        shown = sender.end(session := sender.send(package(zipped(files))))
        assert (shown["invoiceCount"], shown["successfulInvoiceCount"]) == (7, 7)
        result = sender.documents(session)
        assert [item["invoiceFileName"] for item in result] == list(files)
        assert [item["ordinalNumber"] for item in result] == [1, 2, 3, 4, 5, 6, 7]
        assert len({item["referenceNumber"] for item in result}) == 7

    def test_a_part_that_was_larger_than_parts_may_be(
        self, sender: Sender, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        archive = zipped(sender.invoices(1))
        monkeypatch.setattr(batch_unpacking, "MAX_PART", len(archive))
        assert sender.end(sender.send(package(archive)))["status"]["code"] == 200
        archive = one(sender, "2")
        monkeypatch.setattr(batch_unpacking, "MAX_PART", len(archive) - 1)
        status = sender.end(sender.send(package(archive)))["status"]
        assert status["code"] == 405
        assert status["details"] == [
            f"Rozmiar części: '1' przed zaszyfrowaniem przekracza {len(archive) - 1} bajtów."
        ]

    def test_a_machine_that_fails(self, sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
        """500: what was settled stays, the rest is cancelled (405), and the next batch goes on."""
        take_together(monkeypatch, 2, 1)
        examination = sender.firm.door.running.emulator.intake_queue.examination
        examine, seen = examination.of, itertools.count()

        def fail(job: Any) -> Any:
            if next(seen) >= 4:
                raise OSError("no space left on device")
            return examine(job)

        with monkeypatch.context() as patch:
            patch.setattr(examination, "of", fail)
            session = sender.send(package(zipped(sender.invoices(7))))
            shown = sender.end(session)
        assert shown["status"]["code"] == 500
        codes = [document["status"]["code"] for document in sender.documents(session)]
        assert set(codes) == {200, 405}
        assert codes == sorted(codes)
        assert len(codes) == 7
        later = sender.end(sender.send(package(one(sender, "later"))))
        assert later["status"]["code"] == 200
