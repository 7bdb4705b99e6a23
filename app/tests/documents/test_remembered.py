"""What was read of documents is kept by the digest, so many of it and no more."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from liczydlo.documents.remembered import Remembered

pytestmark = pytest.mark.pure


def test_what_is_known_is_not_read_and_the_longest_unused_goes() -> None:
    asked: list[list[str]] = []

    def read(keys: Collection[str]) -> dict[str, int]:
        asked.append(list(keys))
        return {key: len(key) for key in keys}

    lengths: Remembered[str, int] = Remembered(2)
    assert lengths.of(["a", "bb", "a"], read) == {"a": 1, "bb": 2}
    assert lengths.of(["a"], read) == {"a": 1}
    assert lengths.of(["ccc"], read) == {"ccc": 3}, "bb is the longest unused"
    assert lengths.of(["a", "bb"], read) == {"a": 1, "bb": 2}
    assert asked == [["a", "bb"], ["ccc"], ["bb"]]


def test_more_than_it_keeps_is_answered_at_once() -> None:
    lengths: Remembered[str, int] = Remembered(1)
    assert lengths.of(["a", "bb"], lambda keys: {key: len(key) for key in keys}) == {"a": 1, "bb": 2}


def test_what_cannot_be_read_is_not_kept() -> None:
    lengths: Remembered[str, int] = Remembered(1)
    with pytest.raises(ZeroDivisionError):
        lengths.of(["a"], lambda _keys: {"a": 1 // 0})
    assert lengths.of(["a"], lambda _keys: {"a": 1}) == {"a": 1}
