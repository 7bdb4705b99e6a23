"""The owner's passphrase: keys that open only for a working session."""
