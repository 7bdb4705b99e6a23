"""The whole of KSeF on localhost."""

__version__ = "0.1.0"
