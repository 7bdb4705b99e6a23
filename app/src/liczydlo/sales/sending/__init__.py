"""From an issued invoice to its KSeF number and receipt: the job and its carriers, sessions, outcomes, receipts."""
