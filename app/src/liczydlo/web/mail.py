"""Letters given to the mail server one by one, with its answer; and those where no mail server is configured."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address

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


class NotTaken(Exception):
    """The mail server has surely not got a letter; the text is its answer. ``is_final``: trying again is of no use."""

    def __init__(self, text: str, *, is_final: bool = False) -> None:
        super().__init__(text)
        self.is_final = is_final


class InDoubt(Exception):
    """The connection broke while the mail server was given a letter: it may have it."""


class Server:
    """An open connection to the mail server."""

    def __init__(self, backend: Any) -> None:
        """Made by ``server`` alone."""
        self._backend = backend

    def give(self, letter: EmailMessage) -> None:
        """Give a letter to one address. Raises NotTaken and InDoubt."""
        smtp = getattr(self._backend, "connection", None)
        try:
            if isinstance(smtp, smtplib.SMTP):
                encoding = settings.DEFAULT_CHARSET
                sender = sanitize_address(letter.from_email, encoding)
                to = [sanitize_address(one, encoding) for one in letter.recipients()]
                message: Any = letter.message()  # Django's own, with ``linesep``
                smtp.sendmail(parseaddr(sender)[1], to, message.as_bytes(linesep="\r\n"))
            elif not self._backend.send_messages([letter]):
                raise NotTaken("")
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _answer(code, text) from error
        except smtplib.SMTPResponseException as error:
            raise _answer(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise InDoubt(type(error).__name__) from error


@contextmanager
def server() -> Iterator[Server]:
    """The mail server, which has answered by then. Raises NotTaken while it is away."""
    backend = get_connection()
    try:
        backend.open()
    except (smtplib.SMTPException, OSError) as error:
        raise NotTaken(type(error).__name__) from error
    try:
        yield Server(backend)
    finally:
        backend.close()


def _answer(code: int, text: bytes | str) -> NotTaken:
    """What the server said; 5xx is for good (RFC 5321, 4.2.1)."""
    message = text.decode(errors="replace") if isinstance(text, bytes) else text
    return NotTaken(f"{code} {' '.join(message.split())}"[:300], is_final=code >= 500)
