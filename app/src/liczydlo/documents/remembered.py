"""What was read of documents a moment ago. Bytes never change, so what follows from a digest is kept by the digest."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """Values of one process by digests, or by what is made of digests; ``most`` of them, the longest unused go first.

    A value may follow from nothing but the bytes that its key names: it is shared by all firms.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()  # threads of one process share it

    def of(
        self, keys: Iterable[Key], read: Callable[[Collection[Key]], Mapping[Key, Value]]
    ) -> dict[Key, Value]:
        """The values of ``keys``; ``read`` is asked once, for those that are not known."""
        wanted = dict.fromkeys(keys)
        with self._lock:
            values = {key: self._values[key] for key in wanted if key in self._values}
        unread = [key for key in wanted if key not in values]
        values |= read(unread) if unread else {}
        with self._lock:
            for key in wanted:
                self._values.pop(key, None)
                self._values[key] = values[key]
            while len(self._values) > self.most:
                self._values.popitem(last=False)
        return values
