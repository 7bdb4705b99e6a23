"""Whom the company trades with."""
