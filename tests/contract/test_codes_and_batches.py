"""Our client against our emulator: KOD I and KOD II of printed invoices, and batches."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from liczydlo import ksef
from liczydlo.ksef import upo
from liczydlo.ksef.conversation import Upload
from liczydlo.ksef.packing import pack

from app.tests.builders import new_nip

from .conftest import invoice_xml, today
from .steps import finished, offline_credential, sent


class TestCodes:
    def test_kod_1_finds_the_invoice(self, company: Any, environment: ksef.Environment) -> None:
        firm = company()
        xml = invoice_xml(firm.nip, new_nip())
        link = ksef.kod_1(
            environment, seller_nip=firm.nip, issue_date=today(), sha256=hashlib.sha256(xml).digest()
        )
        before = httpx2.get(link, trust_env=False).text
        status = sent(firm, xml)
        after = httpx2.get(link, trust_env=False).text
        assert status.ksef_number in after
        assert status.ksef_number not in before

    @pytest.mark.parametrize("kind", ["EC", "RSA"])
    def test_kod_2_names_the_issuer(self, kind: str, company: Any, environment: ksef.Environment) -> None:
        firm = company()
        pair = offline_credential(firm, kind)
        digest = hashlib.sha256(invoice_xml(firm.nip, new_nip())).digest()
        link = ksef.kod_2(
            environment, context=firm.context, seller_nip=firm.nip, sha256=digest, credential=pair
        )
        good = httpx2.get(link, trust_env=False)
        head, _, signature = link.rpartition("/")
        other = ("B" if signature[0] == "A" else "A") + signature[1:]
        bad = httpx2.get(f"{head}/{other}", trust_env=False)
        assert good.status_code == 200
        assert good.text != bad.text


class TestBatches:
    @pytest.mark.parametrize("compression", ["Zip", "TarGz"])
    @pytest.mark.parametrize("offline", [False, True])
    def test_a_package_in_parts_has_a_verdict_and_a_receipt_for_each_invoice(
        self, compression: Any, offline: bool, company: Any, tmp_path: Any
    ) -> None:
        firm, key = company(), ksef.SessionKey.new()
        documents = {f"{index}.xml": invoice_xml(firm.nip, new_nip()) for index in range(5)}
        bad = b"<Faktura/>"
        package = pack(
            [*documents.items(), ("bad.xml", bad)], key, tmp_path, compression=compression, part_size=700
        )
        assert len(package.parts) > 1
        session = firm.client.open_batch(package, key, offline=offline)
        assert [upload.ordinal for upload in session.uploads] == [part.ordinal for part in package.parts]
        for upload, part in zip(session.uploads, package.parts, strict=True):
            firm.client.upload_part(upload, part.path)
            firm.client.upload_part(upload, part.path)  # after a lost answer, say
        firm.client.close_batch(session.reference)
        status = finished(firm.client, session.reference)
        assert (status.code, status.accepted, status.rejected) == (200, 5, 1)
        verdicts = {one.sha256: one for one in firm.client.session_invoices(session.reference)}
        assert verdicts[hashlib.sha256(bad).digest()].rejected
        accepted = [verdicts[hashlib.sha256(xml).digest()] for xml in documents.values()]
        assert {one.mode for one in accepted} == {"Offline" if offline else "Online"}
        (page,) = status.upo_pages
        receipt = upo.verify(firm.client.session_upo(session.reference, page.reference))
        assert {one.ksef_number for one in receipt.documents} == {one.ksef_number for one in accepted}

    def test_a_missing_part_and_another_file_are_refused(self, company: Any, tmp_path: Any) -> None:
        firm, key = company(), ksef.SessionKey.new()
        package = pack([("1.xml", invoice_xml(firm.nip, new_nip()))], key, tmp_path, part_size=500)
        session = firm.client.open_batch(package, key, offline=False)
        with pytest.raises(ksef.Refused):
            firm.client.close_batch(session.reference)
        other = tmp_path / "other"
        other.write_bytes(b"x" * 10)
        for upload in session.uploads:
            firm.client.upload_part(upload, other)
        with pytest.raises(ksef.Refused):
            firm.client.close_batch(session.reference)
        with pytest.raises(ksef.Refused) as caught:
            firm.client.upload_part(replace(upload, url=upload.url + "x"), other)
        assert (caught.value.code, caught.value.status) == ("upload-refused", 403)

    def test_an_address_of_another_kind_gets_nothing(self, company: Any, tmp_path: Any) -> None:
        (tmp_path / "part").write_bytes(b"x")
        with pytest.raises(ksef.Unavailable):
            company().client.upload_part(
                Upload(ordinal=1, method="PUT", url="https://127.0.0.1:1/part"), tmp_path / "part"
            )
