"""Who asks to be let in: the signed ``AuthTokenRequest``, its signature, and whose certificate made it."""
