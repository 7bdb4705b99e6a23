"""pain.001.001.09 (ISO 20022, CustomerCreditTransferInitiation), as Polish banks take it."""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

from liczydlo.payments.transfers.order import Order, Payment
from liczydlo.payments.transfers.payees import Party
from liczydlo.prints.transfer_code import clean

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
SPLIT: Final = "VAT53"
_NSMAP: Final[Any] = {None: NAMESPACE}  # lxml-stubs know no default namespace
_SHARED: Final = ("PLN", "EUR")  # each side pays its own bank, as the clearings of both currencies have it


def write(order: Order) -> bytes:
    """The whole file, UTF-8."""
    count, total = str(len(order.payments)), f"{order.total:.2f}"
    document = _e(
        "Document",
        _e(
            "CstmrCdtTrfInitn",
            _e(
                "GrpHdr",
                _e("MsgId", order.message_id),
                _e("CreDtTm", order.made_at.strftime("%Y-%m-%dT%H:%M:%S")),
                _e("NbOfTxs", count),
                _e("CtrlSum", total),
                _e("InitgPty", _e("Nm", _name(order.payer))),
            ),
            _e(
                "PmtInf",
                _e("PmtInfId", order.message_id),
                _e("PmtMtd", "TRF"),
                _e("NbOfTxs", count),
                _e("CtrlSum", total),
                _e("ReqdExctnDt", _e("Dt", order.day.isoformat())),
                _party("Dbtr", order.payer),
                _e("DbtrAcct", _e("Id", _e("IBAN", order.iban)), _e("Ccy", order.currency)),
                _e("DbtrAgt", _bank(order.iban)),
                _e("ChrgBr", "SLEV" if order.currency in _SHARED else "SHAR"),
                *(_payment(one, order.currency) for one in order.payments),
            ),
        ),
    )
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _payment(payment: Payment, currency: str) -> etree._Element:
    parts = [_e("PmtId", _e("InstrId", payment.reference), _e("EndToEndId", payment.reference))]
    if payment.is_split:
        parts.append(_e("PmtTpInf", _e("LclInstrm", _e("Prtry", SPLIT))))
    parts.append(_e("Amt", _e("InstdAmt", f"{payment.amount:.2f}", Ccy=currency)))
    if payment.bic or payment.iban.startswith("PL"):
        parts.append(_e("CdtrAgt", _bank(payment.iban, payment.bic)))
    parts += [
        _party("Cdtr", payment.payee),
        _e("CdtrAcct", _e("Id", _e("IBAN", payment.iban))),
        _e("RmtInf", _e("Ustrd", clean(payment.title))),
    ]
    return _e("CdtTrfTxInf", *parts)


def _bank(iban: str, bic: str = "") -> etree._Element:
    """A Polish bank by its number in the national clearing (PLKNR), which the account begins with."""
    if iban.startswith("PL"):
        member = _e("ClrSysMmbId", _e("ClrSysId", _e("Cd", "PLKNR")), _e("MmbId", iban[4:12]))
        return _e("FinInstnId", member)
    return (
        _e("FinInstnId", _e("BICFI", bic)) if bic else _e("FinInstnId", _e("Othr", _e("Id", "NOTPROVIDED")))
    )


def _party(tag: str, party: Party) -> etree._Element:
    address = party.address
    parts = [("StrtNm", address.street), ("PstCd", address.postcode)]
    parts += [("TwnNm", address.town), ("Ctry", address.country)]
    return _e(
        tag, _e("Nm", _name(party)), _e("PstlAdr", *(_e(name, clean(text)) for name, text in parts if text))
    )


def _name(party: Party) -> str:
    return clean(party.name)[:140]


def _e(name: str, *content: etree._Element | str, **attributes: str) -> etree._Element:
    element = etree.Element(f"{{{NAMESPACE}}}{name}", attributes, nsmap=_NSMAP)
    for part in content:
        if isinstance(part, str):
            element.text = part
        else:
            element.append(part)
    return element
