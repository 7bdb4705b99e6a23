"""Lists, receipts and downloads over HTTP."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from signxml.exceptions import InvalidSignature
from signxml.xades import XAdESVerifier

from .conftest import Firm, b64, fa3, forbidden, problem, yesterday

NOWHERE = "20260101-SO-0000000000-0000000000-00"
STRANGE = "5265877635-20261123-010080-0000AA-5D"
TOKEN = "x-continuation-token"
BEYOND = [b64(str(2**63).encode()), b64(f"[1, {2**63}]".encode())]
"""Tokens with a number that SQLite cannot have."""


def verified(upo: bytes) -> etree._Element:
    """The signed part of a receipt. Raises InvalidSignature."""
    certificate = etree.fromstring(upo).findtext(".//{*}X509Certificate")
    assert certificate is not None
    pem = f"-----BEGIN CERTIFICATE-----\n{certificate.strip()}\n-----END CERTIFICATE-----"
    signed = XAdESVerifier().verify(upo, x509_cert=pem)[0].signed_xml
    assert signed is not None
    return signed


def numbers(upo: bytes) -> list[str | None]:
    """KSeF numbers in a receipt whose seal verifies."""
    return [element.text for element in verified(upo).iter("{*}NumerKSeFDokumentu")]


class TestLists:
    def test_documents_page_by_page(self, firm: Firm) -> None:
        session = firm.open()
        sent = [
            firm.send(session, fa3(seller=firm.nip, day=yesterday(), number=str(i))) for i in range(12)
        ] + [firm.send(session, b"<a/>")]
        first = firm.get(f"/sessions/{session}/invoices", params={"pageSize": 10}).json()
        assert [invoice["referenceNumber"] for invoice in first["invoices"]] == sent[:10]
        more = {TOKEN: first["continuationToken"]}
        second = firm.get(f"/sessions/{session}/invoices", params={"pageSize": 10}, headers=more).json()
        assert [invoice["referenceNumber"] for invoice in second["invoices"]] == sent[10:]
        assert "continuationToken" not in second
        failed = firm.get(f"/sessions/{session}/invoices/failed").json()
        assert [invoice["referenceNumber"] for invoice in failed["invoices"]] == sent[-1:]
        status = failed["invoices"][0]["status"]
        assert (status["code"], status["description"]) == (
            450,
            "Błąd weryfikacji semantyki dokumentu faktury",
        )
        assert status["details"]
        assert "ksefNumber" not in failed["invoices"][0]

    def test_sessions_newest_first(self, firm: Firm) -> None:
        opened = [firm.open() for _ in range(11)][::-1]
        firm.close(opened[0])
        query: dict[str, Any] = {"sessionType": "Online", "pageSize": 10}
        first = firm.get("/sessions", params=query).json()
        assert [session["referenceNumber"] for session in first["sessions"]] == opened[:10]
        second = firm.get("/sessions", params=query, headers={TOKEN: first["continuationToken"]}).json()
        assert [session["referenceNumber"] for session in second["sessions"]] == opened[10:]
        assert "continuationToken" not in second

        def found(**more: Any) -> list[str]:
            answer = firm.get("/sessions", params={**query, **more})
            assert answer.status_code == 200, answer.text
            return [session["referenceNumber"] for session in answer.json()["sessions"]]

        assert found(referenceNumber=opened[3]) == [opened[3]]
        assert found(statuses="Succeeded") == []
        firm.get(f"/sessions/{opened[0]}")
        assert found(statuses="Cancelled") == opened[:1]
        assert found(statuses=["InProgress", "Cancelled"]) == opened[:10]
        assert found(sessionType="Batch") == []
        past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
        assert found(dateClosedFrom=past) == opened[:1]
        assert found(dateCreatedTo=past) == found(dateModifiedTo=past) == []

    @pytest.mark.parametrize("token", ["%%%", b64(b"{"), b64(b'"x"'), b64(b"[1]"), *BEYOND])
    def test_tokens_that_are_not_ours(self, firm: Firm, token: str) -> None:
        session = firm.open()
        paths = ["/sessions?sessionType=Online", f"/sessions/{session}/invoices"]
        for path in [*paths, f"/sessions/{session}/invoices/failed"]:
            assert problem(firm.get(path, headers={TOKEN: token})) == (
                21418,
                "Przekazany token kontynuacji ma nieprawidłowy format.",
                [],
            )

    @pytest.mark.parametrize(
        "query", ["", "?sessionType=Fax", "?sessionType=Online&pageSize=9", "?sessionType=Online&statuses=x"]
    )
    def test_wrong_questions(self, firm: Firm, query: str) -> None:
        assert problem(firm.get(f"/sessions{query}"))[0] == 21405

    def test_pages_out_of_bounds(self, firm: Firm) -> None:
        path = "/certificates/query?pageSize=5&pageOffset=-1"
        assert sorted(problem(firm.post(path, {}))[2]) == [
            "'pageOffset' must be greater than or equal to '0'.",
            "'pageSize' must be between 10 and 50. You entered 5.",
        ]
        (line,) = problem(firm.get("/sessions?sessionType=Online&pageSize=1001"))[2]
        assert line == "'pageSize' must be between 10 and 1000. You entered 1001."


class TestReceipts:
    def test_by_reference_number_and_page(self, firm: Firm) -> None:
        session = firm.open()
        one, two = firm.issue(session), firm.issue(session, number="2")
        firm.close(session)
        answer = firm.get(f"/sessions/{session}/invoices/{one['referenceNumber']}/upo")
        assert answer.headers["content-type"] == "application/xml"
        digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
        assert answer.headers["x-ms-meta-hash"] == digest
        assert numbers(answer.content) == [one["ksefNumber"]]
        again = firm.get(f"/sessions/{session}/invoices/ksef/{one['ksefNumber']}/upo")
        assert again.content == answer.content
        (page,) = firm.get(f"/sessions/{session}").json()["upo"]["pages"]
        whole = firm.get(f"/sessions/{session}/upo/{page['referenceNumber']}").content
        assert numbers(whole) == [one["ksefNumber"], two["ksefNumber"]]
        assert firm.get(f"/sessions/{session}/upo/{page['referenceNumber']}").content == whole
        with pytest.raises(InvalidSignature):
            verified(whole.replace(two["ksefNumber"].encode(), STRANGE.encode()))

    @pytest.mark.shared
    def test_valid_against_the_official_schema(self, firm: Firm, shared: Path) -> None:
        schema = etree.XMLSchema(etree.parse(shared / "spec/xsd/upo/upo-v4-3.xsd"))
        session = firm.open()
        one = firm.issue(session)
        firm.close(session)
        (page,) = firm.get(f"/sessions/{session}").json()["upo"]["pages"]
        for path in (f"invoices/{one['referenceNumber']}/upo", f"upo/{page['referenceNumber']}"):
            root = etree.fromstring(firm.get(f"/sessions/{session}/{path}").content)
            (signature,) = root.iterchildren("{http://www.w3.org/2000/09/xmldsig#}Signature")
            root.remove(signature)
            schema.assertValid(root)
            assert root.findtext("{*}NumerReferencyjnySesji") == session
            assert root.findtext(".//{*}IdKontekstu/{*}Nip") == firm.nip

    def test_through_links_without_a_token(self, firm: Firm) -> None:
        session = firm.open()
        one = firm.issue(session)
        firm.close(session)
        (page,) = firm.get(f"/sessions/{session}").json()["upo"]["pages"]
        for link, expires in (
            (one["upoDownloadUrl"], one["upoDownloadUrlExpirationDate"]),
            (page["downloadUrl"], page["downloadUrlExpirationDate"]),
        ):
            assert datetime.fromisoformat(expires) > datetime.now(UTC) + timedelta(days=2)
            answer = firm.door.http.get(link)
            assert answer.status_code == 200
            assert numbers(answer.content) == [one["ksefNumber"]]
            other = link.replace(f"/{session[:4]}", "/9999")
            for tampered in (link[:-1] + "g", link.replace("se=", "se=9"), link.split("?")[0], other):
                assert forbidden(firm.door.http.get(tampered)) == "insufficient-resource-access"
            firm.door.emulator.clock.move(timedelta(days=3))
            assert forbidden(firm.door.http.get(link)) == "insufficient-resource-access"
            firm.door.emulator.clock.reset()

    def test_there_is_none(self, firm: Firm) -> None:
        session, other = firm.open(), firm.open()
        refused = firm.send(session, b"<a/>")
        one = firm.issue(other)
        text = "Nie znaleziono UPO dla podanych kryteriów."
        answer = firm.get(f"/sessions/{session}/invoices/ksef/{one['ksefNumber']}/upo")
        assert problem(answer) == (
            21178,
            text,
            [
                f"UPO o numerze KSeF {one['ksefNumber']} i numerze referencyjnym sesji {session}"
                " nie zostało znalezione."
            ],
        )
        assert problem(firm.get(f"/sessions/{session}/upo/{NOWHERE}")) == (
            21178,
            text,
            [f"UPO o numerze referencyjnym {NOWHERE} dla sesji {session} nie zostało znalezione."],
        )
        for path in (
            f"{session}/invoices/{refused}/upo",
            f"{session}/invoices/{one['referenceNumber']}/upo",
            f"{NOWHERE}/invoices/ksef/{one['ksefNumber']}/upo",
        ):
            assert problem(firm.get(f"/sessions/{path}"))[0] == 21178
        assert problem(firm.get(f"/sessions/{NOWHERE}/upo/{NOWHERE}"))[0] == 21173
        for path in (f"{session}/upo/short", f"{session}/invoices/short", f"{session}/invoices/{NOWHERE}"):
            assert problem(firm.get(f"/sessions/{path}"))[0] == 21405


class TestDownload:
    def test_the_very_bytes(self, firm: Firm, enter: Callable[..., Firm]) -> None:
        buyer = enter()
        one = firm.issue(firm.open(), buyer=f"<NIP>{buyer.nip}</NIP>")
        for reader in (firm, buyer):
            answer = reader.get(f"/invoices/ksef/{one['ksefNumber']}")
            assert (answer.status_code, answer.content) == (200, one["xml"])
            assert answer.headers["x-ms-meta-hash"] == one["invoiceHash"]

    def test_not_there_and_not_yet(self, firm: Firm) -> None:
        firm.door.emulator.metadata.lag = timedelta(seconds=30)
        one = firm.issue(firm.open())
        assert problem(firm.get(f"/invoices/ksef/{one['ksefNumber']}x"))[0] == 21405
        wrong = one["ksefNumber"][:-1] + ("0" if one["ksefNumber"][-1] != "0" else "1")
        assert problem(firm.get(f"/invoices/ksef/{wrong}"))[0] == 21164
        assert problem(firm.get(f"/invoices/ksef/{one['ksefNumber']}")) == (
            21165,
            "Faktura o podanym numerze KSeF nie jest jeszcze dostępna.",
            [
                f"Faktura o numerze KSeF {one['ksefNumber']} została przetworzona, ale nie jest jeszcze dostępna"
                " do pobrania. Spróbuj ponownie później."
            ],
        )
