"""Letters to the owners before a certificate ends: 60, 30, 7 and 1 days ahead, each once."""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from collections.abc import Callable

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from liczydlo.companies.models import Company, Membership, Role
from liczydlo.connection.certificates.models import Warned
from liczydlo.connection.certificates.renewal import watched
from liczydlo.connection.models import StoredCertificate

log = logging.getLogger(__name__)
DAYS = (60, 30, 7, 1)


def reached(stored: StoredCertificate, now: dt.datetime) -> int | None:
    """The nearest of the days that have come; None long before the end, and after it."""
    left = stored.not_after - now
    if left <= dt.timedelta(0):
        return None
    return min((days for days in DAYS if left <= dt.timedelta(days=days)), default=None)


def send(company: Company, *, clock: Callable[[], dt.datetime]) -> int:
    """Write about what has come and was not written of; the count of letters. A mail server that is away is tried
    again with the next look."""
    now = clock()
    sent = 0
    for stored in watched(company):
        days = reached(stored, now)
        if days is None:
            continue
        known = Warned.objects.of(company).filter(fingerprint=stored.fingerprint, days=days)
        if known.exists():
            continue
        try:
            _write(company, stored, now)
        except (smtplib.SMTPException, OSError) as error:
            log.warning("company %s: a warning could not be mailed: %s", company.pk, type(error).__name__)
            continue
        Warned.objects.create(company=company, fingerprint=stored.fingerprint, days=days)
        sent += 1
    return sent


def _write(company: Company, stored: StoredCertificate, now: dt.datetime) -> None:
    owners = Membership.objects.filter(company=company, role=Role.OWNER).select_related("user")
    days = max((stored.not_after - now).days, 0)
    values = {"company": company, "stored": stored, "days": days}
    with translation.override("pl"):
        subject = _("%(firm)s: certyfikat KSeF wygasa za %(days)s dni") % {"firm": company.name, "days": days}
        text = render_to_string("certificates/warning.txt", values)
    send_mail(subject, text, None, [each.user.email for each in owners if each.user.email])
