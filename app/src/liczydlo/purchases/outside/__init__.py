"""Costs outside KSeF: invoices from abroad, receipts, tickets; people type in a few fields beside a scan or a photo."""
