"""Transfers as banks take them: whom, how much, under what title, in which file."""
