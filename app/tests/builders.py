"""What tests of every part make: without Django and without a database."""

from __future__ import annotations

import random


def new_nip() -> str:
    """A NIP with a right checksum that no other test uses: the emulator remembers."""
    while True:
        digits = [random.randint(1, 9) for _ in range(9)]
        check = sum(w * d for w, d in zip((6, 5, 7, 2, 3, 4, 5, 6, 7), digits, strict=True)) % 11
        if check < 10:
            return "".join(map(str, [*digits, check]))
