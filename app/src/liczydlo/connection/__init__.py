"""The way to KSeF: keys, certificates, permissions, tokens, logins of a company."""
