"""The app of sales."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from liczydlo.web.chips import CHIPS, Chip

PAYMENTS: Final[dict[str, Chip]] = {
    "sale-due": Chip(label=_("Niezapłacona"), icon="banknote", tone="muted"),
    "sale-part": Chip(label=_("Zapłacona w części"), icon="circle-dashed", tone="warn"),
    "sale-paid": Chip(label=_("Zapłacona"), icon="circle-check", tone="ok"),
    "sale-return": Chip(label=_("Do zwrotu"), icon="undo-2", tone="warn"),
    "sale-overdue": Chip(label=_("Po terminie płatności"), icon="triangle-alert", tone="bad"),
}
"""What was paid of a sale."""
LETTERS: Final[dict[str, Chip]] = {
    "letter-waiting": Chip(label=_("Czeka"), icon="hourglass", tone="wait"),
    "letter-sending": Chip(label=_("Wysyłanie"), icon="send", tone="wait"),
    "letter-sent": Chip(label=_("Wysłany"), icon="circle-check", tone="ok"),
    "letter-refused": Chip(label=_("Niewysłany"), icon="circle-x", tone="bad"),
    "letter-returned": Chip(label=_("Zwrócony"), icon="mail-x", tone="bad"),
    "letter-doubt": Chip(label=_("Niepewny"), icon="circle-question-mark", tone="warn"),
}
"""Of letters to buyers."""


class SalesConfig(AppConfig):
    """Invoices that the company issues."""

    name = "liczydlo.sales"

    def ready(self) -> None:
        """Guard issued invoices, make the sending job known to workers, and let a new connection wake it."""
        from liczydlo import guards  # noqa: PLC0415 - models come first
        from liczydlo.companies.saved_filters import LISTS  # noqa: PLC0415
        from liczydlo.companies.signals import acted, environment_changed  # noqa: PLC0415
        from liczydlo.connection.signals import (  # noqa: PLC0415 - models come first
            certificate_void,
            certificates_listed,
            connected,
        )
        from liczydlo.contacts.privacy import KEEPERS  # noqa: PLC0415 - models come first
        from liczydlo.documents.arrivals import TAKERS  # noqa: PLC0415 - models come first
        from liczydlo.documents.models import Direction  # noqa: PLC0415
        from liczydlo.offline.effects import TELLERS  # noqa: PLC0415 - models come first
        from liczydlo.offline.signals import outages_changed  # noqa: PLC0415 - models come first
        from liczydlo.sales import awaiting, deadlines, effects, elsewhere, letters, proof, services  # noqa: PLC0415
        from liczydlo.sales import unfinished as typed  # noqa: PLC0415 - models come first
        from liczydlo.sales.delivery import job as buyer_letters  # noqa: F401, PLC0415 - registers the job
        from liczydlo.sales.delivery import reminders  # noqa: F401, PLC0415 - so does this
        from liczydlo.sales.delivery.bounces import job as bounces  # noqa: F401, PLC0415 - so does this
        from liczydlo.sales.delivery.letters import kept_of, once_moved  # noqa: PLC0415 - models come first
        from liczydlo.sales.guards import GUARDS  # noqa: PLC0415
        from liczydlo.sales.importing import reports  # noqa: F401, PLC0415 - registers the job
        from liczydlo.sales.repeating import job, recurrences, templates  # noqa: F401, PLC0415 - registers the job
        from liczydlo.sales.repeating import letters as recurring_letters  # noqa: F401, PLC0415 - so does this
        from liczydlo.sales.sending import run  # noqa: F401, PLC0415 - registers the job
        from liczydlo.sales.signals import moved  # noqa: PLC0415

        guards.protect(self, GUARDS)
        KEEPERS["templates"] = templates.kept_of
        KEEPERS["letters"] = kept_of
        KEEPERS["unfinished"] = typed.kept_of
        LISTS["sales"] = "sales:list"
        TELLERS.append(effects.of_invoices)
        TAKERS[Direction.SALE] = elsewhere
        connected.connect(services.once_connected, dispatch_uid="sales")
        certificates_listed.connect(proof.note, dispatch_uid="sales")
        certificate_void.connect(proof.hit, dispatch_uid="sales")
        certificate_void.connect(proof.hit_self_billed, dispatch_uid="sales self-billed")
        connected.connect(awaiting.once_connected, dispatch_uid="sales order")
        outages_changed.connect(deadlines.recompute, dispatch_uid="sales")
        acted.connect(recurrences.once_people_changed, dispatch_uid="sales recurring")
        environment_changed.connect(recurrences.once_moved, dispatch_uid="sales recurring")
        outages_changed.connect(letters.once_outages_changed, dispatch_uid="sales letters")
        CHIPS["session-open"] = Chip(label=_("Otwarta"), icon="circle-play", tone="wait")
        CHIPS["session-closed"] = Chip(label=_("Zamknięta"), icon="circle-check", tone="ok")
        CHIPS["session-broken"] = Chip(label=_("Przerwana"), icon="triangle-alert", tone="bad")
        CHIPS["awaiting"] = Chip(label=_("Czeka na numer"), icon="hourglass", tone="wait")
        CHIPS["awaiting-rate"] = Chip(
            label=_("Czeka na kurs NBP"),
            icon="hourglass",
            tone="wait",
            title=_("Program próbuje co godzinę. Gdy minie dzień roboczy bez kursu, napisze o tym."),
        )
        CHIPS["leaving"] = Chip(label=_("Zaraz się wyśle"), icon="hourglass", tone="wait")
        CHIPS["returned"] = Chip(label=_("Szkic, do poprawy"), icon="pencil-line", tone="bad")
        CHIPS["elsewhere"] = Chip(
            label=_("Wystawiona poza programem"),
            icon="cloud-download",
            tone="ok",
            title=_("Ma numer KSeF. Wysłał ją inny program, a ten pobrał ją z KSeF."),
        )
        moved.connect(once_moved, dispatch_uid="sales buyer letters")
        CHIPS.update(PAYMENTS)
        CHIPS.update(LETTERS)
        CHIPS["held"] = Chip(label=_("Wstrzymana"), icon="circle-pause", tone="warn")
