"""Dying on purpose: the crash test names a step in ``LICZYDLO_CRASH_AT``; the process kills itself when it gets there.

Nothing else in the program looks at that variable. SIGKILL runs no handler, closes nothing and commits nothing, so what
the next process finds is what a power cut would leave.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "LICZYDLO_CRASH_AT"

ISSUING = (
    "issue.stored",  # the rows are written, their transaction is not committed
    "issue.committed",  # committed; no worker has been told
)
SENDING = (
    "send.claimed",  # a worker holds the company's sending job
    "session.open",  # before KSeF is asked for a session
    "session.opened",  # KSeF has opened it, we have not written it down
    "session.stored",  # written down with its key
    "send.marked",  # the invoice is committed as „sending", nothing has gone out
    "send.answered",  # KSeF has the invoice, we have not written it down
    "send.arrived",  # written down: KSeF is working on it
    "recover.ask",  # before KSeF is asked what became of an invoice in doubt
    "poll.ask",  # before KSeF is asked for a status
    "poll.answered",  # the number has come, we have not written it down
    "poll.accepted",  # written down
    "upo.ask",  # before the receipt is asked for
    "upo.answered",  # the receipt has come, we have not written it down
    "upo.stored",  # written down
    "session.close",  # before the idle session is closed
    "session.closed",  # KSeF has closed it, we have not written it down
)
BATCHING = (
    "batch.packed",  # the parts are in files; KSeF knows nothing
    "batch.opened",  # KSeF has the declaration, we have not written it down
    "batch.marked",  # session, parts and invoices „sending" are committed
    "batch.upload",  # a part is on its way or has arrived
    "batch.uploaded",  # written down
    "batch.close",  # before the session is closed
    "batch.closed",  # KSeF has begun, we have not written it down
)
RECEIVING = (
    "receive.round",  # before firms are looked at
    "receive.claimed",  # a worker holds the company's inbox
    "receive.again",  # before a document that was set aside is asked for
    "receive.ask",  # before a window is asked for
    "receive.document",  # before a document is asked for
    "receive.store",  # documents have come, their transaction has not begun
    "receive.stored",  # documents and checkpoint are committed
)
EXPORTING = (
    "receive.export",  # before a package is ordered
    "receive.ordered",  # KSeF has the order, we have not written it down
    "receive.wait",  # KSeF packs; the order is written down with its key
    "receive.part",  # before a part is downloaded
)
READING = (
    "read.round",  # before firms are looked at
    "read.claimed",  # a worker holds the company's reading
    "read.store",  # documents are read, nothing of it is stored
    "read.stored",  # stored, with the mark that they are read
    "doubles.look",  # before costs outside KSeF are compared with what was read
)
SIGNING_IN = (
    "certificates.claimed",  # a worker holds the company's certificates
    "signin.submit",  # before the signed document goes out
    "signin.submitted",  # KSeF has begun the login, we have not written its number down
    "signin.decided",  # before KSeF is asked what it decided
    "signin.redeem",  # before the login's tokens are taken
    "signin.redeemed",  # they are written down
    "signin.data",  # before KSeF is asked for the name in a request
    "certificate.limits",  # a request with its key is committed
    "certificate.ask",  # committed that KSeF is being asked, nothing has gone out
    "certificate.asked",  # KSeF has the request, we have not written its number down
    "certificate.status",  # before KSeF is asked what became of it
    "certificate.fetch",  # before the certificate is fetched
    "certificate.fetched",  # it has come, we have not written it down
    "signin.prove",  # both have been issued; before the login with the new one
    "signin.store",  # it let us in, nothing is in its place yet
    "signin.stored",  # the company is connected
)
RENEWING = (
    "renew.data",  # before KSeF is asked for the name in a request
    "renew.prove",  # the new certificate has been issued; before the login with it
    "renew.store",  # it let us in, the old one is still in its place
)
CHANGING = (
    "change.committed",  # a change is a row, KSeF has not been asked
    "change.ask",  # committed that KSeF is being asked, nothing has gone out
    "change.asked",  # KSeF has it, we have not written its answer down
    "change.look",  # before KSeF's lists are read for what became of it
)
OUTAGES = ("outages.store",)  # Latarnia has answered, nothing is stored
WRITING = (
    "letters.round",  # before firms are looked at
    "letters.write",  # before a letter to an owner
    "letters.written",  # the mail server has it, we have not written it down
)
NOTIFYING = (
    "notify.post",  # before an event is posted
    "notify.posted",  # the other program has it, we have not written it down
)
ASKING = (
    "lookup.claimed",  # a worker holds the company's questions to a public service
    "lookup.ask",  # before the service is asked
    "lookup.answered",  # it has answered, nothing is stored
)
ORDERING = ("order.release",)  # its originals have their numbers, nothing is changed
RECURRING = (
    "recurring.claimed",  # a worker holds the company's recurrences
    "recurring.make",  # before a day's invoice is made
    "recurring.drafted",  # its draft is written, the transaction is not committed
    "recurring.stored",  # and that the day is done, still not committed
    "recurring.made",  # committed
    "recurring.write",  # before a letter about what waits
    "recurring.written",  # the mail server has it, we have not written it down
)
IMPORTING = (
    "import.claimed",  # a worker holds the company's files of invoices
    "import.chunk",  # a chunk of a file's invoices is committed
    "import.kept",  # the chunk and the count are written, the transaction is not committed
    "import.checked",  # a file is checked, or the run yields
)
DELIVERING = (
    "buyer.claimed",  # a worker holds the company's letters to buyers
    "buyer.write",  # before the mail server is asked to take one
    "buyer.marked",  # committed as „sending", the server has not been given it
    "buyer.given",  # the server has it, we have not written it down
)
REMINDING = (
    "reminders.round",  # before firms are looked at
    "reminders.make",  # before letters that remind are made
)
BOUNCING = (
    "bounces.look",  # before the mailbox is opened
    "bounces.message",  # before a message is read
    "bounces.taken",  # what it says and that it is done are committed
    "bounces.write",  # before people are written to about what came back
)
STEPS = (
    ISSUING
    + SENDING
    + BATCHING
    + RECEIVING
    + EXPORTING
    + READING
    + SIGNING_IN
    + RENEWING
    + CHANGING
    + OUTAGES
    + WRITING
    + NOTIFYING
    + ASKING
    + ORDERING
    + RECURRING
    + IMPORTING
    + DELIVERING
    + REMINDING
    + BOUNCING
)
"""Every name at which the program can be made to die, in the order in which they are reached."""


def reach(step: str) -> None:
    """Come to a named step. Raises ValueError for one that the crash test would not know of."""
    if step not in STEPS:
        raise ValueError(f"not a step: {step}")
    if os.environ.get(VARIABLE) == step:
        os.kill(os.getpid(), signal.SIGKILL)
