"""The list of certificates: those that KSeF knows, those that are kept here, and what is left of limits."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from liczydlo import ksef
from liczydlo.companies.models import Company
from liczydlo.connection.certificates import status
from liczydlo.connection.certificates.enrollments import used_up
from liczydlo.connection.certificates.renewal import AHEAD, underway, watched
from liczydlo.connection.changes.lists import Group, Item, Listing, Proposal, ask
from liczydlo.connection.forms.credentials import RevokeForm
from liczydlo.connection.models import (
    VOID,
    ChangeKind,
    Enrollment,
    EnrollmentState,
    StoredCertificate,
    passphrase_of,
)
from liczydlo.web import times
from liczydlo.web.templatetags.liczydlo import czas, data

Answer = tuple[tuple[ksef.CertificateInfo, ...], ksef.CertificateLimits]


def certificates(company: Company) -> Listing:
    """Ask KSeF, and show what is kept here even when it cannot be asked."""
    stored = {one.serial: one for one in watched(company)}

    def question(client: ksef.Client) -> Answer:
        return client.query_certificates(), client.certificate_limits()

    answer = ask(company, question)
    away = answer if isinstance(answer, Listing) else Listing()
    listed, limits = ((), None) if isinstance(answer, Listing) else answer
    if listed:
        status.keep(company, listed, at=times.now())
    serials = {one.serial for one in listed}
    ours_first = sorted(
        listed, key=lambda one: (one.serial not in stored, one.status != "Active", -one.valid_to.timestamp())
    )
    items = [_of_ours(company, one) for serial, one in stored.items() if serial not in serials]
    items += [_of_ksef(company, one, stored.get(one.serial)) for one in ours_first]
    return Listing(
        groups=(Group(items=tuple(items)),) if items else (),
        away=away.away,
        missing=away.missing,
        more={
            "limits": limits,
            "full": used_up(limits, listed) if limits is not None else None,
            "underway": list(underway(company)),
            "refused": _last_refused(company),
            "ahead": AHEAD.days,
            "void": _void(company, listed),
            "passphrase": passphrase_of(company),
        },
    )


def _void(company: Company, listed: Sequence[ksef.CertificateInfo]) -> list[tuple[str, status.Hit]]:
    """Serial numbers that KSeF no longer honours, each with what depends on it; when KSeF is away, of its last word."""
    serials = [one.serial for one in listed if one.status in VOID]
    serials += [one.serial for one in watched(company) if one.is_void and one.serial not in serials]
    return [(serial, hit) for serial in serials for hit in status.hits(company, serial)]


def _last_refused(company: Company) -> Enrollment | None:
    """The last renewal, if KSeF refused it."""
    mine = Enrollment.objects.of(company).filter(environment=company.environment, renewal=True)
    last: Enrollment | None = mine.order_by("-pk").first()
    return last if last is not None and last.state == EnrollmentState.REFUSED else None


def _purpose(purpose: str) -> str:
    return _("Praca offline") if purpose == "Offline" else _("Logowanie")


def _states() -> dict[str, tuple[str, str, str]]:
    return {
        "Active": (_("Aktywny"), "tone-ok", "circle-check"),
        "Revoked": (_("Unieważniony"), "tone-bad", "ban"),
        "Blocked": (_("Zablokowany"), "tone-warn", "lock"),
        "Expired": (_("Wygasły"), "muted", "calendar-x"),
    }


def _of_ksef(company: Company, certificate: ksef.CertificateInfo, stored: StoredCertificate | None) -> Item:
    used = (
        _("ostatnio użyty %(when)s") % {"when": czas(certificate.last_used)}
        if certificate.last_used
        else _("jeszcze nieużyty")
    )
    state = _states().get(certificate.status, (certificate.status, "muted", ""))
    return Item(
        id=certificate.serial,
        title=_purpose(certificate.purpose),
        tags=(state, *_used_here(stored)),
        lines=(
            certificate.name or certificate.common_name,
            f"{data(certificate.valid_from)} – {data(certificate.valid_to)} · {used}",
        ),
        number=certificate.serial,
        muted=certificate.status != "Active",
        proposal=_revocation(certificate, stored) if certificate.status == "Active" else None,
        links=_links(company, stored, copy=_("Kopia klucza")),
        buttons=_links(company, stored, renew=_("Odnów")),
    )


def _of_ours(company: Company, stored: StoredCertificate) -> Item:
    """One that KSeF does not list, or was not asked about: then by its last word."""
    tag = (_("nieznany w KSeF"), "muted", "")
    if stored.ksef_status:
        word, tone, icon = _states().get(stored.ksef_status, (stored.ksef_status, "muted", ""))
        tag = (_("%(state)s (KSeF, %(when)s)") % {"state": word, "when": czas(stored.checked_at)}, tone, icon)
    return Item(
        id=stored.serial,
        title=_purpose(stored.purpose),
        tags=(tag, *_used_here(stored)),
        lines=(stored.subject_name, f"{data(stored.not_before)} – {data(stored.not_after)}"),
        number=stored.serial,
        links=_links(company, stored, copy=_("Kopia klucza")),
        buttons=_links(company, stored, renew=_("Odnów")),
    )


def _used_here(stored: StoredCertificate | None) -> tuple[tuple[str, str, str], ...]:
    return ((_("używany w programie"), "tone-ok", ""),) if stored is not None else ()


def _links(company: Company, stored: StoredCertificate | None, **names: str) -> tuple[tuple[str, str], ...]:
    """Addresses with their words, of a certificate that is used here."""
    if stored is None:
        return ()
    arguments = [company.pk, stored.purpose.lower()]
    return tuple(
        (reverse(f"connection:certificates-{name}", args=arguments), text) for name, text in names.items()
    )


def _revocation(certificate: ksef.CertificateInfo, stored: StoredCertificate | None) -> Proposal:
    if certificate.purpose == "Offline":
        hit = _(
            "Kody QR faktur wystawionych offline przestaną przechodzić weryfikację, a program nie wystawi nowych,"
            " dopóki nie dostanie następnego certyfikatu."
        )
    else:
        hit = _("Firma zostanie rozłączona z KSeF, dopóki nie połączysz jej na nowo.")
    return Proposal(
        kind=ChangeKind.REVOKE_CERTIFICATE,
        body={"serial": certificate.serial},
        details={"purpose": certificate.purpose, "serial": certificate.serial},
        facts=(
            (_("Numer seryjny"), certificate.serial),
            (_("Nazwa"), certificate.name),
            (_("Właściciel certyfikatu"), certificate.common_name),
            (_("Ważny do"), data(certificate.valid_to)),
        ),
        consequence=_("Tego nie można cofnąć."),
        warning=(_("Program używa tego certyfikatu"), hit) if stored is not None else None,
        form=RevokeForm,
    )
