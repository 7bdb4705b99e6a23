"""Certificates and their keys: read from files, checked, stored, copied."""
