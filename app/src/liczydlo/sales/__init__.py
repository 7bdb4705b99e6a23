"""Issuing invoices: the form, ready files, preview, sending, and what became of each."""
