"""Invoices as documents, issued and received alike: their bytes and one index row each."""
