"""Permissions in KSeF, from the application: given, received, one's own; granting and taking away."""
