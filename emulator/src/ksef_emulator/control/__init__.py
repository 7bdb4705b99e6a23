"""The control panel: what only a test environment lets one do, on a port of its own that is never public."""

from .panel import install

__all__ = ["install"]
