"""Letters that come back: delivery status notifications (RFC 3464) read from a mailbox."""
