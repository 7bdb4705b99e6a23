"""When KSeF is away: announced outages, and what they make of deadlines."""
