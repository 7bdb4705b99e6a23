"""Reports of mail servers about letters that came back."""

from __future__ import annotations

from app.tests.sales.test_buyer_letters import ADDRESS


def dsn(
    message_id: str,
    *,
    to: str = ADDRESS,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 <biuro@kupiec.example>: User unknown",
    original: str = "",
    returned: str = "text/rfc822-headers",
    text: str = "Your message could not be delivered.",
) -> bytes:
    """As Postfix writes it (RFC 3464, appendix E)."""
    first = f"Original-Recipient: rfc822; {original}\n" if original else ""
    return f"""\
From: MAILER-DAEMON@mail.example (Mail Delivery System)
To: liczydlo@localhost
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b/1"

--b/1
Content-Type: text/plain; charset=us-ascii

{text}

--b/1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Arrival-Date: Sun, 29 Nov 2026 20:00:00 +0100 (CET)

Final-Recipient: rfc822; {to}
{first}Action: {action}
Status: {status}
Diagnostic-Code: {said}

--b/1
Content-Type: {returned}

From: liczydlo@localhost
Message-ID: {message_id}
Subject: Faktura

--b/1--
""".encode()
