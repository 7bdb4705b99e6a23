"""A well-formed body for every operation that takes one, each optional member included: what tests spoil."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Any

NIP, PESEL, INTERNAL_ID = "5265877635", "90010112345", "5265877635-12346"
FINGERPRINT = "CEB3643BAC2C111ADDE971BDA5A80163441867D65389FC0BC0DFF8B4C1CD4E59"
REFERENCE = "20260101-SO-0123456789-ABCDEF0123-45"
KSEF_NUMBER = "5265877635-20260101-010203-A1B2C3-F4"
KSEF_NUMBER_TOO = "5265877635-20260102-010203-A1B2C4-F5"
COLLECTIVE = "5265877635-IZ202601-010203A1B2C3-F4"
SERIAL = "0123456789ABCDEF"
DAY, LATER = "2026-10-01T12:00:00+02:00", "2026-10-02T12:00:00Z"
HASH = b64encode(sha256(b"").digest()).decode()
SOME = b64encode(b"some bytes of no meaning").decode()
TEXT = "Opis do testów"

FORM = {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"}
ENCRYPTION = {
    "encryptedSymmetricKey": b64encode(b"k" * 256).decode(),
    "initializationVector": b64encode(b"i" * 16).decode(),
    "publicKeyId": HASH,
}
FILTERS = {
    "subjectType": "Subject1",
    "dateRange": {
        "dateType": "PermanentStorage",
        "from": DAY,
        "to": LATER,
        "restrictToPermanentStorageHwmDate": True,
    },
    "ksefNumber": KSEF_NUMBER,
    "invoiceNumber": "FV/1",
    "amount": {"type": "Brutto", "from": 1.5, "to": 200},
    "sellerNip": NIP,
    "buyerIdentifier": {"type": "Nip", "value": NIP},
    "currencyCodes": ["PLN"],
    "invoicingMode": "Online",
    "isSelfInvoicing": False,
    "formType": "FA",
    "invoiceTypes": ["Vat"],
    "hasAttachment": False,
}
PERSON = {"firstName": "Jan", "lastName": "Żółć"}
BY_IDENTIFIER = {"subjectDetailsType": "PersonByIdentifier", "personById": PERSON}
BY_FINGERPRINT = {
    "subjectDetailsType": "PersonByFingerprintWithIdentifier",
    "personByFpWithId": PERSON | {"identifier": {"type": "Pesel", "value": PESEL}},
}
SESSION = {"maxInvoiceSizeInMB": 1, "maxInvoiceWithAttachmentSizeInMB": 3, "maxInvoices": 100}
RATE_GROUPS = (
    "onlineSession",
    "batchSession",
    "invoiceSend",
    "invoiceStatus",
    "sessionList",
    "sessionInvoiceList",
    "sessionMisc",
    "invoiceMetadata",
    "invoiceExport",
    "invoiceExportStatus",
    "invoiceDownload",
    "collectiveIdentifier",
    "other",
)
OF_NIP = {"type": "Nip", "value": NIP}
OF_PERSON = {"type": "Pesel", "value": PESEL}
OF_FINGERPRINT = {"type": "Fingerprint", "value": FINGERPRINT}

BODIES: dict[str, Any] = {
    "POST /certificates/enrollments": {
        "certificateName": "Komputer w biurze",
        "certificateType": "Authentication",
        "csr": SOME,
        "validFrom": LATER,
    },
    "POST /certificates/retrieve": {"certificateSerialNumbers": [SERIAL]},
    "POST /certificates/{certificateSerialNumber}/revoke": {"revocationReason": "Superseded"},
    "POST /certificates/query": {
        "certificateSerialNumber": SERIAL,
        "name": "biuro",
        "type": "Offline",
        "status": "Active",
        "expiresAfter": DAY,
    },
    "PUT /testdata/certificates/{serialNumber}": {"validTo": LATER},
    "POST /testdata/subject": {
        "subjectNip": NIP,
        "subjectType": "VatGroup",
        "subunits": [{"subjectNip": "1111111111", "description": TEXT}],
        "description": TEXT,
        "createdDate": DAY,
    },
    "POST /testdata/subject/remove": {"subjectNip": NIP},
    "POST /testdata/person": {
        "nip": NIP,
        "pesel": PESEL,
        "isBailiff": False,
        "description": TEXT,
        "isDeceased": False,
        "createdDate": DAY,
    },
    "POST /testdata/person/remove": {"nip": NIP},
    "POST /testdata/permissions": {
        "contextIdentifier": OF_NIP,
        "authorizedIdentifier": OF_PERSON,
        "permissions": [{"description": TEXT, "permissionType": "InvoiceRead"}],
    },
    "POST /testdata/permissions/revoke": {"contextIdentifier": OF_NIP, "authorizedIdentifier": OF_PERSON},
    "POST /testdata/attachment": {"nip": NIP},
    "POST /testdata/attachment/revoke": {"nip": NIP, "expectedEndDate": "2027-01-01"},
    "POST /testdata/context/block": {"contextIdentifier": OF_NIP},
    "POST /testdata/context/unblock": {"contextIdentifier": OF_NIP},
    "POST /collective-identifiers": {
        "invoices": [
            {"ksefNumber": number, "payment": {"amount": 1.5, "currency": "PLN"}, "description": TEXT}
            for number in (KSEF_NUMBER, KSEF_NUMBER_TOO)
        ]
    },
    "POST /collective-identifiers/query": {
        "collectiveIdentifierNumber": COLLECTIVE,
        "dateCreatedFrom": DAY,
        "dateCreatedTo": LATER,
        "invoiceCountFrom": 2,
        "invoiceCountTo": 5,
        "createdInCurrentContext": True,
    },
    "POST /collective-identifiers/invoices": {"collectiveIdentifierNumbers": [COLLECTIVE]},
    "POST /testdata/limits/context/session": {
        "onlineSession": SESSION,
        "batchSession": SESSION,
        "collectiveIdentifier": {"maxInvoices": 3},
    },
    "POST /testdata/limits/subject/certificate": {
        "subjectIdentifierType": "Nip",
        "enrollment": {"maxEnrollments": 3},
        "certificate": {"maxCertificates": 3},
    },
    "POST /testdata/rate-limits": {
        "rateLimits": {group: {"perSecond": 40, "perMinute": 100, "perHour": 200} for group in RATE_GROUPS}
    },
    "POST /permissions/persons/grants": {
        "subjectIdentifier": OF_PERSON,
        "permissions": ["InvoiceRead", "InvoiceWrite"],
        "description": TEXT,
        "subjectDetails": BY_IDENTIFIER,
    },
    "POST /permissions/entities/grants": {
        "subjectIdentifier": OF_NIP,
        "permissions": [{"type": "InvoiceRead", "canDelegate": True}],
        "description": TEXT,
        "subjectDetails": {"fullName": "Firma sp. z o.o."},
    },
    "POST /permissions/authorizations/grants": {
        "subjectIdentifier": OF_NIP,
        "permission": "SelfInvoicing",
        "description": TEXT,
        "subjectDetails": {"fullName": "Firma sp. z o.o."},
    },
    "POST /permissions/indirect/grants": {
        "subjectIdentifier": OF_PERSON,
        "targetIdentifier": OF_NIP,
        "permissions": ["InvoiceRead"],
        "description": TEXT,
        "subjectDetails": BY_IDENTIFIER,
    },
    "POST /permissions/subunits/grants": {
        "subjectIdentifier": OF_PERSON,
        "contextIdentifier": {"type": "InternalId", "value": INTERNAL_ID},
        "description": TEXT,
        "subunitName": "Oddział w Łodzi",
        "subjectDetails": BY_IDENTIFIER,
    },
    "POST /permissions/eu-entities/administration/grants": {
        "subjectIdentifier": OF_FINGERPRINT,
        "contextIdentifier": {"type": "NipVatUe", "value": f"{NIP}-DE123456789"},
        "description": TEXT,
        "euEntityName": "Firma GmbH",
        "subjectDetails": BY_FINGERPRINT,
        "euEntityDetails": {"fullName": "Firma GmbH", "address": "Berlin"},
    },
    "POST /permissions/eu-entities/grants": {
        "subjectIdentifier": OF_FINGERPRINT,
        "permissions": ["InvoiceRead"],
        "description": TEXT,
        "subjectDetails": BY_FINGERPRINT,
    },
    "POST /invoices/query/metadata": FILTERS,
    "POST /invoices/exports": {
        "encryption": ENCRYPTION,
        "onlyMetadata": False,
        "compressionType": "Zip",
        "filters": {"subjectType": "Subject1", "dateRange": {"dateType": "Issue", "from": DAY, "to": LATER}},
    },
    "POST /tokens": {"permissions": ["InvoiceRead"], "description": TEXT},
    "POST /auth/ksef-token": {
        "challenge": REFERENCE,
        "contextIdentifier": OF_NIP,
        "encryptedToken": SOME,
        "publicKeyId": HASH,
        "authorizationPolicy": {
            "allowedIps": {
                "ip4Addresses": ["127.0.0.1"],
                "ip4Ranges": ["127.0.0.1-127.0.0.9"],
                "ip4Masks": ["127.0.0.0/8"],
            }
        },
    },
    "POST /sessions/online": {"formCode": FORM, "encryption": ENCRYPTION},
    "POST /sessions/online/{referenceNumber}/invoices": {
        "invoiceHash": HASH,
        "invoiceSize": 24,
        "encryptedInvoiceHash": HASH,
        "encryptedInvoiceSize": 24,
        "encryptedInvoiceContent": SOME,
        "offlineMode": True,
        "hashOfCorrectedInvoice": HASH,
    },
    "POST /sessions/batch": {
        "formCode": FORM,
        "batchFile": {
            "fileSize": 100,
            "fileHash": HASH,
            "compressionType": "Zip",
            "fileParts": [{"ordinalNumber": 1, "fileSize": 112, "fileHash": HASH}],
        },
        "encryption": ENCRYPTION,
        "offlineMode": False,
    },
    "POST /permissions/query/personal/grants": {
        "contextIdentifier": OF_NIP,
        "targetIdentifier": OF_NIP,
        "permissionTypes": ["InvoiceWrite"],
        "permissionState": "Active",
    },
    "POST /permissions/query/persons/grants": {
        "authorIdentifier": OF_NIP,
        "authorizedIdentifier": OF_PERSON,
        "contextIdentifier": OF_NIP,
        "targetIdentifier": OF_NIP,
        "permissionTypes": ["InvoiceWrite"],
        "permissionState": "Active",
        "queryType": "PermissionsInCurrentContext",
    },
    "POST /permissions/query/subunits/grants": {
        "subunitIdentifier": {"type": "InternalId", "value": INTERNAL_ID}
    },
    "POST /permissions/query/entities/grants": {"contextIdentifier": OF_NIP},
    "POST /permissions/query/subordinate-entities/roles": {"subordinateEntityIdentifier": OF_NIP},
    "POST /permissions/query/authorizations/grants": {
        "authorizingIdentifier": OF_NIP,
        "authorizedIdentifier": OF_NIP,
        "queryType": "Granted",
        "permissionTypes": ["SelfInvoicing"],
    },
    "POST /permissions/query/eu-entities/grants": {
        "vatUeIdentifier": "DE123456789",
        "authorizedFingerprintIdentifier": FINGERPRINT,
        "permissionTypes": ["VatUeManage"],
    },
}
PATHS = {
    "referenceNumber": REFERENCE,
    "invoiceReferenceNumber": REFERENCE.replace("SO", "EE"),
    "upoReferenceNumber": REFERENCE.replace("SO", "EU"),
    "ksefNumber": KSEF_NUMBER,
    "certificateSerialNumber": SERIAL,
    "serialNumber": SERIAL,
    "permissionId": "0c9a7e88-ffa1-4d5e-9a2a-7c0f5f6f3f11",
}
"""Well-formed path parameters of things that are not there."""
