"""PEF(3): a sale to a public buyer as UBL 2.1 by Peppol BIS Billing 3.0 (EN 16931), made of its FA(3). Without Django.

Only a provider of Peppol services sends PEF to KSeF (``PefInvoiceWrite`` in its own context; ksef-docs
api-changelog.md 2.0.0 RC5), for sellers who gave it ``PefInvoicing``: this makes the file that the provider is given.
The Ministry's schema comes with no installed package; tests compare with it where it is.
"""
