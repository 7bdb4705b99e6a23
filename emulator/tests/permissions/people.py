"""People who give one another permissions through the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from ..login.conftest import Door, Identity, new_nip, self_signed

PESEL = "85041212344"
PERSON = {
    "subjectDetailsType": "PersonByIdentifier",
    "personById": {"firstName": "Anna", "lastName": "Żółć"},
}
ENTITY = {"fullName": "Biuro rachunkowe"}
FOREIGNER = {
    "subjectDetailsType": "EntityByFingerprint",
    "entityByFp": {"fullName": "Muster GmbH", "address": "Berlin"},
}


@dataclass(kw_only=True)
class Who:
    """Somebody who is logged in somewhere."""

    door: Door
    access: str
    nip: str = ""

    def call(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        return self.door.call(method, f"/permissions{path}", self.access, json=body)

    def give(self, path: str, body: dict[str, Any]) -> int:
        """The operation's status code."""
        answer = self.call("POST", f"/{path}/grants", {"description": "Na czas próby"} | body)
        assert answer.status_code == 202, answer.text
        return self.status(answer)

    def status(self, answer: httpx2.Response) -> int:
        result = self.call("GET", f"/operations/{answer.json()['referenceNumber']}")
        return int(result.json()["status"]["code"])

    def find(self, path: str, body: dict[str, Any] | None = None, word: str = "permissions") -> list[Any]:
        answer = self.call("POST", f"/query/{path}", body or {})
        assert answer.status_code == 200, answer.text
        return list(answer.json()[word])

    def take(self, uid: str, kind: str = "common") -> int:
        return self.status(self.call("DELETE", f"/{kind}/grants/{uid}"))

    def person(self, *permissions: str, pesel: str = PESEL) -> int:
        return self.give(
            "persons",
            {
                "subjectIdentifier": {"type": "Pesel", "value": pesel},
                "permissions": permissions,
                "subjectDetails": PERSON,
            },
        )

    def entity(self, nip: str, *permissions: str, delegate: bool = False) -> int:
        return self.give(
            "entities",
            {
                "subjectIdentifier": {"type": "Nip", "value": nip},
                "permissions": [{"type": permission, "canDelegate": delegate} for permission in permissions],
                "subjectDetails": ENTITY,
            },
        )

    def hand_on(self, *permissions: str, target: dict[str, str] | None) -> int:
        body = {
            "subjectIdentifier": {"type": "Pesel", "value": PESEL},
            "permissions": permissions,
            "subjectDetails": PERSON,
        }
        return self.give("indirect", body | ({"targetIdentifier": target} if target else {}))


def log_in(door: Door, identity: Identity, context: tuple[str, str], **options: Any) -> Who | int:
    """Whoever it is, or the code of why not."""
    submitted = door.submit(identity, context, **options)
    status = door.status(submitted)["code"]
    if status != 200:
        return int(status)
    return Who(door=door, access=door.redeem(submitted).json()["accessToken"]["token"], nip=context[1])


def owner(door: Door, nip: str = "") -> Who:
    nip = nip or new_nip()
    result = log_in(door, self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
    assert isinstance(result, Who)
    return result


def anna(door: Door, nip: str) -> Who | int:
    return log_in(door, self_signed(serial_number=f"PNOPL-{PESEL}"), ("Nip", nip))


def may_open(who: Who) -> bool:
    return who.door.call("POST", "/sessions/online", who.access, json={}).status_code != 403


def may_read(who: Who) -> bool:
    return who.door.call("POST", "/invoices/query/metadata", who.access, json={}).status_code != 403
