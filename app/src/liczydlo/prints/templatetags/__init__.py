"""Template tags of the prints."""
