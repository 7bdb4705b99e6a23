"""One by one or as a package: what is quicker within KSeF's limits."""

from __future__ import annotations

import pytest
from liczydlo.ksef.limits import USUAL, Limits, Rate
from liczydlo.sales.sending.choice import packs


@pytest.mark.parametrize(
    ("queued", "sent", "opened", "package"),
    [
        (0, 0, 0, False),
        (1, 0, 0, False),
        (99, 0, 0, False),
        (100, 0, 0, True),  # one by one it takes more than three minutes
        (10_000, 0, 0, True),
        (99, 81, 0, False),  # the hour's window just carries them
        (99, 82, 0, True),
        (1, 180, 0, True),  # it would wait for up to an hour
        (1, 500, 0, True),
        (100, 180, 60, False),  # no package can be opened either
    ],
)
def test_a_package_goes_where_it_is_quicker(queued: int, sent: int, opened: int, package: bool) -> None:
    assert packs(queued, USUAL, worthwhile=100, sent=sent, opened=opened) is package


def test_what_ksef_says_counts_rather_than_what_is_published() -> None:
    few, none = Rate(second=1, minute=1, hour=2), Rate(second=1, minute=None, hour=None)
    lowered = Limits(rates={"invoiceSend": few, "batchSession": few})
    assert packs(3, lowered, worthwhile=100, sent=0, opened=0)
    assert not packs(3, lowered, worthwhile=100, sent=0, opened=2)
    raised = Limits(rates={"invoiceSend": none, "batchSession": none})
    assert not packs(99, raised, worthwhile=100, sent=5000, opened=0)
    assert packs(100, raised, worthwhile=100, sent=0, opened=5000)
