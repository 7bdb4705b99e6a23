"""Every form that KSeF takes is readable and printed, and nothing that it says is lost: FA(2), FA_RR(1), PEF(3)."""

from __future__ import annotations

import html
import re

import pytest
from liczydlo.prints.invoice import PrintError, invoice_html, invoice_pdf
from lxml import etree

pytestmark = pytest.mark.pure

FA2 = """<Faktura xmlns="http://crd.gov.pl/wzor/2023/06/29/12648/"><Naglowek>
<KodFormularza kodSystemowy="FA (2)" wersjaSchemy="1-0E">FA</KodFormularza><WariantFormularza>2</WariantFormularza>
<DataWytworzeniaFa>2026-01-23T08:00:00Z</DataWytworzeniaFa></Naglowek>
<Podmiot1><DaneIdentyfikacyjne><NIP>5265877635</NIP><Nazwa>Huta</Nazwa></DaneIdentyfikacyjne></Podmiot1>
<Podmiot2><DaneIdentyfikacyjne><NIP>1111111111</NIP><Nazwa>Skup</Nazwa></DaneIdentyfikacyjne></Podmiot2>
<Fa><KodWaluty>PLN</KodWaluty><P_1>2026-01-22</P_1><P_2>FV/2/1</P_2><P_13_1>100.00</P_13_1><P_14_1>23.00</P_14_1>
<P_15>123.00</P_15><RodzajFaktury>VAT</RodzajFaktury><FaWiersz><NrWierszaFa>1</NrWierszaFa><P_7>szyba</P_7>
<P_8B>1</P_8B><P_9A>100</P_9A><P_11>100</P_11><P_12>23</P_12></FaWiersz><Platnosc><TerminPlatnosci>
<TerminOpis>14 dni od odbioru</TerminOpis></TerminPlatnosci></Platnosc></Fa></Faktura>"""
RR = """<Faktura xmlns="http://crd.gov.pl/wzor/2026/03/06/14189/"><Naglowek>
<KodFormularza kodSystemowy="FA_RR (1)" wersjaSchemy="1-1E">FA_RR</KodFormularza>
<WariantFormularza>1</WariantFormularza><DataWytworzeniaFa>2026-11-23T08:00:00Z</DataWytworzeniaFa></Naglowek>
<Podmiot1><DaneIdentyfikacyjne><NIP>5265877635</NIP><Nazwa>Rolnik</Nazwa></DaneIdentyfikacyjne>
<Adres><KodKraju>PL</KodKraju><AdresL1>Polna 1</AdresL1></Adres><NrKontrahenta>K-77</NrKontrahenta></Podmiot1>
<Podmiot2><DaneIdentyfikacyjne><NIP>1111111111</NIP><Nazwa>Skup</Nazwa></DaneIdentyfikacyjne></Podmiot2>
<FakturaRR><KodWaluty>PLN</KodWaluty><P_4A>2026-11-20</P_4A><P_4B>2026-11-22</P_4B><P_4C>RR/1</P_4C>
<P_11_1>14000.00</P_11_1><P_11_2>980.00</P_11_2><P_12_1>14980.00</P_12_1><P_12_2>czternaście tysięcy</P_12_2>
<RodzajFaktury>{kind}</RodzajFaktury><DokumentZaplaty><NrDokumentu>PRZ/5</NrDokumentu></DokumentZaplaty>
{lines}<Platnosc><FormaPlatnosci>1</FormaPlatnosci><RachunekBankowy1><NrRB>61109010140000071219812874</NrRB>
</RachunekBankowy1></Platnosc></FakturaRR></Faktura>"""
RR_LINE = """<FakturaRRWiersz><NrWierszaFa>1</NrWierszaFa><P_5>żyto ozime</P_5><P_6A>t</P_6A><P_6B>{quantity}</P_6B>
<P_6C>klasa II</P_6C><P_7>700.00</P_7><P_8>{value}</P_8><P_9>7</P_9><P_10>980.00</P_10><P_11>14980.00</P_11>{before}
</FakturaRRWiersz>"""
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
PEF = """<{root} xmlns="{u}{root}-2" xmlns:cac="{u}CommonAggregateComponents-2" xmlns:cbc="{u}CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>P/1</cbc:ID>
<cbc:IssueDate>2026-11-22</cbc:IssueDate><cbc:Note>Dostawa nocą</cbc:Note>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode><cac:OrderReference><cbc:ID>ZAM-9</cbc:ID></cac:OrderReference>
<cac:AccountingSupplierParty><cac:Party><cbc:EndpointID schemeID="9945">5265877635</cbc:EndpointID><cac:PostalAddress>
<cbc:StreetName>Nocna 4</cbc:StreetName><cbc:CityName>Gdynia</cbc:CityName><cbc:PostalZone>81-001</cbc:PostalZone>
<cac:Country><cbc:IdentificationCode>PL</cbc:IdentificationCode></cac:Country></cac:PostalAddress><cac:PartyTaxScheme>
<cbc:CompanyID>PL5265877635</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
<cac:PartyLegalEntity><cbc:RegistrationName>Apteka Morska</cbc:RegistrationName></cac:PartyLegalEntity>
<cac:Contact><cbc:Telephone>58 123</cbc:Telephone></cac:Contact></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>Szpital</cbc:RegistrationName>
</cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cac:PayeeFinancialAccount>
<cbc:ID>PL61109010140000071219812874</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">8.00</cbc:TaxAmount><cac:TaxSubtotal>
<cbc:TaxableAmount currencyID="EUR">100</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">8</cbc:TaxAmount>
<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>8</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID="EUR">100</cbc:TaxExclusiveAmount>
<cbc:PayableAmount currencyID="EUR">1234.5</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:{line}Line><cbc:ID>1</cbc:ID>
<cbc:{quantity}Quantity unitCode="KGM">12.5</cbc:{quantity}Quantity>
<cbc:LineExtensionAmount currencyID="EUR">100</cbc:LineExtensionAmount><cac:Item>
<cbc:Description>jałowy</cbc:Description>
<cbc:Name>bandaż</cbc:Name><cac:AdditionalItemProperty><cbc:Name>szerokość</cbc:Name><cbc:Value>15 cm</cbc:Value>
</cac:AdditionalItemProperty></cac:Item><cac:Price><cbc:PriceAmount currencyID="EUR">8</cbc:PriceAmount></cac:Price>
</cac:{line}Line></{root}>"""
LINE = RR_LINE.format(quantity="20", value="14000.00", before="")
DOCUMENTS = {
    "FA(2)": FA2,
    "FA_RR": RR.format(kind="VAT_RR", lines=LINE),
    "FA_RR correction": RR.format(
        kind="KOR_VAT_RR",
        lines=RR_LINE.format(quantity="15", value="10500.00", before="<StanPrzed>1</StanPrzed>") + LINE,
    ),
    "PEF": PEF.format(u=UBL, root="Invoice", line="Invoice", quantity="Invoiced"),
    "PEF_KOR": PEF.format(u=UBL, root="CreditNote", line="CreditNote", quantity="Credited"),
}
SHOWN = {
    "FA(2)": ["Faktura", "FV/2/1", "22.01.2026", "szyba", "14 dni od odbioru", "123,00 PLN"],
    "FA_RR": [
        *("Faktura VAT RR", "RR/1", "Dostawca (rolnik ryczałtowy)", "Data dokonania nabycia 20.11.2026"),
        *("żyto ozime", "Klasa lub jakość", "klasa II", "Zryczałtowany zwrot podatku 980,00 PLN"),
        *("Kwota należności ogółem", "14 980,00 PLN", "Słownie", "Rachunek rolnika", "PRZ/5", "K-77", "7%"),
    ],
    "FA_RR correction": ["Faktura VAT RR korygująca", "przed korektą", "po korekcie", "3 500,00"],
    "PEF": [
        *("Faktura PEF", "P/1", "22.11.2026", "Apteka Morska", "81-001 Gdynia", "bandaż", "12,5", "KGM"),
        *("szerokość", "15 cm", "Do zapłaty", "1 234,50 EUR", "S 8%", "Zamówienie", "ZAM-9", "Dostawa nocą"),
    ],
    "PEF_KOR": ["Faktura PEF korygująca", "bandaż", "58 123"],
}


def text_of(page: str) -> str:
    plain = html.unescape(re.sub(r"<[^>]+>", " ", page)).replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(plain.split())


@pytest.mark.parametrize("form", DOCUMENTS)
def test_it_is_readable_and_printed(form: str) -> None:
    xml = DOCUMENTS[form].encode()
    page = invoice_html(xml, language="pl")
    assert page is not None
    shown = text_of(page)
    assert [words for words in SHOWN[form] if words not in shown] == []
    assert invoice_pdf(xml).startswith(b"%PDF")


@pytest.mark.parametrize("form", DOCUMENTS)
def test_no_text_is_lost(form: str) -> None:
    """Words of the document; numbers and days are written in another way."""
    xml = DOCUMENTS[form].encode()
    page = invoice_html(xml, language="en")
    assert page is not None
    shown = "".join(text_of(page).split())
    said = (" ".join(element.text.split()) for element in etree.fromstring(xml).iter() if element.text)
    words = [text for text in said if len(text) > 3 and re.fullmatch(r"[^\W\d][^\d:]*", text)]
    assert [
        text for text in words if "".join(text.split()) not in shown and text not in ("VAT_RR", "KOR_VAT_RR")
    ] == []


def test_a_file_inside_pef_is_named_and_not_shown() -> None:
    file = "<cac:AdditionalDocumentReference><cbc:ID>ZAL-1</cbc:ID><cac:Attachment>" + (
        "<cbc:EmbeddedDocumentBinaryObject>QUJDREVG</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>"
        "</cac:AdditionalDocumentReference><cac:AccountingSupplierParty>"
    )
    xml = DOCUMENTS["PEF"].replace("<cac:AccountingSupplierParty>", file, 1)
    page = invoice_html(xml.encode(), language="pl")
    assert page is not None
    assert "ZAL-1" in page and "QUJDREVG" not in page and "w pliku XML" in page


def test_labels_are_in_both_languages() -> None:
    page = invoice_html(DOCUMENTS["FA_RR"].encode(), language="en")
    assert page is not None and "Supplier (flat-rate farmer)" in text_of(page)


@pytest.mark.parametrize("xml", [b"<Order/>", b"no XML", b"<Faktura/>"])
def test_what_is_no_invoice_is_refused(xml: bytes) -> None:
    assert invoice_html(xml, language="pl") is None
    with pytest.raises(PrintError):
        invoice_pdf(xml)
