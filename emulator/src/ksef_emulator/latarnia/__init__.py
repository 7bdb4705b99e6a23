"""Latarnia, the public word on whether KSeF works: no login, its own address in the live system."""
