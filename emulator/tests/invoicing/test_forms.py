"""The other structures: FA(2), FA_RR, PEF, PEF_KOR; their schemas are the Ministry's and are not ours to carry."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import httpx2
import pytest
from ksef_emulator import cli
from ksef_emulator.config import Config
from ksef_emulator.control.contractors import lines
from ksef_emulator.control.contractors.fa import Buyer, FaInvoice
from ksef_emulator.control.contractors.people import SELLERS
from ksef_emulator.intake.examine import Rules, examine
from ksef_emulator.intake.facts import Facts
from ksef_emulator.intake.facts_pef import read_pef
from ksef_emulator.intake.refusals import Refusal
from ksef_emulator.intake.schemas import FA2, FORM_CODES, SchemaFilesError, Schemas
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.sending.issuing import may_issue
from ksef_emulator.model.time.progress import AT_ONCE
from ksef_emulator.testing import running_emulator
from lxml import etree

from ..login.conftest import Door, new_nip, self_signed
from .conftest import Firm, forbidden

OFFICIAL = Path(__file__).parents[4] / "shared" / "spec" / "xsd"
CODES = {code.system_code: code for code in FORM_CODES}
shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not OFFICIAL.exists(), reason="the official schemas are not beside the repository"),
]

RR = """<?xml version="1.0" encoding="UTF-8"?>
<Faktura xmlns="http://crd.gov.pl/wzor/2026/03/06/14189/"><Naglowek>
<KodFormularza kodSystemowy="FA_RR (1)" wersjaSchemy="1-1E">FA_RR</KodFormularza>
<WariantFormularza>1</WariantFormularza><DataWytworzeniaFa>2026-11-23T08:00:00Z</DataWytworzeniaFa></Naglowek>
<Podmiot1><DaneIdentyfikacyjne><NIP>5265877635</NIP><Nazwa>Rolnik</Nazwa></DaneIdentyfikacyjne>
<Adres><KodKraju>PL</KodKraju><AdresL1>Polna 1</AdresL1></Adres></Podmiot1>
<Podmiot2><DaneIdentyfikacyjne><NIP>1111111111</NIP><Nazwa>Skup</Nazwa></DaneIdentyfikacyjne>
<Adres><KodKraju>PL</KodKraju><AdresL1>Polna 2</AdresL1></Adres></Podmiot2>
<FakturaRR><KodWaluty>PLN</KodWaluty><P_4A>2026-11-20</P_4A><P_4B>2026-11-22</P_4B><P_4C>RR/1</P_4C>
<P_11_1>100.00</P_11_1><P_11_2>7.00</P_11_2><P_12_1>107.00</P_12_1><P_12_2>sto siedem złotych</P_12_2>
<RodzajFaktury>VAT_RR</RodzajFaktury></FakturaRR></Faktura>""".encode()

PARTY = """<cac:{role}><cac:Party><cbc:EndpointID schemeID="9945">1</cbc:EndpointID><cac:PostalAddress><cac:Country>
<cbc:IdentificationCode>PL</cbc:IdentificationCode></cac:Country></cac:PostalAddress><cac:PartyTaxScheme>
<cbc:CompanyID>{tax}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
<cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName><cbc:CompanyID>{legal}</cbc:CompanyID>
</cac:PartyLegalEntity></cac:Party></cac:{role}>"""
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


def pef(
    *,
    root: str = "Invoice",
    seller: tuple[str, str] = ("PL5265877635", "x"),
    buyer: tuple[str, str] = ("PL1111111111", "x"),
    code: str = "380",
    total: str = '<cbc:TaxAmount currencyID="EUR">23.00</cbc:TaxAmount>',
) -> bytes:
    supplier = PARTY.format(role="AccountingSupplierParty", tax=seller[0], legal=seller[1], name="Sprzedawca")
    customer = PARTY.format(role="AccountingCustomerParty", tax=buyer[0], legal=buyer[1], name="Nabywca")
    kind = "InvoiceTypeCode" if root == "Invoice" else "CreditNoteTypeCode"
    due = "<cbc:DueDate>2026-12-01</cbc:DueDate>" if root == "Invoice" else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="{UBL}{root}-2" xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:cbc="{UBL}CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ProfileID>1</cbc:ProfileID><cbc:ID>P/1</cbc:ID>
<cbc:IssueDate>2026-11-22</cbc:IssueDate>{due}<cbc:{kind}>{code}</cbc:{kind}>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>{supplier}{customer}<cac:TaxTotal>{total}</cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">100</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="EUR">100</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="EUR">123.005</cbc:TaxInclusiveAmount>
<cbc:PayableAmount currencyID="EUR">123</cbc:PayableAmount></cac:LegalMonetaryTotal><cac:{root}Line><cbc:ID>1</cbc:ID>
<cbc:LineExtensionAmount currencyID="EUR">100</cbc:LineExtensionAmount><cac:Item><cbc:Name>Towar</cbc:Name></cac:Item>
</cac:{root}Line></{root}>""".encode()


def fa2() -> bytes:
    """FA(2), as a contractor of the emulator issues it."""
    sold = lines.sold(SELLERS[0], random.Random(1), rate="23")
    return FaInvoice(
        kind="VAT",
        number="F/1",
        day=date(2026, 11, 22),
        created=datetime(2026, 11, 22, 8, tzinfo=UTC),
        seller=SELLERS[0],
        buyer=Buyer(nip="1111111111", name="Nabywca"),
        lines=sold,
        totals=lines.total(sold),
        form=FA2,
    ).xml()


def read(xml: bytes) -> Facts:
    return read_pef(etree.fromstring(xml))


def test_facts_of_pef() -> None:
    facts = read(pef())
    assert (facts.number, facts.issue_date, facts.invoice_type) == ("P/1", date(2026, 11, 22), "VatPef")
    assert (facts.seller.kind, facts.seller.value, facts.seller.name) == ("Nip", "5265877635", "Sprzedawca")
    assert (facts.buyer.kind, facts.buyer.value) == ("Nip", "1111111111")
    assert (facts.net, facts.vat, facts.gross, facts.currency) == (10000, 2300, 12300, "EUR")
    assert not facts.self_invoicing and not facts.has_attachment
    assert read(pef(root="CreditNote")).invoice_type == "KorPef"
    assert read(pef(code="389")).self_invoicing


@pytest.mark.parametrize(
    ("numbers", "wanted"),
    [
        (("SE4598375937", "1111111111"), ("Nip", "1111111111")),
        (("SE4598375937", "x"), ("VatUe", "SE4598375937")),
        (("123-45", ""), ("Other", "123-45")),
        (("", ""), ("None", None)),
    ],
)
def test_buyers_of_pef(numbers: tuple[str, str], wanted: tuple[str, str | None]) -> None:
    buyer = read(pef(buyer=numbers)).buyer
    assert (buyer.kind, buyer.value) == wanted


def test_a_seller_without_nip() -> None:
    with pytest.raises(Refusal) as caught:
        read(pef(seller=("SE4598375937", "x")))
    assert caught.value.code == 450


class Granted:
    """Whoever is asked about got everything of this scope."""

    def __init__(self, scope: str) -> None:
        self.scope = scope

    def authorized(self, *, owner_nip: str, kind: str, value: str, scope: str) -> bool:
        return scope == self.scope

    def subunit_of(self, *, parent_nip: str, nip: str) -> bool:
        return False


@pytest.mark.parametrize("scope", ["PefInvoicing", "SelfInvoicing"])
def test_a_provider_of_peppol_services_issues_for_whoever_let_it(scope: str) -> None:
    allowed = may_issue(
        read(pef()), context=Context(type=ContextType.PEPPOL_ID, value="PPL123456"), relations=Granted(scope)
    )
    assert allowed is (scope == "PefInvoicing")


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    """All of them."""
    return Schemas(OFFICIAL)


class TestWithSchemas:
    pytestmark = shared

    def facts(self, xml: bytes, form: str, schemas: Schemas) -> Facts:
        rules = Rules(form=CODES[form], day=date(2026, 11, 23), may_issue=lambda _: True)
        return examine(xml, rules, schemas)

    @pytest.mark.parametrize("form", list(CODES))
    def test_every_schema_is_found_and_compiles(self, schemas: Schemas, form: str) -> None:
        assert schemas.find(*CODES[form].key) == CODES[form]
        schemas.prepare(CODES[form])

    def test_rr(self, schemas: Schemas) -> None:
        facts = self.facts(RR, "FA_RR (1)", schemas)
        assert (facts.seller.value, facts.buyer.value, facts.number) == ("5265877635", "1111111111", "RR/1")
        assert (facts.net, facts.vat, facts.gross, facts.currency) == (10000, 700, 10700, "PLN")
        assert (facts.invoice_type, facts.issue_date) == ("VatRr", date(2026, 11, 22))
        for context, scope, allowed in (
            ("5265877635", "", True),
            ("1111111111", "RRInvoicing", True),
            ("1111111111", "SelfInvoicing", False),
            ("2222222222", "RRInvoicing", False),
        ):
            relations = Granted(scope)
            result = may_issue(facts, context=Context.of_nip(context), relations=relations)
            assert result is allowed

    def test_a_document_of_another_structure(self, schemas: Schemas) -> None:
        with pytest.raises(Refusal) as caught:
            self.facts(RR, "FA (2)", schemas)
        assert caught.value.code == 450 and "FA_RR (1)" in caught.value.details[1]

    @pytest.mark.parametrize("wrong", ["left out", "unknown", "no amount"])
    @pytest.mark.parametrize(
        ("form", "good", "number", "amount"),
        [
            ("FA_RR (1)", RR, "P_4C", "P_12_1"),
            ("FA (2)", fa2(), "P_2", "P_15"),
            ("PEF (3)", pef(), "ID", "PayableAmount"),
            ("PEF_KOR (3)", pef(root="CreditNote"), "ID", "PayableAmount"),
        ],
    )
    def test_a_wrong_document_is_refused_by_its_own_schema(
        self, schemas: Schemas, form: str, good: bytes, number: str, amount: str, wrong: str
    ) -> None:
        self.facts(good, form, schemas)
        root = etree.fromstring(good)
        element = next(root.iter(f"{{*}}{amount if wrong == 'no amount' else number}"))
        if wrong == "left out":
            element.getparent().remove(element)
        elif wrong == "unknown":
            element.addnext(etree.Element(f"{{{etree.QName(element).namespace}}}Nieznane"))
        else:
            element.text = "sto"
        with pytest.raises(Refusal) as caught:
            self.facts(etree.tostring(root, xml_declaration=True, encoding="UTF-8"), form, schemas)
        assert caught.value.code == 450
        text = " ".join(caught.value.details)
        assert ("Nieznane" if wrong == "unknown" else "sto" if wrong == "no amount" else number) in text

    def test_the_command(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["schemas", "--schemas", str(OFFICIAL)]) == 0
        assert capsys.readouterr().out.count("ready") == 5


def test_without_schemas(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert Schemas().find(*CODES["FA (3)"].key) is not None
    assert Schemas(tmp_path).find(*CODES["FA (2)"].key) is None
    assert cli.main(["schemas", "--schemas", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert (out.count("ready"), out.count("missing")) == (1, 4)


def test_files_that_are_no_schema(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    file = tmp_path / "deeper" / CODES["FA (2)"].schema_file
    for content in (
        "nonsense",
        '<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema"><x:include schemaLocation="http://a/b.xsd"/></x:schema>',
    ):
        file.write_text(content)
        with pytest.raises(SchemaFilesError):
            Schemas(tmp_path).prepare(CODES["FA (2)"])
        assert cli.main(["schemas", "--schemas", str(tmp_path)]) == 1
        assert "broken" in capsys.readouterr().out


def test_the_command_of_the_command_line() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "ksef_emulator", "schemas", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(cli.__file__).parents[1]), "PYTHONUTF8": "1"},
    )
    assert "KSEF_EMULATOR_SCHEMAS" in result.stdout


class TestOverHttp:
    """A provider of Peppol services sends PEF, and nothing else; nobody else sends PEF."""

    pytestmark = shared

    @pytest.fixture
    def door(self) -> Iterator[Door]:
        config = Config(progress=AT_ONCE, rate_limits="off", schemas=OFFICIAL)
        with running_emulator(config) as running, httpx2.Client(trust_env=False, timeout=20) as http:
            yield Door(running=running, http=http)

    def form(self, name: str) -> dict[str, str]:
        code = CODES[name]
        return {
            "systemCode": code.system_code,
            "schemaVersion": code.schema_version,
            "value": code.value,
        }

    def test_a_provider(self, door: Door) -> None:
        seal = self_signed(common_name="PPL123456", organization="Dostawca")
        access, _ = door.tokens(seal, ("PeppolId", "PPL123456"))
        firm = Firm(door=door, nip="", token=access)
        body = firm.opening(formCode=self.form("FA (3)"))
        assert forbidden(firm.post("/sessions/online", body)) == "missing-permissions"
        door.emulator.intake_queue.examination.relations = Granted("PefInvoicing")
        for name, xml in (("PEF (3)", pef()), ("PEF_KOR (3)", pef(root="CreditNote", code="381"))):
            answer = firm.post("/sessions/online", firm.opening(formCode=self.form(name)))
            assert answer.status_code == 201, answer.text
            session = answer.json()["referenceNumber"]
            status = firm.status(session, firm.send(session, xml))
            assert status["status"] == {"code": 200, "description": "Sukces"}

    def test_others(self, door: Door) -> None:
        nip = new_nip()
        access, _ = door.tokens(self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
        firm = Firm(door=door, nip=nip, token=access)
        body = firm.opening(formCode=self.form("PEF (3)"))
        assert forbidden(firm.post("/sessions/online", body)) == "missing-permissions"
        for name in ("FA (2)", "FA (3)", "FA_RR (1)"):
            body = firm.opening(formCode=self.form(name))
            assert firm.post("/sessions/online", body).status_code == 201
        session = firm.post("/sessions/online", body).json()["referenceNumber"]
        rr = RR.replace(b"1111111111", nip.encode())
        assert firm.status(session, firm.send(session, rr))["status"]["code"] == 410
        door.emulator.intake_queue.examination.relations = Granted("RRInvoicing")
        status = firm.status(session, firm.send(session, rr))
        assert status["status"]["code"] == 200
