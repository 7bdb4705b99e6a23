"""How the portal calls permissions, their kinds, and the reasons for which they are refused, in both languages."""

from __future__ import annotations

from typing import Any

from ..intake.polish_time import in_poland
from ..model.access.grants import ALL_PARTNERS, Grant, Identifier, Kind
from ..model.access.permissions import Permission, Permissions

Words = tuple[str, str]
SCOPES: dict[Permission, Words] = {
    Permission.INVOICE_WRITE: ("wystawiania faktur", "issue invoices"),
    Permission.INVOICE_READ: ("przeglądania faktur", "look at invoices"),
    Permission.CREDENTIALS_READ: ("przeglądania uprawnień", "look at permissions"),
    Permission.INTROSPECTION: (
        "przeglądania historii sesji (generowania UPO)",
        "look at the history of sessions (receipts)",
    ),
    Permission.SUBUNIT_MANAGE: ("zarządzania jednostkami podrzędnymi", "manage subunits"),
}
"""The five scopes of the person's form, as it is drawn."""
OTHER_SCOPES: dict[Permission, Words] = {
    Permission.CREDENTIALS_MANAGE: ("zarządzania uprawnieniami", "manage permissions"),
    Permission.COLLECTIVE_IDENTIFIER_MANAGE: (
        "zarządzania identyfikatorami zbiorczymi",
        "manage collective identifiers",
    ),
    Permission.ENFORCEMENT_OPERATIONS: ("wykonywania operacji egzekucyjnych", "carry out enforcement"),
}
"""What the API can give to persons besides."""
NAMES: dict[str, Words] = {
    Permission.INVOICE_WRITE: ("Wystawianie faktur", "Issuing invoices"),
    Permission.INVOICE_READ: ("Przeglądanie faktur", "Looking at invoices"),
    Permission.CREDENTIALS_READ: ("Przeglądanie uprawnień", "Looking at permissions"),
    Permission.CREDENTIALS_MANAGE: ("Zarządzanie uprawnieniami", "Managing permissions"),
    Permission.INTROSPECTION: ("Przeglądanie historii sesji", "Looking at the history of sessions"),
    Permission.SUBUNIT_MANAGE: ("Zarządzanie jednostkami podrzędnymi", "Managing subunits"),
    Permission.ENFORCEMENT_OPERATIONS: ("Operacje egzekucyjne", "Enforcement operations"),
    Permission.COLLECTIVE_IDENTIFIER_MANAGE: ("Identyfikatory zbiorcze", "Collective identifiers"),
    Permission.VAT_UE_MANAGE: ("Zarządzanie podmiotem unijnym", "Managing the EU entity"),
    Permission.PEF_INVOICE_WRITE: ("Wystawianie faktur PEF", "Issuing PEF invoices"),
    "SelfInvoicing": ("Samofakturowanie", "Self-invoicing"),
    "RRInvoicing": ("Wystawianie faktur VAT RR", "Issuing VAT RR invoices"),
    "TaxRepresentative": ("Operacje przedstawiciela podatkowego", "Acting as tax representative"),
    "PefInvoicing": ("Wystawianie faktur PEF (Peppol)", "Issuing PEF invoices (Peppol)"),
}
"""Every permission and authorization, by the API's word."""
KINDS: dict[Kind, Words] = {
    Kind.PERSON: ("Osobie fizycznej do pracy w KSeF", "To a natural person, to work in KSeF"),
    Kind.ENTITY: ("Podmiotowi do obsługi faktur", "To an entity, to handle invoices"),
    Kind.AUTHORIZATION: ("Podmiotowe, np. do samofakturowania", "Between entities, such as self-invoicing"),
    Kind.INDIRECT: (
        "W sposób pośredni: osobie do obsługi faktur klientów",
        "Indirectly: to a person, to handle clients' invoices",
    ),
    Kind.SUBUNIT: ("Administratorowi jednostki podrzędnej", "To the administrator of a subunit"),
    Kind.EU_ADMINISTRATION: (
        "Administratorowi podmiotu unijnego",
        "To the administrator of an EU entity",
    ),
    Kind.EU: ("Reprezentantowi podmiotu unijnego", "To a representative of an EU entity"),
}
"""„Rodzaj uprawnienia"."""
_ADVICE: dict[tuple[Kind, int], tuple[str, str, str]] = {
    (Kind.ENTITY, 440): (
        "Podmiot nie może nadać uprawnień samemu sobie. Podaj NIP innego podmiotu.",
        "An entity cannot give permissions to itself. Give another entity's NIP.",
        "value",
    ),
    (Kind.AUTHORIZATION, 440): (
        "Podmiot nie może nadać uprawnień samemu sobie. Podaj identyfikator innego podmiotu.",
        "An entity cannot give permissions to itself. Give another entity's identifier.",
        "value",
    ),
    (Kind.AUTHORIZATION, 450): (
        "Faktury PEF wystawia tylko dostawca usług Peppol, a pozostałe uprawnienia podmiotowe są dla podmiotów z NIP.",
        "PEF invoices are for Peppol service providers alone, the other authorizations for entities with a NIP.",
        "value",
    ),
    (Kind.INDIRECT, 440): (
        "To identyfikator bieżącego kontekstu. Podaj klienta albo nadaj uprawnienie osobie bezpośrednio.",
        "This is the current context. Name a client, or give the person a permission directly.",
        "target_value",
    ),
    (Kind.SUBUNIT, 410): (
        "To nie jest jednostka tego podmiotu: identyfikator wewnętrzny zaczyna się od jego NIP, a NIP musi należeć do"
        " członka grupy VAT albo jednostki samorządu.",
        "This is no unit of the entity: an internal identifier begins with its NIP, and a NIP must be a member's of"
        " the VAT group or a local unit's.",
        "unit",
    ),
    (Kind.SUBUNIT, 430): (
        "Ten podmiot nie jest grupą VAT ani jednostką samorządu. Jednostkę wskaż identyfikatorem wewnętrznym.",
        "This entity is neither a VAT group nor a local government. Name the unit by an internal identifier.",
        "unit",
    ),
}


def advice(kind: Kind, code: int) -> tuple[str, str, str]:
    """What to do about an operation that failed, and which field to look at; nothing when nobody can tell."""
    return _ADVICE.get((kind, code), ("", "", ""))


def identifier_text(identifier: Identifier, *, short: bool = False) -> Words:
    """An identifier for people; a fingerprint can be cut to its ends."""
    value = identifier.value or ""
    if identifier.type == ALL_PARTNERS:
        return ("wszyscy klienci", "all clients")
    if identifier.type == "System":
        return ("urząd (poza KSeF)", "tax office (outside KSeF)")
    if identifier.type == "Fingerprint":
        value = f"{value[:8]}…{value[-8:]}" if short else value
        return (f"Odcisk palca: {value}", f"Fingerprint: {value}")
    words = {
        "InternalId": ("Id. wewnętrzny", "Internal id"),
        "NipVatUe": ("NIP–VAT UE", "NIP–EU VAT"),
        "PeppolId": ("Peppol", "Peppol"),
    }
    polish, english = words.get(identifier.type, (identifier.type.upper(), identifier.type.upper()))
    return (f"{polish}: {value}", f"{english}: {value}")


def grant_row(permissions: Permissions, grant: Grant) -> dict[str, Any]:
    """A grant as the portal's lists and confirmations show it."""
    person = grant.details.get("subjectPersonDetails", {})
    entity = grant.details.get("subjectEntityDetails", {})
    return {
        "uid": grant.uid,
        "kind": KINDS[grant.kind],
        "authorization": grant.kind is Kind.AUTHORIZATION,
        "who": identifier_text(grant.subject, short=True),
        "whom": identifier_text(grant.subject),
        "name": entity.get("fullName")
        or f"{person.get('firstName', '')} {person.get('lastName', '')}".strip(),
        "permission": NAMES.get(grant.permission, (grant.permission, grant.permission)),
        "where": identifier_text(grant.target or grant.context),
        "target": identifier_text(grant.target) if grant.target else None,
        "unit": identifier_text(grant.context) if grant.context != grant.giver else None,
        "unit_name": grant.details.get("subunitName") or grant.details.get("euEntityName") or "",
        "giver": identifier_text(grant.giver),
        "author": identifier_text(grant.author),
        "delegates": grant.can_delegate,
        "description": grant.description,
        "since": in_poland(grant.start).strftime("%d.%m.%Y %H:%M") if grant.start else "",
        "active": permissions.holds(grant),
    }
