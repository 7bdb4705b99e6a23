"""Certificates that the program asks KSeF for: enrollment, renewal, expiry notices."""
