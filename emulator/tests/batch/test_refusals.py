"""Batches that do not begin or do not end: declarations, uploads and closings that are refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from ..invoicing.conftest import Firm, b64, problem
from ..invoicing.test_strangers import employee
from .conftest import Sender, digest, package, zipped

NOWHERE = "20260101-SB-0000000000-0000000000-00"
INVALID = "Błąd walidacji danych wejściowych."


def part(number: int, size: int = 16) -> dict[str, Any]:
    return {"ordinalNumber": number, "fileSize": size, "fileHash": digest(b"")}


class TestDeclarations:
    def refused(self, sender: Sender, **changes: Any) -> tuple[int, str, list[str]]:
        made = package(zipped({"a.xml": b"<a/>"}), **changes)
        return problem(sender.firm.post("/sessions/batch", sender.opening(made)))

    def test_six_gigabytes(self, sender: Sender) -> None:
        assert self.refused(sender, fileSize=6_000_000_000) == (
            21405,
            INVALID,
            ["'fileSize' must be less than or equal to '5000000000'."],
        )

    def test_fifty_one_parts(self, sender: Sender) -> None:
        assert self.refused(sender, fileParts=[part(number) for number in range(1, 52)]) == (
            21161,
            "Przekroczono dozwoloną liczbę części pakietów.",
            ["Liczba części pliku musi być mniejsza lub równa niż 50."],
        )

    def test_fifty_parts_are_taken(self, sender: Sender) -> None:
        made = package(zipped({}), fileParts=[part(number) for number in range(1, 51)])
        _, requests = sender.open(made)
        assert len(requests) == 50

    def test_a_part_that_is_too_large(self, sender: Sender) -> None:
        code, text, details = self.refused(sender, fileParts=[part(1), part(2, 200_000_000)])
        assert (code, text) == (21157, "Nieprawidłowy rozmiar części pakietu.")
        assert details == ["Rozmiar części '2' nie może przekraczać 100000000 bajtów."]

    @pytest.mark.parametrize("numbers", [[1, 1], [2, 3], [1, 3]])
    def test_numbers_of_parts(self, sender: Sender, numbers: list[int]) -> None:
        assert self.refused(sender, fileParts=[part(number) for number in numbers])[0] == 21405

    def test_all_wrong_fields_at_once(self, sender: Sender) -> None:
        answer = sender.firm.post(
            "/sessions/batch",
            {
                "formCode": {"systemCode": "FA (3)"},
                "batchFile": {"fileSize": 0, "fileHash": "x", "fileParts": []},
            },
        )
        code, _, details = problem(answer)
        assert code == 21405
        named = {detail.partition(":")[0] for detail in details}
        assert {"formCode.schemaVersion", "formCode.value", "batchFile.fileSize", "encryption"} <= named
        assert {"batchFile.fileHash", "batchFile.fileParts"} <= named

    @pytest.mark.parametrize(
        ("form", "reason"),
        [
            (("FA (2)", "1-0E", "FA"), "schematu FA (2)"),
            (("FA_RR (1)", "1-1E", "FA_RR"), "schematu FA_RR (1)"),
            (("PEF (3)", "2-1", "PEF"), "nie jest wspierany."),
            (("FA (3)", "1-0E", "FAKTURA"), "nie jest wspierany."),
        ],
    )
    def test_forms(self, sender: Sender, form: tuple[str, str, str], reason: str) -> None:
        names = ("systemCode", "schemaVersion", "value")
        made = package(zipped({"a.xml": b"<a/>"}))
        body = sender.opening(made, formCode=dict(zip(names, form, strict=True)))
        code, _, (detail,) = problem(sender.firm.post("/sessions/batch", body))
        assert code == 21405 and reason in detail

    def test_an_unknown_public_key(self, sender: Sender) -> None:
        made = package(zipped({"a.xml": b"<a/>"}))
        body = sender.opening(made, encryption={"publicKeyId": b64(bytes(32))})
        assert problem(sender.firm.post("/sessions/batch", body))[0] == 21470

    def test_no_json(self, sender: Sender) -> None:
        answer = sender.firm.post(
            "/sessions/batch", content=b"{", headers={"Content-Type": "application/json"}
        )
        assert problem(answer)[0] == 21001

    def test_nobody(self, sender: Sender) -> None:
        assert sender.firm.door.call("POST", "/sessions/batch", json={}).status_code == 401


class TestUploads:
    @pytest.fixture
    def request_(self, sender: Sender) -> dict[str, Any]:
        self.made = package(zipped(sender.invoices(1)))
        self.session, (result,) = sender.open(self.made)
        assert (result["method"], result["headers"]) == ("PUT", {"x-ms-blob-type": "BlockBlob"})
        return result

    def code(self, answer: Any, status: int) -> str:
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/xml")
        return str(etree.fromstring(answer.content).findtext("Code"))

    def test_without_the_header(self, sender: Sender, request_: dict[str, Any]) -> None:
        answer = sender.firm.door.http.put(request_["url"], content=b"x")
        assert self.code(answer, 400) == "MissingRequiredHeader"
        answer = sender.upload(request_, b"x", **{"x-ms-blob-type": "PageBlob"})
        assert self.code(answer, 400) == "InvalidHeaderValue"

    def test_with_a_token(self, sender: Sender, request_: dict[str, Any]) -> None:
        answer = sender.upload(request_, b"x", Authorization=f"Bearer {sender.firm.token}")
        assert self.code(answer, 401) == "InvalidAuthenticationInfo"

    def test_without_or_with_another_signature(self, sender: Sender, request_: dict[str, Any]) -> None:
        bare = request_["url"].partition("?")[0]
        assert self.code(sender.upload({**request_, "url": bare}, b"x"), 401) == "NoAuthenticationInformation"
        for wrong in (request_["url"] + "0", request_["url"].replace("/1?", "/2?")):
            assert self.code(sender.upload({**request_, "url": wrong}, b"x"), 403) == "AuthenticationFailed"

    def test_after_its_time(self, sender: Sender, request_: dict[str, Any]) -> None:
        clock = sender.firm.door.running.emulator.clock
        clock.move(timedelta(minutes=19))
        assert sender.upload(request_, self.made.parts[0]).status_code == 201
        clock.move(timedelta(minutes=2))
        assert self.code(sender.upload(request_, self.made.parts[0]), 403) == "AuthenticationFailed"

    def test_twice_the_last_one_counts(self, sender: Sender, request_: dict[str, Any]) -> None:
        assert sender.upload(request_, b"another thing").status_code == 201
        assert sender.upload(request_, self.made.parts[0]).status_code == 201
        assert sender.close(self.session).status_code == 204
        assert sender.end(self.session)["status"]["code"] == 200

    def test_in_chunks_without_a_length(self, sender: Sender, request_: dict[str, Any]) -> None:
        content = self.made.parts[0]
        pieces = (content[i : i + 100] for i in range(0, len(content), 100))
        assert sender.upload(request_, pieces).status_code == 201  # type: ignore[arg-type]
        assert sender.close(self.session).status_code == 204
        assert sender.end(self.session)["status"]["code"] == 200

    def test_after_the_batch_was_closed(self, sender: Sender, request_: dict[str, Any]) -> None:
        sender.upload(request_, self.made.parts[0])
        assert sender.close(self.session).status_code == 204
        assert self.code(sender.upload(request_, self.made.parts[0]), 403) == "AuthorizationFailure"

    def test_nothing_is_left_behind(self, sender: Sender, request_: dict[str, Any]) -> None:
        folder = sender.firm.door.running.emulator.batches.folder
        sender.upload(request_, self.made.parts[0])
        sender.upload(request_, b"x", **{"content-length": "1"})
        sender.upload(request_, self.made.parts[0])
        assert len(list(folder.glob(f"{self.session}-*"))) == 1
        sender.close(self.session)
        sender.end(self.session)
        assert not list(folder.glob(f"{self.session}-*")) and not list(folder.glob("receiving-*"))


class TestClosing:
    def test_a_part_that_was_never_sent(self, sender: Sender) -> None:
        made = package(zipped(sender.invoices(3)), parts=3)
        session, requests = sender.open(made)
        sender.upload(requests[0], made.parts[0])
        for _ in range(2):  # the session stays open
            assert problem(sender.close(session)) == (
                21205,
                "Pakiet nie może być pusty.",
                ["Nie przesłano zadeklarowanej '2' części pliku."],
            )
        for request, content in zip(requests, made.parts, strict=True):
            sender.upload(request, content)
        assert sender.close(session).status_code == 204
        assert sender.end(session)["successfulInvoiceCount"] == 3

    @pytest.mark.parametrize("change", [lambda content: content + b"x", lambda content: content[:-1]])
    def test_a_part_of_another_size(self, sender: Sender, change: Callable[[bytes], bytes]) -> None:
        made = package(zipped(sender.invoices(1)))
        session, (request,) = sender.open(made)
        assert sender.upload(request, change(made.parts[0])).status_code == 201
        assert problem(sender.close(session)) == (
            21157,
            "Nieprawidłowy rozmiar części pakietu.",
            ["Zadeklarowany rozmiar części '1' nie zgadza się z rzeczywistym."],
        )

    def test_too_late(self, sender: Sender, enter: Callable[..., Firm]) -> None:
        made = package(zipped(sender.invoices(1)), parts=2)
        session, requests = sender.open(made)
        for request, content in zip(requests, made.parts, strict=True):
            sender.upload(request, content)
        sender.firm.door.running.emulator.clock.move(timedelta(minutes=41))
        sender = Sender(firm=enter(sender.firm.nip))
        assert problem(sender.close(session)) == (
            21208,
            "Czas oczekiwania na requesty upload lub finish został przekroczony.",
            ["Sesja anulowana, przekroczony czas wysyłki."],
        )
        assert sender.status(session)["status"] == {
            "code": 440,
            "description": "Sesja anulowana",
            "details": ["Przekroczono czas wysyłki"],
        }

    def test_twice(self, sender: Sender) -> None:
        session = sender.send(package(zipped(sender.invoices(1))))
        sender.end(session)
        assert problem(sender.close(session)) == (
            21180,
            "Status sesji nie pozwala na wykonanie operacji.",
            ["Status sesji 200 uniemożliwia jej zamknięcie."],
        )

    def test_another_kind_of_session_or_none(self, sender: Sender) -> None:
        online = sender.firm.open()
        batch, _ = sender.open(package(zipped(sender.invoices(1))))
        assert problem(sender.close(online))[0] == 21173
        assert problem(sender.close(NOWHERE))[0] == 21173
        assert problem(sender.close("x"))[0] == 21405
        assert problem(sender.firm.post(f"/sessions/online/{batch}/close"))[0] == 21173

    def test_strangers(self, sender: Sender, enter: Callable[..., Firm]) -> None:
        session, _ = sender.open(package(zipped(sender.invoices(1))))
        assert problem(enter().post(f"/sessions/batch/{session}/close"))[0] == 21173
        reader = employee(sender.firm, "71010112345", "InvoiceRead")
        assert reader.post(f"/sessions/batch/{session}/close").status_code == 403
        assert reader.post("/sessions/batch", {}).status_code == 403
