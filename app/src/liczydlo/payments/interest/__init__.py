"""Statutory interest for late payment of sales, and the notes that ask for it."""
