"""Changes that people ask KSeF for: rows that are committed first, carried out at once, recovered after a crash."""
