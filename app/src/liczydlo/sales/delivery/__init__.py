"""Letters to buyers: an invoice as files or as a link, what the mail server said, and what goes by itself."""
