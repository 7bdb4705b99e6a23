"""Permissions in KSeF: listed, granted, revoked."""
