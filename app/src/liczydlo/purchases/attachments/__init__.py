"""Files that people attach to purchases: a delivery note, an order, a confirmation."""
