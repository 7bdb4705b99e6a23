"""Pages of the connection, one module for each tab or way in."""
