"""Invoices from tables: what the lines of a file mean is shown invoice by invoice, then stored whole or not at all."""
