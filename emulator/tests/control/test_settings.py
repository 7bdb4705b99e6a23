"""Faults, warning, rate limits, seeds and exchanges, set and read at the control port."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx2
import pytest
from cryptography import x509
from ksef_emulator.control.exchanges import hide

from ..login.conftest import Door, code, new_nip, self_signed
from .test_panel import PESEL, pair

PERSON_NIP = "1112223344"


@pytest.fixture
def panel(door: Door) -> Iterator[httpx2.Client]:
    door.emulator.reset()
    with httpx2.Client(base_url=door.running.control_url, trust_env=False) as http:
        yield http
    door.emulator.reset()


class TestFaults:
    def test_all_are_listed_and_off(self, panel: Any) -> None:
        faults = panel.get("/faults").json()["faults"]
        assert {item["name"] for item in faults} >= {"slow", "answer-lost", "maintenance", "invoice-stuck"}
        assert not any(item["on"] for item in faults)
        assert all(item["meaning"] for item in faults)

    def test_on_and_off(self, panel: Any, door: Door, undescribed: list[str]) -> None:
        answer = panel.put("/faults/bad-gateway", json={"times": 1})
        assert answer.json()["on"]
        assert door.call("POST", "/auth/challenge").status_code == 502
        undescribed.clear()
        assert door.call("POST", "/auth/challenge").is_success
        (state,) = (fault for fault in panel.get("/faults").json()["faults"] if fault["on"])
        assert (state["name"], state["happened"]) == ("bad-gateway", 1)
        assert state["setting"]["times"] == 1
        assert panel.delete("/faults/bad-gateway").status_code == 204
        assert not any(fault["on"] for fault in panel.get("/faults").json()["faults"])

    def test_exactly_these(self, panel: Any) -> None:
        panel.put("/faults/cut", json={"path": "/nowhere"})
        answer = panel.put("/faults", json={"slow": {"seconds": 0.1}, "login-stuck": {}})
        assert [fault["name"] for fault in answer.json()["faults"] if fault["on"]] == ["slow", "login-stuck"]
        assert panel.delete("/faults").status_code == 204
        assert not any(fault["on"] for fault in panel.get("/faults").json()["faults"])

    def test_a_reset_switches_off(self, panel: Any) -> None:
        panel.put("/faults/login-stuck", json={})
        panel.post("/reset")
        assert not any(fault["on"] for fault in panel.get("/faults").json()["faults"])

    @pytest.mark.parametrize(
        "body",
        [
            {"probability": 2},
            {"operations": ["POST /nowhere"]},
            {"operations": []},
            {"status": 404},
            {"times": 0},
            {"seconds": 1e9},
            {"colour": "red"},
            [],
        ],
    )
    def test_refusals(self, body: Any, panel: Any) -> None:
        assert code(panel.put("/faults/cut", json=body)) == 21405
        assert code(panel.put("/faults", json={"cut": body})) == 21405
        assert not any(fault["on"] for fault in panel.get("/faults").json()["faults"])

    def test_no_such_fault(self, panel: Any) -> None:
        assert code(panel.put("/faults/earthquake", json={})) == 21405
        assert code(panel.put("/faults", json={"earthquake": {}})) == 21405


class TestWarning:
    def test_in_every_answer(self, panel: Any, door: Door) -> None:
        assert panel.get("/warning").json() == {"text": None}
        panel.put("/warning", json={"text": "Zażółć\r\nwkrótce"})
        assert door.call("POST", "/auth/challenge").headers["x-system-warning"] == "Zazolcwkrotce"
        assert door.call("GET", "/auth/sessions").headers["x-system-warning"] == "Zazolcwkrotce"
        own = door.call("POST", "/auth/challenge", headers={"X-Test-System-Warning": "mine"})
        assert own.headers.get_list("x-system-warning") == ["mine"]
        panel.put("/warning", json={"text": None})
        assert "x-system-warning" not in door.call("POST", "/auth/challenge").headers


class TestHighWaterMark:
    def test_it_stays_behind(self, panel: Any, door: Door) -> None:
        assert panel.get("/high-water-mark").json()["lag"] == 0
        set_to = panel.put("/high-water-mark", json={"lag": 3600}).json()
        assert set_to["lag"] == 3600
        assert door.emulator.metadata.lag == timedelta(hours=1)
        door.emulator.clock.move(timedelta(hours=3))
        mark = datetime.fromisoformat(panel.get("/high-water-mark").json()["mark"])
        behind = door.emulator.clock.now() - mark
        assert timedelta(minutes=59) < behind < timedelta(minutes=61)
        panel.post("/reset")
        assert panel.get("/high-water-mark").json()["lag"] == 0
        assert code(panel.put("/high-water-mark", json={"lag": -1})) == 21405


class TestRateLimits:
    def test_profiles(self, panel: Any, door: Door) -> None:
        nip = new_nip()
        access, _ = door.tokens(self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))

        def seen() -> set[int]:
            return {door.call("GET", "/auth/sessions", access).status_code for _ in range(40)}

        assert panel.put("/rate-limits", json={"profile": "production"}).json() == {"profile": "production"}
        assert seen() == {200, 429}
        panel.put("/rate-limits", json={"profile": "off"})
        assert seen() == {200}
        panel.post("/reset")
        assert panel.get("/rate-limits").json() == {"profile": door.emulator.config.rate_limits}
        assert code(panel.put("/rate-limits", json={"profile": "some"})) == 21405


class TestSeed:
    SEED: ClassVar = {
        "persons": [{"nip": PERSON_NIP, "pesel": PESEL}],
        "firms": [
            {"nip": "1113335566", "owner": PESEL},
            {"nip": "1114445577", "type": "VatGroup", "units": [{"nip": "1115556688"}]},
        ],
        "permissions": [
            {
                "context": PERSON_NIP,
                "subjectType": "Nip",
                "subject": "1116667799",
                "permissions": ["InvoiceRead", "InvoiceWrite"],
            }
        ],
    }

    def test_as_often_as_one_likes(self, panel: Any, door: Door) -> None:
        for _ in range(2):
            answer = panel.post("/seed", json=self.SEED)
            assert answer.status_code == 200, answer.text
            assert answer.json() == {"persons": 1, "firms": 2, "permissions": 1}
        person = {"kind": "person", "givenName": "Anna", "surname": "Nowak", "pesel": PESEL}
        made = pair(panel.post("/certificates", json=person))
        for nip in (PERSON_NIP, "1113335566"):
            assert door.tokens(made, ("Nip", nip))
        assert door.tokens(self_signed(serial_number="TINPL-1116667799"), ("Nip", PERSON_NIP))
        assert door.emulator.subjects.parent("1115556688") == "1114445577"

    def test_another_entry_replaces(self, panel: Any, door: Door) -> None:
        panel.post("/seed", json=self.SEED)
        changed = {"persons": [{"nip": PERSON_NIP, "pesel": PESEL, "isDeceased": True}]}
        assert panel.post("/seed", json=changed).is_success
        assert door.emulator.subjects.person(PERSON_NIP).deceased

    def test_people_whom_the_portal_offers(self, panel: Any, door: Door) -> None:
        who = {"givenName": "Ewa", "surname": "Zielona", "pesel": "84071512341"}
        for surname in ("Zielona", "Zielona", "Błękitna"):
            assert panel.post("/seed", json={"testPersons": [{**who, "surname": surname}]}).is_success
        assert [one.name for one in door.emulator.people.all() if one.pesel == who["pesel"]] == [
            "Ewa Błękitna"
        ]
        taken = {"testPersons": [{**who, "surname": "Inna"}, {**who, "pesel": "85041212344"}]}
        assert code(panel.post("/seed", json=taken)) == 30001
        assert "Ewa Błękitna" in [one.name for one in door.emulator.people.all()]

    def test_all_or_nothing(self, panel: Any, door: Door) -> None:
        seed = {
            "persons": [{"nip": PERSON_NIP, "pesel": PESEL}],
            "firms": [{"nip": PERSON_NIP, "type": "JST"}],
        }
        assert code(panel.post("/seed", json=seed)) == 30001
        assert door.emulator.subjects.person(PERSON_NIP) is None

    @pytest.mark.parametrize(
        "seed",
        [
            {"persons": [{"nip": "1"}]},
            {"people": []},
            {"firms": [{"nip": PERSON_NIP, "units": [{"nip": "1115556688"}]}]},
            {
                "permissions": [
                    {"context": PERSON_NIP, "subjectType": "Nip", "subject": "1116667799", "permissions": []}
                ]
            },
            {
                "permissions": [
                    {
                        "context": PERSON_NIP,
                        "subjectType": "Nip",
                        "subject": "1116667799",
                        "permissions": ["Owner"],
                    }
                ]
            },
        ],
    )
    def test_refusals(self, seed: Any, panel: Any) -> None:
        assert code(panel.post("/seed", json=seed)) == 21405


class TestExchanges:
    def test_both_sides_without_secrets(self, panel: Any, door: Door) -> None:
        access, refresh = door.tokens(self_signed(serial_number=f"TINPL-{(nip := new_nip())}"), ("Nip", nip))
        door.call("GET", "/auth/sessions", access)
        door.call("POST", "/auth/token/refresh", refresh)
        answer = panel.get("/requests", params={"full": True})
        assert access not in answer.text
        assert refresh not in answer.text
        requests = answer.json()["requests"]
        one = next(item for item in requests if item["path"] == "/v2/auth/sessions")
        assert ["authorization", "***"] in one["request"]["headers"]
        assert '"items"' in one["answer"]["text"]
        assert ["content-type", "application/json"] in one["answer"]["headers"]
        redeemed = next(item for item in requests if item["path"] == "/v2/auth/token/redeem")
        assert '"token":"***"' in redeemed["answer"]["text"].replace(" ", "")
        signed = next(item for item in requests if item["path"] == "/v2/auth/xades-signature")
        assert "<AuthTokenRequest" in signed["request"]["text"]
        assert panel.get(f"/requests/{one['number']}").json() == one

    def test_filters(self, panel: Any, door: Door) -> None:
        door.call("GET", "/auth/sessions")
        door.call("POST", "/auth/challenge")
        for query, paths in (
            ({"method": "POST"}, ["/v2/auth/challenge"]),
            ({"status": 401}, ["/v2/auth/sessions"]),
            ({"path": "*/challenge"}, ["/v2/auth/challenge"]),
            ({"limit": 1}, ["/v2/auth/challenge"]),
        ):
            requests = panel.get("/requests", params=query).json()["requests"]
            assert [item["path"] for item in requests] == paths

    def test_long_and_binary_bodies(self, panel: Any, door: Door, undescribed: list[str]) -> None:
        long = b"<a>" + "ż".encode() * 20_000
        door.send(long)
        door.call("POST", "/auth/xades-signature", content=b"\xff\x00\x80")
        binary, text = panel.get("/requests", params={"full": True}).json()["requests"]
        assert base64.b64decode(binary["request"]["base64"]) == b"\xff\x00\x80"
        assert (text["request"]["size"], text["request"]["truncated"]) == (len(long), True)
        assert text["request"]["text"].startswith("<a>żż")
        undescribed.clear()

    def test_what_people_type_is_not_kept(self, panel: Any, door: Door) -> None:
        """The portal's forms: passwords and the like."""
        door.http.post(f"{door.running.url}/portal/nowhere", data={"word": "hidden"})
        answer = panel.get("/requests", params={"full": True})
        (one,) = answer.json()["requests"]
        assert (one["path"], one["request"]["text"]) == ("/portal/nowhere", "")
        assert "hidden" not in answer.text

    def test_forgotten(self, panel: Any, door: Door) -> None:
        door.call("POST", "/auth/challenge")
        (one,) = panel.get("/requests").json()["requests"]
        assert panel.delete("/requests").status_code == 204
        assert panel.get("/requests").json() == {"requests": []}
        assert panel.get(f"/requests/{one['number']}").status_code == 404
        assert code(panel.get("/requests/0")) == 21405

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ('{"token": "abc"', '{"token": "***"'),
            (
                '{"accessToken":{"token":"abc","validUntil":"2026"}}',
                '{"accessToken":{"token":"***","validUntil":"2026"}}',
            ),
            ('{"encryptedToken":"abc', '{"encryptedToken":"***'),
            ("https://x/storage/a?se=1&sig=abc", "https://x/storage/a?se=1&sig=***"),
            ('"url":"http://x?sig=abc&se=1"', '"url":"http://x?sig=***&se=1"'),
            ("Bearer eyJhbGciOi.eyJzdWI.c2ln x", "Bearer *** x"),
            ('{"continuationToken": "kept"}', '{"continuationToken": "kept"}'),
            ('{"signature": "kept"}', '{"signature": "kept"}'),
        ],
    )
    def test_what_is_hidden(self, text: str, shown: str) -> None:
        assert hide(text) == shown


class TestCertificates:
    def test_a_foreigner_is_known_by_fingerprint(self, panel: Any, door: Door) -> None:
        nip = new_nip()
        answer = panel.post(
            "/certificates", json={"kind": "foreigner", "givenName": "Erika", "surname": "Müller"}
        )
        made = pair(answer)
        assert answer.json()["fingerprint"] == made.fingerprint
        names = {item.oid: item.value for item in made.certificate.subject}
        assert x509.NameOID.SERIAL_NUMBER not in names
        assert names[x509.NameOID.COUNTRY_NAME] == "DE"
        grant = {
            "context": nip,
            "subjectType": "Fingerprint",
            "subject": made.fingerprint,
            "permissions": ["InvoiceRead"],
        }
        assert panel.post("/seed", json={"permissions": [grant]}).is_success
        assert door.tokens(made, ("Nip", nip), subject="certificateFingerprint")

    def test_a_foreign_seal(self, panel: Any) -> None:
        expected = {"kind": "foreign-seal", "name": "GmbH", "country": "AT"}
        made = pair(panel.post("/certificates", json=expected))
        assert made.certificate.subject.rfc4514_string() == "CN=GmbH,O=GmbH,C=AT"

    @pytest.mark.parametrize(
        ("validity", "outcome"),
        [
            ({"validTo": "2021-01-01T00:00:00Z"}, 460),
            ({"validFrom": "2020-01-01T00:00:00Z", "validTo": "2021-01-01T00:00:00Z"}, 460),
            ({"validFrom": "2090-01-01T00:00:00Z"}, 460),
            ({"validFrom": "2020-01-01T00:00:00Z", "validTo": "2090-01-01T00:00:00+01:00"}, 200),
        ],
    )
    def test_of_another_time(self, validity: Any, outcome: int, panel: Any, door: Door) -> None:
        nip = new_nip()
        expected = {"kind": "seal", "nip": nip, "name": "Firma"} | validity
        submitted = door.submit(pair(panel.post("/certificates", json=expected)), ("Nip", nip))
        if outcome == 200 or submitted.status_code == 202:
            assert door.status(submitted)["code"] == outcome
        else:
            assert code(submitted) == 21115

    @pytest.mark.parametrize(
        "change",
        [
            {"validFrom": "2030-01-01T00:00:00Z", "validTo": "2029-01-01T00:00:00Z"},
            {"validTo": "1980-01-01T00:00:00Z"},
            {"validTo": "2300-01-01T00:00:00Z"},
            {"validTo": "2029-01-01T00:00:00"},
        ],
    )
    def test_refusals(self, change: Any, panel: Any) -> None:
        expected = {"kind": "foreigner", "givenName": "Erika", "surname": "Müller"} | change
        assert code(panel.post("/certificates", json=expected)) == 21405


def test_its_own_openapi_describes_everything(panel: Any) -> None:
    document = panel.get("/openapi.json").json()
    operations = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert operations >= {
        ("GET", "/health"),
        ("POST", "/certificates"),
        ("POST", "/seed"),
        ("POST", "/reset"),
        ("PUT", "/clock"),
        ("PUT", "/progress"),
        ("PUT", "/faults/{fault}"),
        ("POST", "/keys/rotate"),
        ("PUT", "/warning"),
        ("PUT", "/rate-limits"),
        ("GET", "/requests/{number}"),
    }
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["description"]
            assert operation["tags"]


@pytest.mark.parametrize("moment", ["1999-12-31T00:00:00Z", "2200-01-01T00:00:00Z"])
def test_the_clock_has_its_bounds(moment: str, panel: Any) -> None:
    assert code(panel.put("/clock", json={"set": moment})) == 21405
    assert code(panel.put("/clock", json={"move": -100 * 366 * 86400})) == 21405
