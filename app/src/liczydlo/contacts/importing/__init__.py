"""Contractors and goods from files: what a file would change is shown line by line, then stored whole or not at all."""
