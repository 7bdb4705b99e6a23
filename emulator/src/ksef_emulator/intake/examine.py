"""The examination of one document, from bytes to facts: pure, so that a batch can run it ten thousand times.

The order is that in which KSeF answers: size, XML, schema, meaning, right to issue, attachment. Duplicates
and the number need the register and are in `model/sending/intake_queue.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from lxml import etree

from .facts import Facts
from .facts_fa import read_fa, read_rr
from .facts_pef import read_pef
from .identifiers import internal_id_checksum_holds, nip_checksum_holds
from .refusals import (
    Refusal,
    attachment_not_allowed,
    no_attachment_consent,
    not_permitted,
    too_large,
    wrong_content,
)
from .schemas import FormCode, Schemas
from .xml_rules import parse

READERS: dict[str, Callable[[etree._Element], Facts]] = {"FA": read_fa, "FA_RR": read_rr, "PEF": read_pef}
"""`value` of a form code → how its facts are read."""
WITH_DECLARED_ATTACHMENTS = "FA"
"""Only the attachments of FA are declared and go in batches; those of PEF are part of any message."""
MAX_BYTES = 1_000_000
MAX_BYTES_WITH_ATTACHMENT = 3_000_000


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What applies to the documents of one session.

    `day` is the Polish calendar day of acceptance; `may_issue` tells whether the session's context may issue
    this invoice; `attachments` whether this way of sending takes them, `consented` whether the seller of this NIP
    declared that they will come; `verify_identifiers` switches on the
    checksums of NIP, which production has always and TEST on the header `subject-identifier-validation`.
    """

    form: FormCode
    day: date
    may_issue: Callable[[Facts], bool]
    attachments: bool = False
    consented: Callable[[str], bool] = lambda _nip: False
    verify_identifiers: bool = False
    max_bytes: int = MAX_BYTES
    max_bytes_with_attachment: int = MAX_BYTES_WITH_ATTACHMENT


def examine(xml: bytes, rules: Rules, schemas: Schemas) -> Facts:
    """The facts of an acceptable document; raises `Refusal` otherwise."""
    if len(xml) > max(rules.max_bytes, rules.max_bytes_with_attachment):
        raise too_large(rules.max_bytes_with_attachment)
    root = parse(xml)
    try:
        schemas.check(root, rules.form)
    except Refusal:
        _check_form(root, rules.form)
        raise
    facts = READERS[rules.form.value](root)
    try:
        _judge(facts, len(xml), rules)
    except Refusal as refusal:
        refusal.invoice_number = facts.number
        raise
    return facts


def _judge(facts: Facts, size: int, rules: Rules) -> None:
    """The rules of meaning, for a document whose form is right."""
    if not facts.has_attachment and size > rules.max_bytes:
        raise too_large(rules.max_bytes)
    if facts.issue_date > rules.day:
        raise wrong_content(
            "Data wystawienia faktury (P_1) nie może być późniejsza niż data przyjęcia faktury."
        )
    if rules.verify_identifiers:
        _check_identifiers(facts)
    if not rules.may_issue(facts):
        raise not_permitted()
    attached = facts.has_attachment and rules.form.value == WITH_DECLARED_ATTACHMENTS
    if attached and not rules.attachments:
        raise attachment_not_allowed()
    if attached and not rules.consented(facts.seller.value or ""):
        raise no_attachment_consent(facts.seller.value or "")


def _check_form(root: etree._Element, form: FormCode) -> None:
    """The document names the structure for which its session was opened."""
    code = root.find("{*}Naglowek/{*}KodFormularza")
    if code is not None and code.get("kodSystemowy") != form.system_code:
        raise wrong_content(
            "Dokument nie jest zgodny ze schemą (xsd).",
            f"Linia {code.sourceline}: kodSystemowy „{code.get('kodSystemowy')}” nie odpowiada schemie sesji"
            f" „{form.system_code}”.",
        )


def _check_identifiers(facts: Facts) -> None:
    """Checksums of Podmiot1, Podmiot2, Podmiot3 and PodmiotUpowazniony (weryfikacja-faktury.md, „Walidacja
    NIP")."""
    named = [("Podmiot1", facts.seller), ("Podmiot2", facts.buyer)]
    named += [("Podmiot3", party) for party in facts.third]
    named += [("PodmiotUpowazniony", facts.authorized)] if facts.authorized else []
    for where, party in named:
        if party.kind == "Nip" and not nip_checksum_holds(party.value or ""):
            raise wrong_content(f"Nieprawidłowy numer NIP w elemencie {where}.")
        if (
            where == "Podmiot3"
            and party.kind == "InternalId"
            and not internal_id_checksum_holds(party.value or "")
        ):
            raise wrong_content(f"Nieprawidłowy identyfikator wewnętrzny w elemencie {where}.")
