"""What codes mean for people.

``fa3``, ``ksef``, rows and jobs know codes and params; a page, a message, a command line makes words of them at the
edge. Here are the texts of the document and of the KSeF client; a feature has its own in ``<feature>/catalogue.py``,
found by Django's autodiscovery. Each text is a Polish msgid whose English stands in the feature's ``locale``.
"""

from __future__ import annotations

from liczydlo.web.catalogue import (
    credentials,
    general,
    invoice_problems,
    ksef_packages,
    ksef_refusals,
    signed_requests,
    tables,
)

__all__ = [
    "credentials",
    "general",
    "invoice_problems",
    "ksef_packages",
    "ksef_refusals",
    "signed_requests",
    "tables",
]
