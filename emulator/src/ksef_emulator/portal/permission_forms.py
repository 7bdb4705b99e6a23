"""The portal's seven forms of permissions: what was filled in, as the request that the API takes.

A slip of the pen is told first, field by field; what is left is for the request's own model, so that the portal refuses
what the API refuses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from ..api.errors import of_validation
from ..api.permissions_requests import REQUESTS, Request
from ..api.permissions_rules import unit_checksum, unit_holds
from ..model.access.grants import ALL_PARTNERS, Kind
from ..model.access.logins import Principal
from ..pages.fields import (
    FINGERPRINT,
    INTERNAL_ID,
    NIP,
    PERSON_NAME,
    PESEL,
    Rule,
    Wrong,
    of_problem,
    required,
    vat_ue_holds,
)
from ..pages.fields import required_text as text_of
from ..problems import Problem

Fields = Mapping[str, Any]
PARTS = ("InvoiceWrite", "InvoiceRead", "CollectiveIdentifierManage")
"""What can be given to an entity and handed on."""
REFUSED = ("Nie można nadać uprawnienia", "The permission cannot be given")
_WHERE = {
    "subjectIdentifier.value": "value",
    "contextIdentifier.value": "unit",
    "targetIdentifier.value": "target_value",
    "permissions": "scope",
    "permission": "permission",
    "description": "description",
    "subunitName": "unit_name",
    "euEntityName": "eu_name",
    "euEntityDetails.fullName": "eu_name",
    "euEntityDetails.address": "eu_address",
    "firstName": "first",
    "lastName": "last",
    "identifier.value": "own",
    "birthDate": "birth",
    "idDocument.type": "document",
    "idDocument.number": "number",
    "idDocument.country": "country",
    "fullName": "full_name",
    "address": "address",
}
"""Where on a page a member of a request stands, by how its path ends."""


def _of_length(least: int, most: int, polish: str, english: str) -> Rule:
    return (lambda text: least <= len(text) <= most and text.isprintable(), polish, english)


SURNAME = _of_length(2, 81, "Nazwisko ma od 2 do 81 znaków.", "A surname has 2 to 81 characters.")
ENTITY_NAME = _of_length(
    5, 90, "Nazwa podmiotu ma od 5 do 90 znaków.", "An entity's name has 5 to 90 characters."
)
FOREIGN_NAME = _of_length(
    5, 100, "Nazwa podmiotu ma od 5 do 100 znaków.", "An entity's name has 5 to 100 characters."
)
ADDRESS = _of_length(1, 512, "Podaj adres (do 512 znaków).", "Give the address (up to 512 characters).")
DOCUMENT = _of_length(
    1, 20, "Podaj rodzaj dokumentu (do 20 znaków).", "Give the kind of document (up to 20 characters)."
)
NUMBER = _of_length(
    1,
    20,
    "Podaj serię i numer dokumentu (do 20 znaków).",
    "Give the document's number (up to 20 characters).",
)
COUNTRY: Rule = (
    lambda text: re.fullmatch(r"[A-Z]{2}", text, re.ASCII) is not None,
    "Kraj wydania to dwie wielkie litery, np. PL, DE, UA.",
    "The country of issue is two capital letters, such as PL, DE, UA.",
)
PEPPOL: Rule = (
    lambda text: re.fullmatch(r"P[A-Z]{2}\d{6}", text, re.ASCII) is not None,
    "Identyfikator Peppol to P, dwie litery kraju i 6 cyfr, np. PPL990001.",
    "A Peppol identifier is P, two letters of a country and 6 digits, such as PPL990001.",
)
VAT_UE: Rule = (
    vat_ue_holds,
    "Numer VAT UE to dwie litery kraju i jego numer, np. DE123456789.",
    "An EU VAT number is two letters of a country and its number, such as DE123456789.",
)
DESCRIPTION = _of_length(
    5, 256, "Opis ma od 5 do 256 znaków albo jest pusty.", "A description has 5 to 256 characters, or none."
)


def request_of(kind: Kind, principal: Principal, fields: Fields) -> Request:
    """The API's request that a form asks for. Raises Wrong."""
    body = _MAKERS[kind](principal, fields)
    try:
        return REQUESTS[kind].model_validate(body)
    except ValidationError as error:
        errors = [{**permission, "loc": ("body", *permission["loc"])} for permission in error.errors()]
        raise refused(of_validation(errors, None), fields) from error


def refused(problem: Problem, fields: Fields) -> Wrong:
    """What the API says of a request, at the field that it is about."""
    path = problem.details[0].partition(":")[0] if problem.details else ""
    field = next((name for end, name in _WHERE.items() if path.endswith(end)), "")
    if field == "value" and fields.get("who", "identified") != "identified":
        field = "fingerprint"
    return of_problem(problem, *REFUSED, field)


def chosen(fields: Fields, name: str) -> list[str]:
    """The ticked boxes of a name."""
    return list(fields.get(f"{name}_all") or ([fields[name]] if fields.get(name) else []))


def _some(fields: Fields, name: str = "scope") -> list[str]:
    ticked = chosen(fields, name)
    if not ticked:
        raise Wrong("Zaznacz co najmniej jedno uprawnienie.", "Tick at least one permission.", name)
    return ticked


def _description(fields: Fields, otherwise: str) -> str:
    return text_of(fields, "description", DESCRIPTION) if fields.get("description") else otherwise


def _person(fields: Fields) -> dict[str, Any]:
    """Identifier, details and description of a person, whichever way they are known. Raises Wrong."""
    if fields.get("who", "identified") != "identified":
        body = _person_by_fingerprint(fields)
    else:
        kind = "Nip" if fields.get("identifier") == "Nip" else "Pesel"
        value = required(fields, "value", NIP if kind == "Nip" else PESEL)
        body = {
            "subjectIdentifier": {"type": kind, "value": value},
            "subjectDetails": {"subjectDetailsType": "PersonByIdentifier", "personById": _name(fields)},
        }
    return body | {"description": _description(fields, f"{fields['first']} {fields['last']}")}


def _name(fields: Fields) -> dict[str, str]:
    return {
        "firstName": text_of(fields, "first", PERSON_NAME),
        "lastName": text_of(fields, "last", SURNAME),
    }


def _fingerprint(fields: Fields) -> dict[str, str]:
    text = str(fields.get("fingerprint", "")).upper().replace(":", "")
    return {"type": "Fingerprint", "value": required({"fingerprint": text}, "fingerprint", FINGERPRINT)}


def _person_by_fingerprint(fields: Fields) -> dict[str, Any]:
    """Somebody whose certificate does not say who they are: what the person has instead must be said."""
    subject = _fingerprint(fields)
    if fields.get("known") == "no":
        details = {
            "subjectDetailsType": "PersonByFingerprintWithoutIdentifier",
            "personByFpNoId": {**_name(fields), "birthDate": _birth(fields), "idDocument": _document(fields)},
        }
    else:
        kind = "Nip" if len(re.sub(r"\D", "", fields.get("own", ""))) == 10 else "Pesel"
        own = {"type": kind, "value": required(fields, "own", NIP if kind == "Nip" else PESEL)}
        details = {
            "subjectDetailsType": "PersonByFingerprintWithIdentifier",
            "personByFpWithId": {**_name(fields), "identifier": own},
        }
    return {"subjectIdentifier": subject, "subjectDetails": details}


def _birth(fields: Fields) -> str:
    try:
        return date.fromisoformat(fields.get("birth", "")).isoformat()
    except ValueError as error:
        raise Wrong("Podaj datę urodzenia.", "Give the date of birth.", "birth") from error


def _document(fields: Fields) -> dict[str, str]:
    return {
        "type": text_of(fields, "document", DOCUMENT),
        "number": text_of(fields, "number", NUMBER),
        "country": required({"country": str(fields.get("country", "")).upper()}, "country", COUNTRY),
    }


def _foreigner(fields: Fields) -> dict[str, Any]:
    """Whom a foreign entity's permissions are given to: a person's certificate, or an entity's seal."""
    if fields.get("who") == "entity":
        subject = _fingerprint(fields)
        name = text_of(fields, "full_name", FOREIGN_NAME)
        address = text_of(fields, "address", ADDRESS)
        details = {
            "subjectDetailsType": "EntityByFingerprint",
            "entityByFp": {"fullName": name, "address": address},
        }
        body = {"subjectIdentifier": subject, "subjectDetails": details}
        return body | {"description": _description(fields, name)}
    return _person({**fields, "who": "fingerprint"})


def _to_person(_principal: Principal, fields: Fields) -> dict[str, Any]:
    return {**_person(fields), "permissions": _some(fields)}


def _to_entity(_principal: Principal, fields: Fields) -> dict[str, Any]:
    value, name = required(fields, "value", NIP), text_of(fields, "full_name", ENTITY_NAME)
    ticked, further = _some(fields), chosen(fields, "delegate")
    if not set(further) <= set(ticked):
        raise Wrong(
            "Przekazać dalej można tylko to, co podmiot dostaje. Zaznacz też samo uprawnienie.",
            "Only what the entity gets can be handed on. Tick the permission itself too.",
            "scope",
        )
    return {
        "subjectIdentifier": {"type": "Nip", "value": value},
        "subjectDetails": {"fullName": name},
        "permissions": [{"type": permission, "canDelegate": permission in further} for permission in ticked],
        "description": _description(fields, name),
    }


def _authorization(_principal: Principal, fields: Fields) -> dict[str, Any]:
    peppol = fields.get("identifier") == "PeppolId"
    value = required(fields, "value", PEPPOL if peppol else NIP)
    name = text_of(fields, "full_name", ENTITY_NAME)
    (permission, *_) = _some(fields, "permission")
    return {
        "subjectIdentifier": {"type": "PeppolId" if peppol else "Nip", "value": value},
        "subjectDetails": {"fullName": name},
        "permission": permission,
        "description": _description(fields, name),
    }


def _indirect(_principal: Principal, fields: Fields) -> dict[str, Any]:
    kind = fields.get("target", ALL_PARTNERS)
    rules = {"Nip": NIP, "InternalId": INTERNAL_ID}
    target = {"type": ALL_PARTNERS}
    if kind in rules:
        target = {"type": kind, "value": required(fields, "target_value", rules[kind])}
    return {**_person(fields), "targetIdentifier": target, "permissions": _some(fields)}


def _subunit(_principal: Principal, fields: Fields) -> dict[str, Any]:
    if fields.get("unit_kind") == "Nip":
        context = {"type": "Nip", "value": required(fields, "unit", NIP)}
    else:
        value = required(fields, "unit", INTERNAL_ID)
        if not unit_holds(value):
            digit = unit_checksum(value[:-1])
            raise Wrong(
                f"Ostatnia cyfra identyfikatora wewnętrznego jest sumą kontrolną; tu powinna być {digit}.",
                f"The last digit of an internal identifier is a checksum; here it should be {digit}.",
                "unit",
            )
        context = {"type": "InternalId", "value": value}
    name = {"subunitName": fields["unit_name"]} if fields.get("unit_name") else {}
    return {**_person(fields), "contextIdentifier": context, **name}


def _eu_administrator(principal: Principal, fields: Fields) -> dict[str, Any]:
    vat = re.sub(r"[\s.-]", "", str(fields.get("unit", ""))).upper()
    value = required({"unit": f"{principal.context.value}-{vat}"}, "unit", VAT_UE)
    name, address = text_of(fields, "eu_name", FOREIGN_NAME), text_of(fields, "eu_address", ADDRESS)
    return {
        **_foreigner(fields),
        "contextIdentifier": {"type": "NipVatUe", "value": value},
        "euEntityName": name,
        "euEntityDetails": {"fullName": name, "address": address},
    }


def _eu_representative(_principal: Principal, fields: Fields) -> dict[str, Any]:
    return {**_foreigner(fields), "permissions": _some(fields)}


_MAKERS: dict[Kind, Callable[[Principal, Fields], dict[str, Any]]] = {
    Kind.PERSON: _to_person,
    Kind.ENTITY: _to_entity,
    Kind.AUTHORIZATION: _authorization,
    Kind.INDIRECT: _indirect,
    Kind.SUBUNIT: _subunit,
    Kind.EU_ADMINISTRATION: _eu_administrator,
    Kind.EU: _eu_representative,
}
