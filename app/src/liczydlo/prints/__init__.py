"""Prints: invoices and receipts as PDF/A-3 with their XML inside, set by Typst."""
