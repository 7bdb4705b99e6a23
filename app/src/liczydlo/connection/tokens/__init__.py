"""KSeF tokens: connecting by one; made, revoked; and logins."""
