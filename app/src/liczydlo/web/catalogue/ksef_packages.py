"""What is wrong with a package that KSeF exported, or with one document of it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liczydlo.web.catalogue.registry import register

register(
    {
        "package-differs": _(
            "Paczka faktur z KSeF różni się od tego, co KSeF o niej podał. Nic z niej nie przyjęto; zostanie"
            " zamówiona ponownie sama."
        ),
        "package-unreadable": _(
            "Paczki faktur z KSeF nie da się otworzyć. Nic z niej nie przyjęto; zostanie zamówiona ponownie"
            " sama."
        ),
        "package-too-large": _(
            "Paczka faktur z KSeF rozpakowuje się do większego rozmiaru, niż KSeF dopuszcza. Nic z niej nie"
            " przyjęto; zostanie zamówiona ponownie sama."
        ),
        "package-unsafe": _(
            "Paczka faktur z KSeF zawiera pliki, których nie wolno w niej umieścić, na przykład dwa o jednej"
            " nazwie. Nic z niej nie przyjęto; zostanie zamówiona ponownie sama."
        ),
        "package-not-made": _(
            "KSeF nie przygotował zamówionej paczki faktur. Zostanie zamówiona ponownie sama."
        ),
        "file-missing": _("Paczka z KSeF wymienia dokument {ksef_number}, ale go nie zawiera."),
        "file-not-listed": _("Paczka z KSeF zawiera plik {ksef_number}, którego nie wymienia jej spis."),
        "ksef-number-invalid": _(
            "Numer KSeF {ksef_number} ma błędną sumę kontrolną lub budowę, więc dokument nie został przyjęty."
        ),
        "listing-unreadable": _("Opisu dokumentu {ksef_number} w paczce z KSeF nie da się odczytać."),
    }
)
