"""Receiving invoices: what KSeF holds for the company as a buyer, brought in once each."""
