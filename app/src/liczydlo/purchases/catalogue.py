"""What purchases itself has to say; KSeF's own words come from ``web.catalogue``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liczydlo.web.catalogue.registry import register

register(
    {
        "hash-differs": _(
            "Dokument {ksef_number} nie zgadza się ze skrótem z listy KSeF, więc nie został przyjęty. Zostanie"
            " pobrany ponownie sam."
        ),
        "document-fails": _(
            "KSeF ma dokument {ksef_number} na liście, ale nie potrafi go wydać (HTTP 500). Zostanie pobrany"
            " ponownie sam."
        ),
    }
)
