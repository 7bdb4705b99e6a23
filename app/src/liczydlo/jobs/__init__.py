"""Background work: rows say what is due, claims with leases say who does it, a queue only wakes a worker."""
