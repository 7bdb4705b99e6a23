"""Questions to public services that a firm has switched on, and their answers, kept as evidence."""
