"""Letters where no mail server is configured: they are not sent, and nothing of them is shown."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

log = logging.getLogger(__name__)


class NoMailServer(BaseEmailBackend):
    """Says in the log that a letter could not go; never its text, which may hold a link that sets a password."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for letter in email_messages:
            log.warning(
                "a letter to %d people was not sent, for no mail server is configured (LICZYDLO_EMAIL_URL);"
                " `liczydlo manage password_link ADDRESS` makes a link that sets a password",
                len(letter.recipients()),
            )
        return 0
