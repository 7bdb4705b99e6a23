"""An invoice from data to what is sent: built, written, validated against the schema, hashed, encrypted.

The same invoice of 20 lines, by turns in one run: Liczydło (with every check before sending), the PyPI client
``ksef-client`` (its builder, its validation, its cipher), and the floor: lxml alone, which makes a tree of given sums,
validates it with a schema that was compiled once and checks nothing else. Each in a process of its own; medians of
milliseconds for one invoice and peak memory. Ends with 1 when over the budget.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "app/src"))
BUDGET = 1.5  # times the floor
CONTENDERS = ("liczydlo", "ksef-client", "lxml")
STEPS = ("build and write", "validate", "hash and encrypt")
TODAY = date(2026, 11, 23)
RATES = ("23", "8", "5")
SELLER, BUYER = "5265877635", "1111111111"

Marks = list[float]
Contender = Callable[[int, int, Marks], bytes]  # number, lines, moments of the ends of steps; the cipher text


def rows(lines: int) -> list[tuple[str, Decimal, Decimal, str]]:
    """Name, quantity, unit price, rate."""
    return [
        (
            f"Kubek ceramiczny, wzór {index}",
            Decimal(index + 1),
            Decimal(index * 37 + 99) / 10,
            RATES[index % 3],
        )
        for index in range(lines)
    ]


def liczydlo() -> Contender:
    """Ours: ``build``, ``write``, ``inspect`` (file, schema, rules, hash) with the model at hand, the session's key."""
    from liczydlo.fa3.build import build
    from liczydlo.fa3.document import inspect
    from liczydlo.fa3.draft import Address, InvoiceDraft, Line, Party, Payment
    from liczydlo.fa3.model import RachunekBankowy, TerminPlatnosci
    from liczydlo.fa3.write import write
    from liczydlo.ksef.envelope import SessionKey

    key = SessionKey.new()
    warsaw = Address(line1="ul. Garncarska 3", line2="00-001 Warszawa")
    cracow = Address(line1="ul. Sklepowa 7", line2="30-001 Kraków")
    seller = Party(nip=SELLER, name="Pracownia", address=warsaw)
    buyer = Party(nip=BUYER, name="Sklep", address=cracow)

    def one(number: int, lines: int, marks: Marks) -> bytes:
        draft = InvoiceDraft(
            seller=seller,
            buyer=buyer,
            number=f"FV/{number}",
            issue_date=TODAY,
            lines=tuple(
                Line(name=name, quantity=quantity, net_price=price, rate=rate)
                for name, quantity, price, rate in rows(lines)
            ),
            payment=Payment(
                terms=(TerminPlatnosci(termin=date(2026, 12, 7)),),
                accounts=(RachunekBankowy(nr_rb="61109010140000071219812874"),),
            ),
        )
        faktura = build(draft, created=datetime(2026, 11, 23, 9, tzinfo=UTC))
        xml = write(faktura)
        marks.append(time.perf_counter())
        document = inspect(xml, today=TODAY, faktura=faktura)
        assert not document.warnings
        marks.append(time.perf_counter())
        sent = key.encrypt(document.xml)
        hashlib.sha256(sent).digest()
        marks.append(time.perf_counter())
        return sent

    return one


def ksef_client() -> Contender:
    """Theirs, as its documentation uses it, with validation against the schema on."""
    from ksef_client.documents import fa3
    from ksef_client.services.crypto import encrypt_aes_cbc_pkcs7

    key, vector = os.urandom(32), os.urandom(16)
    tax = {
        "23": fa3.TaxCategory.standard_23(),
        "8": fa3.TaxCategory.reduced_8(),
        "5": fa3.TaxCategory.reduced_5(),
    }
    seller = fa3.InvoiceParty.polish_company(
        nip=SELLER, name="Pracownia", address=fa3.Address.polish("ul. Garncarska 3", "00-001 Warszawa")
    )
    buyer = fa3.InvoiceParty.polish_company(
        nip=BUYER, name="Sklep", address=fa3.Address.polish("ul. Sklepowa 7", "30-001 Kraków")
    )
    account = fa3.BankAccount("61109010140000071219812874")
    payment = fa3.PaymentTerms.transfer(due_date=date(2026, 12, 7), bank_account=account)

    def one(number: int, lines: int, marks: Marks) -> bytes:
        builder = fa3.FA3Invoice.basic(f"FV/{number}").issued_on(TODAY)
        builder = builder.seller(seller).buyer(buyer).payment(payment)
        for name, quantity, price, rate in rows(lines):
            builder.add_line(name, quantity=quantity, unit_net_price=price, tax=tax[rate])
        invoice = builder.build()
        xml = invoice.to_xml()
        marks.append(time.perf_counter())
        fa3.validate_fa3_xml_xsd(xml)
        marks.append(time.perf_counter())
        hashlib.sha256(xml).digest()
        sent = encrypt_aes_cbc_pkcs7(xml, key, vector)
        hashlib.sha256(sent).digest()
        marks.append(time.perf_counter())
        return sent

    return one


def bare_lxml() -> Contender:
    """The floor: a tree of lxml, one compiled schema, ``cryptography``; sums are given, nothing else is checked."""
    from cryptography.hazmat.primitives import padding
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES256
    from cryptography.hazmat.primitives.ciphers.modes import CBC
    from lxml import etree

    namespace = "http://crd.gov.pl/wzor/2025/06/25/13775/"
    package = importlib.util.find_spec("ksef_client")
    assert package is not None and package.submodule_search_locations
    folder = Path(package.submodule_search_locations[0]) / "documents" / "fa3" / "schemas"

    class Near(etree.Resolver):
        def resolve(self, url: str, public_id: str | None, context: object) -> object:  # noqa: ARG002
            return self.resolve_filename(str(folder / url.rsplit("/", 1)[-1]), context)

    parser = etree.XMLParser()
    parser.resolvers.add(Near())
    schema = etree.XMLSchema(etree.parse(str(folder / "schemat_FA(3)_v1-0E.xsd"), parser))
    key, vector = os.urandom(32), os.urandom(16)

    def add(parent: etree._Element, name: str, text: object = None, **attributes: str) -> etree._Element:
        element = etree.SubElement(parent, f"{{{namespace}}}{name}", attributes)
        element.text = None if text is None else str(text)
        return element

    def party(root: etree._Element, tag: str, nip: str, name: str, *address: str) -> etree._Element:
        element = add(root, tag)
        identity = add(element, "DaneIdentyfikacyjne")
        add(identity, "NIP", nip)
        add(identity, "Nazwa", name)
        place = add(element, "Adres")
        add(place, "KodKraju", "PL")
        for index, line in enumerate(address, 1):
            add(place, f"AdresL{index}", line)
        return element

    def one(number: int, lines: int, marks: Marks) -> bytes:
        root = etree.Element(f"{{{namespace}}}Faktura", nsmap={None: namespace})
        head = add(root, "Naglowek")
        add(head, "KodFormularza", "FA", kodSystemowy="FA (3)", wersjaSchemy="1-0E")
        add(head, "WariantFormularza", 3)
        add(head, "DataWytworzeniaFa", "2026-11-23T09:00:00Z")
        party(root, "Podmiot1", SELLER, "Pracownia", "ul. Garncarska 3", "00-001 Warszawa")
        second = party(root, "Podmiot2", BUYER, "Sklep", "ul. Sklepowa 7", "30-001 Kraków")
        add(second, "JST", 2)
        add(second, "GV", 2)
        fa = add(root, "Fa")
        sums = ("P_13_1", "P_14_1", "P_13_2", "P_14_2", "P_13_3", "P_14_3", "P_15")
        for name, text in (("KodWaluty", "PLN"), ("P_1", TODAY), ("P_2", f"FV/{number}")):
            add(fa, name, text)
        for name in sums:
            add(fa, name, "1000.00")
        marked = add(fa, "Adnotacje")
        for name in ("P_16", "P_17", "P_18", "P_18A"):
            add(marked, name, 2)
        add(add(marked, "Zwolnienie"), "P_19N", 1)
        add(add(marked, "NoweSrodkiTransportu"), "P_22N", 1)
        add(marked, "P_23", 2)
        add(add(marked, "PMarzy"), "P_PMarzyN", 1)
        add(fa, "RodzajFaktury", "VAT")
        for index, (name, quantity, price, rate) in enumerate(rows(lines), 1):
            line = add(fa, "FaWiersz")
            add(line, "NrWierszaFa", index)
            add(line, "P_7", name)
            add(line, "P_8A", "szt.")
            add(line, "P_8B", quantity)
            add(line, "P_9A", price)
            add(line, "P_11", f"{quantity * price:.2f}")
            add(line, "P_12", rate)
        payment = add(fa, "Platnosc")
        add(add(payment, "TerminPlatnosci"), "Termin", "2026-12-07")
        add(payment, "FormaPlatnosci", 6)
        add(add(payment, "RachunekBankowy"), "NrRB", "61109010140000071219812874")
        xml = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        marks.append(time.perf_counter())
        schema.assertValid(etree.fromstring(xml))
        marks.append(time.perf_counter())
        hashlib.sha256(xml).digest()
        padder, encryptor = padding.PKCS7(128).padder(), Cipher(AES256(key), CBC(vector)).encryptor()
        sent = encryptor.update(padder.update(xml) + padder.finalize()) + encryptor.finalize()
        hashlib.sha256(sent).digest()
        marks.append(time.perf_counter())
        return sent

    return one


MAKERS = {"liczydlo": liczydlo, "ksef-client": ksef_client, "lxml": bare_lxml}


def measure(name: str, invoices: int, lines: int) -> None:
    """In a process of its own: JSON with milliseconds of each step (medians), of the whole, and peak memory in MB."""
    make = MAKERS[name]()
    size = len(make(0, lines, []))  # compiled, cached, imported
    steps: list[list[float]] = [[] for _ in STEPS]
    wholes = []
    for number in range(1, invoices + 1):
        marks = [time.perf_counter()]
        make(number, lines, marks)
        for index, step in enumerate(steps):
            step.append(marks[index + 1] - marks[index])
        wholes.append(marks[-1] - marks[0])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    found = {"steps": [statistics.median(step) * 1000 for step in steps], "bytes": size, "memory": peak}
    print(json.dumps({**found, "whole": statistics.median(wholes) * 1000}))


def main() -> int:
    """Run; print a table of medians over the rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=200)
    parser.add_argument("--lines", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=CONTENDERS, help=argparse.SUPPRESS)
    flags = parser.parse_args()
    if flags.only:
        measure(flags.only, flags.invoices, flags.lines)
        return 0
    results: dict[str, list[dict[str, object]]] = {name: [] for name in CONTENDERS}
    for _ in range(flags.rounds):
        for name in CONTENDERS:
            command = [sys.executable, __file__, "--only", name, "--lines", str(flags.lines)]
            command += ["--invoices", str(flags.invoices)]
            run = subprocess.run(command, check=True, capture_output=True, text=True)
            results[name].append(json.loads(run.stdout))
    print(f"one invoice of {flags.lines} lines, medians of {flags.rounds} × {flags.invoices}, milliseconds")
    heads = "".join(f"{step:>18}" for step in STEPS)
    print(f"{'':14}{heads}{'whole':>9}{'per second':>12}{'peak MB':>9}")
    wholes = {}
    for name, found in results.items():
        steps = [statistics.median(one["steps"][index] for one in found) for index in range(len(STEPS))]
        wholes[name] = statistics.median(one["whole"] for one in found)
        memory = statistics.median(one["memory"] for one in found)
        cells = "".join(f"{step:18.3f}" for step in steps)
        print(f"{name:14}{cells}{wholes[name]:9.3f}{1000 / wholes[name]:12.0f}{memory:9.0f}")
    ours = wholes["liczydlo"]
    print(
        f"Liczydło: {wholes['ksef-client'] / ours:.1f} times as fast as ksef-client,"
        f" {ours / wholes['lxml']:.2f} times the floor (budget {BUDGET})"
    )
    return int(ours > BUDGET * wholes["lxml"])


if __name__ == "__main__":
    sys.exit(main())
