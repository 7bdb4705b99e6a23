"""The emulator at whose door these tests stand, and its clients."""

from ..login.conftest import door, owner, running

__all__ = ["door", "owner", "running"]
