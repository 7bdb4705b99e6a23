"""Clients of public services other than KSeF; nothing here knows Django. ``http`` is their one door."""
