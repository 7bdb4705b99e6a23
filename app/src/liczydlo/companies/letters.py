"""Letters to people: each in the language that its reader has chosen, with a link that opens the program."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation

from liczydlo.companies.models import Company, Role, User

log = logging.getLogger(__name__)


def owners(company: Company) -> list[User]:
    """Whom letters about a company go to."""
    people = User.objects.filter(memberships__company=company, memberships__role=Role.OWNER, is_active=True)
    return [person for person in people.order_by("pk") if person.email]


def link(path: str) -> str:
    """The address of a page; empty where nobody has said under which address people reach the program."""
    return f"{settings.LICZYDLO_URL}{path}" if settings.LICZYDLO_URL else ""


def write(person: User, subject: Callable[[], str], template: str, values: dict[str, Any]) -> bool:
    """Mail a letter; whether the mail server took it. Both texts are made in the person's language."""
    with translation.override(person.language or settings.LANGUAGE_CODE):
        heading, text = " ".join(subject().split()), render_to_string(template, values)
    try:
        return bool(send_mail(heading, text, None, [person.email]))
    except (smtplib.SMTPException, OSError) as error:
        log.warning("a letter to person %s could not be mailed: %s", person.pk, type(error).__name__)
        return False
