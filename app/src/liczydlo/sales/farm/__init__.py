"""Invoices VAT RR: what the company buys from flat-rate farmers, and issues itself (ustawa o VAT art. 116)."""
