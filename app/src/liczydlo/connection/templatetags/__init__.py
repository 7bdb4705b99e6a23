"""Template tags of the connection."""
