"""Latarnia, the public word on whether KSeF works: no login, its own address in the live system."""

from .service import router

__all__ = ["router"]
