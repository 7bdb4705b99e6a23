"""Templates of invoices, and what is made of them on certain days."""
