"""PEF(3) and PEF_KOR(3): UBL 2.1 invoices and credit notes by the terms (BT-n) of EN 16931, sent by a provider of
Peppol services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ...intake.schemas import PEF, PEF_KOR, FormCode
from .amounts import Totals, account, percent, zloty
from .fa import Buyer, Original
from .lines import Line
from .people import Seller
from .xml import tag

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_PROFILE = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
_PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_UNITS = {"szt.": "C62", "usł.": "E48", "godz.": "HUR", "mies.": "MON", "kWh": "KWH", "m": "MTR", "m²": "MTK"}
"""Polish units as codes of UN/ECE Recommendation 20; any other is „one”, C62."""


@dataclass(frozen=True, kw_only=True)
class PefInvoice:
    """``kind`` ``VAT_PEF``, or ``KOR_PEF``: a credit note of what the ``original`` loses, in amounts above zero."""

    kind: str
    number: str
    day: date
    created: datetime
    seller: Seller
    buyer: Buyer
    lines: Sequence[Line]
    totals: Totals
    currency: str = "PLN"
    original: Original | None = None
    has_attachment: bool = False

    @property
    def form(self) -> FormCode:
        return PEF_KOR if self.original else PEF

    @property
    def issuer_nip(self) -> str:
        """Of whom the provider of Peppol services is; its own context is not a NIP."""
        return self.seller.nip

    def xml(self) -> bytes:
        root = "CreditNote" if self.original else "Invoice"
        due = self.day + timedelta(days=self.seller.days)
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{UBL}{root}-2"'
            f' xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:cbc="{UBL}CommonBasicComponents-2">'
            f"{_cbc('CustomizationID', _PROFILE)}{_cbc('ProfileID', _PROCESS)}{_cbc('ID', self.number)}"
            f"{_cbc('IssueDate', self.day)}{'' if self.original else _cbc('DueDate', due)}"
            f"{_cbc(f'{root}TypeCode', 381 if self.original else 380)}"
            f"{_cbc('Note', 'Dziękujemy za współpracę.')}{_cbc('DocumentCurrencyCode', self.currency)}"
            f"{_cbc('BuyerReference', 'Dział zakupów')}{self._original()}"
            f"{_party('AccountingSupplierParty', self.seller, self.seller.town)}"
            f"{_party('AccountingCustomerParty', self.buyer, '00-999 Warszawa')}"
            f"{self._means()}{self._taxes()}{self._sums()}"
            f"{''.join(self._line(root, place, line) for place, line in enumerate(self.lines, 1))}</{root}>"
        ).encode()

    def _original(self) -> str:
        original = self.original
        if original is None:
            return ""
        return (
            f"<cac:BillingReference><cac:InvoiceDocumentReference>{_cbc('ID', original.number)}"
            f"{_cbc('IssueDate', original.day)}</cac:InvoiceDocumentReference></cac:BillingReference>"
        )

    def _means(self) -> str:
        return (
            f"<cac:PaymentMeans>{_cbc('PaymentMeansCode', 30)}<cac:PayeeFinancialAccount>"
            f"{_cbc('ID', 'PL' + account(self.seller.nip))}</cac:PayeeFinancialAccount></cac:PaymentMeans>"
        )

    def _taxes(self) -> str:
        rows = "".join(
            f"<cac:TaxSubtotal>{self._money('TaxableAmount', sums.net)}{self._money('TaxAmount', sums.vat)}"
            f"<cac:TaxCategory>{_category(rate)}</cac:TaxCategory></cac:TaxSubtotal>"
            for rate, sums in self.totals.by_rate.items()
        )
        return f"<cac:TaxTotal>{self._money('TaxAmount', self.totals.vat)}{rows}</cac:TaxTotal>"

    def _sums(self) -> str:
        net, gross = self.totals.net, self.totals.gross
        return (
            f"<cac:LegalMonetaryTotal>{self._money('LineExtensionAmount', net)}{self._money('TaxExclusiveAmount', net)}"
            f"{self._money('TaxInclusiveAmount', gross)}{self._money('PayableAmount', gross)}</cac:LegalMonetaryTotal>"
        )

    def _line(self, root: str, place: int, line: Line) -> str:
        quantity = "CreditedQuantity" if self.original else "InvoicedQuantity"
        unit = _UNITS.get(line.unit, "C62")
        return (
            f'<cac:{root}Line>{_cbc("ID", place)}<cbc:{quantity} unitCode="{unit}">{line.quantity}</cbc:{quantity}>'
            f"{self._money('LineExtensionAmount', line.value)}<cac:Item>{_cbc('Name', line.name)}"
            f"<cac:ClassifiedTaxCategory>{_category(line.rate)}</cac:ClassifiedTaxCategory></cac:Item>"
            f"<cac:Price>{self._money('PriceAmount', line.price)}</cac:Price></cac:{root}Line>"
        )

    def _money(self, name: str, grosze: int) -> str:
        return f'<cbc:{name} currencyID="{self.currency}">{zloty(grosze)}</cbc:{name}>'


_VAT = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"


def _party(role: str, party: Seller | Buyer, town: str) -> str:
    code, _, city = town.partition(" ")
    home = f"{_cbc('StreetName', party.street)}{_cbc('CityName', city)}{_cbc('PostalZone', code)}"
    tax = f"{_cbc('CompanyID', f'PL{party.nip}')}{_VAT}"
    legal = f"{_cbc('RegistrationName', party.name)}{_cbc('CompanyID', party.nip)}"
    return (
        f'<cac:{role}><cac:Party><cbc:EndpointID schemeID="9945">{party.nip}</cbc:EndpointID>'
        f"<cac:PartyName>{_cbc('Name', party.name)}</cac:PartyName><cac:PostalAddress>{home}<cac:Country>"
        f"{_cbc('IdentificationCode', 'PL')}</cac:Country></cac:PostalAddress><cac:PartyTaxScheme>{tax}"
        f"</cac:PartyTaxScheme><cac:PartyLegalEntity>{legal}</cac:PartyLegalEntity></cac:Party></cac:{role}>"
    )


def _category(rate: str) -> str:
    """UNCL 5305: S is a rate above zero."""
    return f"{_cbc('ID', 'S')}{_cbc('Percent', percent(rate))}{_VAT}"


def _cbc(name: str, value: object) -> str:
    return tag(f"cbc:{name}", value)
