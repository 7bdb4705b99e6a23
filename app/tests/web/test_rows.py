"""A row that another session made is gone again when it is looked at: the work is done once more, not an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from liczydlo.documents import storage
from liczydlo.documents.models import StoredFile
from liczydlo.web.rows import TRIES, stored

pytestmark = pytest.mark.django_db(transaction=True)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def refusing(times: int) -> Callable[[], str]:
    """Work that the database refuses so many times."""
    calls = iter(range(times))

    def work() -> str:
        if next(calls, None) is not None:
            raise IntegrityError("unique")
        return "done"

    return work


def test_what_stood_in_the_way_and_is_gone_is_tried_again() -> None:
    assert stored(refusing(1)) == stored(refusing(2)) == "done"
    with pytest.raises(IntegrityError):
        stored(refusing(TRIES))
    assert stored(refusing(1), instead=lambda: "the other's") == "the other's"


def test_a_refused_try_leaves_nothing_behind(company: Any) -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(StoredFile.objects.count())
        storage.keep(company, PDF)
        if len(tries) == 1:
            raise IntegrityError("unique")

    stored(work)
    assert tries == [0, 0] and StoredFile.objects.count() == 1
