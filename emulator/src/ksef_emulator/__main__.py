"""``ksef-emulator``: nothing is imported before Ctrl-C and SIGTERM can be answered."""

from __future__ import annotations

import gc
import os
import signal
import sys


def main(arguments: list[str] | None = None) -> int:
    """Do what the arguments say; see `cli.main`."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    gc.disable()  # until the emulator serves: nearly all that a start makes stays
    from .cli import main as run  # noqa: PLC0415 - two thirds of the start are imports

    return run(sys.argv[1:] if arguments is None else arguments)


def _leave(_number: int, _frame: object) -> None:
    """While modules are imported there is nothing to put in order, and an exception would have to pass through them."""
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
