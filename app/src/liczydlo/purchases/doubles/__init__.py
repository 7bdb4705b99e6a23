"""Costs that were typed in and that came through KSeF too: finding them, joining them, or saying that they are two."""
