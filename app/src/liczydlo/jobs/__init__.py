"""Background work: rows say what is due, claims with leases say who does it, the dispatcher hands it out."""
