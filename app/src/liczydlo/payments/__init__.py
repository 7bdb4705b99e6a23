"""Paying: the firm's own bank accounts, transfers and bank statements."""
