"""A test KOD II: the link of an invoice that nobody issued, signed with the offline certificate.

The signature is verified here in every environment. Only the emulator's page is fetched and its verdict read: it stands
beside this program. The Ministry's pages are made for people, promise programs nothing, and are left alone; there the
person gets the link to open.
"""

from __future__ import annotations

import hashlib
import os
from typing import Any

import httpx2
from lxml import etree, html

from liczydlo import ksef
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.errors import NotConnected
from liczydlo.connection.readiness.findings import Finding
from liczydlo.ksef.qr import is_signed_by
from liczydlo.web.reasons import Reason


def check(company: Company, clock: clients.Clock) -> Finding:
    """Build the link, verify it, and ask the emulator's page."""
    try:
        credential = clients.offline_credential(company, clock=clock)
    except NotConnected as error:
        return Finding.of_error("kod2", error, "kod2-no-certificate")
    where = clients.environment(company)
    digest = hashlib.sha256(b"test KOD II " + os.urandom(32)).digest()
    try:
        link = ksef.kod_2(
            where,
            context=ksef.Context(value=company.nip),
            seller_nip=company.nip,
            sha256=digest,
            credential=credential,
        )
    except ksef.CredentialError as error:
        return Finding.of_error("kod2", error, "kod2-not-signed")
    if not is_signed_by(link, credential.certificate):
        return Finding(check="kod2", state="bad", code="kod2-signature", link=link)
    if where.name != "EMULATOR":
        return Finding(check="kod2", state="ok", code="kod2-signed", link=link)
    return _verdict(link, clients.connections(where))


def _verdict(link: str, http: httpx2.Client) -> Finding:
    """What the emulator's page says."""
    try:
        accepted, why = read(http.get(link, headers={"Accept-Language": "pl"}).content)
        if accepted:
            return Finding(check="kod2", state="ok", code="kod2-accepted", link=link)
        _, english = read(http.get(link, headers={"Accept-Language": "en"}).content)
    except httpx2.HTTPError:
        return Finding(check="kod2", state="warn", code="kod2-page-away", link=link)
    reason = Reason("verbatim", {"pl": why, "en": english}).as_json()
    return Finding(check="kod2", state="bad", code="kod2-refused", said=reason, link=link)


def read(page: bytes) -> tuple[bool, str]:
    """Whether the emulator's page accepts the code, and the steps that do not hold."""
    try:
        root = html.fromstring(page.decode("utf-8", "replace"))
    except etree.ParserError:
        return False, ""
    verdicts: Any = root.xpath("//*[contains(concat(' ', @class, ' '), ' verdict ')]")
    steps: Any = root.xpath("//li[contains(concat(' ', @class, ' '), ' no ')]")
    accepted = bool(verdicts) and all("good" in verdict.get("class").split() for verdict in verdicts)
    texts = [" ".join(one.text_content().replace("✗", "").split()) for one in steps or verdicts]
    return accepted, "; ".join(texts)
