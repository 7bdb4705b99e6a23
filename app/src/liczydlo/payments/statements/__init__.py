"""Bank statements: read from files, kept once, and matched to invoices by people."""
