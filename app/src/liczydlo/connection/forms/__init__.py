"""Forms of the connection's pages."""
