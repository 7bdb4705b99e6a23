"""Stand-ins for public services beside KSeF, in their real protocols with made-up answers."""
