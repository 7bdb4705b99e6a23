"""The whole of KSeF on localhost."""

__version__ = "0.1.0"
API_VERSION = "2.9.0"
"""Of the OpenAPI that it speaks."""
