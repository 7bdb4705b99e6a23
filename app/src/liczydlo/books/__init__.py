"""What the accountant and the tax office get of the invoices that are here."""
