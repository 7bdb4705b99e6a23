"""KSeF tokens and the logins that are alive: listed, made, revoked, ended."""
