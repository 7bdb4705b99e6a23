"""What tests of the application share: people, firms, certificate files made on the spot, and the real emulator."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID, ObjectIdentifier
from django.test import Client
from liczydlo import ksef

from app.tests.quick import (
    enter,
    one_list_of_static_files,
    own_cache,
    quick_flush,
    quick_pages,
    quick_passwords,
    whole_runs,
)

__all__ = [
    "one_list_of_static_files",
    "own_cache",
    "quick_flush",
    "quick_pages",
    "quick_passwords",
    "whole_runs",
]
PASSWORD = "Kwiecień-plecień 2026"
KEY_PASSWORD = "Haslo-do-klucza(1)"
NIP = "5265877635"
OTHER_NIP = "8567346215"


def uses_database(item: Any) -> bool:
    """Whether a test, or a fixture of its, touches a database."""
    named = {"db", "transactional_db", "live_server"} & set(item.fixturenames)
    return bool(named) or item.get_closest_marker("django_db") is not None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What touches no database is ``pure``: the run on PostgreSQL leaves it out."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and not uses_database(item):
            item.add_marker(pytest.mark.pure)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite's test database is a file, as in life: two threads of a test are two sessions that wait for each other.

    In memory they would share one connection. It is a copy of one that was brought up to date once for all workers;
    so is PostgreSQL's.
    """
    from django.conf import settings

    from tests.processes import migrated, migrated_postgresql

    default = settings.DATABASES["default"]
    test = default.setdefault("TEST", {})
    if default["ENGINE"].endswith("sqlite3"):
        name = tmp_path_factory.mktemp("database") / "test.sqlite3"
        shutil.copy(migrated() / "liczydlo.sqlite3", name)
        test["NAME"] = str(name)
    else:
        test["TEMPLATE"] = migrated_postgresql(os.environ["DATABASE_URL"])


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """What was copied is used, and goes away with its folder."""
    from django.conf import settings

    engine: str = settings.DATABASES["default"]["ENGINE"]
    return engine.endswith("sqlite3")


@pytest.fixture(autouse=True)
def own_data_folder(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Master key, workers' files and the queue of each test in a folder of its own; translations start in Polish."""
    if not {"db", "transactional_db", "settings"} & set(
        request.fixturenames
    ) and not request.node.get_closest_marker("django_db"):
        return
    settings = request.getfixturevalue("settings")
    settings.LICZYDLO_DATA = tmp_path
    settings.LICZYDLO_MASTER_KEY = ""
    settings.LICZYDLO_MASTER_PASSPHRASE = ""
    from liczydlo.connection import clients

    clients.forget_keys()


@pytest.fixture
def file_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """SQLite in a file, as in life, for sessions in several threads: in memory they share one cache and its locks."""
    import sqlite3

    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    memory, name = connection.connection, connection.settings_dict["NAME"]
    path = tmp_path / "test.sqlite3"
    with sqlite3.connect(path) as copy:
        memory.backup(copy)
    copy.close()
    connection.connection, connection.settings_dict["NAME"] = None, str(path)
    try:
        yield
    finally:
        connection.close()
        connection.connection, connection.settings_dict["NAME"] = memory, name


@pytest.fixture
def empty_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A database without a table instead of the test's, for tests that migrate: the worker's own stays up to date."""
    from django.db import connection

    def execute(statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    before = connection.settings_dict["NAME"]
    name = str(tmp_path / "before.sqlite3")
    if connection.vendor == "postgresql":
        name = f"{before}_before"
        execute(f'CREATE DATABASE "{name}"')
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        if connection.vendor == "postgresql":
            execute(f'DROP DATABASE "{name}"')


@pytest.fixture
def owner(db: None) -> Any:
    """The person who owns ``company``."""
    from liczydlo.companies.models import User

    return User.objects.create_user("ala@example.com", PASSWORD, name="Ala Nowak")


@pytest.fixture
def company(owner: Any) -> Any:
    """A firm in the emulator's environment, owned by ``owner``."""
    return make_company(NIP, "Żółta Łódź – Jan Gęśl", owner)


@pytest.fixture
def stranger(db: None) -> Any:
    """The owner of another firm."""
    from liczydlo.companies.models import User

    person = User.objects.create_user("obcy@example.com", PASSWORD, name="Obcy Człowiek")
    make_company(OTHER_NIP, "Obca Firma sp. z o.o.", person)
    return person


def make_company(nip: str, name: str, *owners: Any, **fields: Any) -> Any:
    """A firm with its owners."""
    from liczydlo.companies.models import Company, Membership, Role

    made = Company.objects.create(nip=nip, name=name, line1="ul. Kręta 3", line2="00-001 Warszawa", **fields)
    for person in owners:
        Membership.objects.create(user=person, company=made, role=Role.OWNER)
    return made


@pytest.fixture
def member(company: Any) -> Callable[[str], Any]:
    """Makes a member of ``company`` in a role: ``member("viewer")``."""

    def make(role: str) -> Any:
        from liczydlo.companies.models import Membership, User

        person = User.objects.create_user(f"{role}@example.com", PASSWORD, name=role)
        Membership.objects.create(user=person, company=company, role=role)
        return person

    return make


@pytest.fixture
def browse() -> Callable[..., Client]:
    """A logged-in test client: ``browse(owner)``, in English with ``browse(owner, language="en")``."""

    def open_for(person: Any = None, language: str = "pl", **options: Any) -> Client:
        client = Client(**options)
        if person is not None:
            enter(client, person)
        client.cookies["liczydlo_language"] = language
        return client

    return open_for


@pytest.fixture
def ala(owner: Any, company: Any, browse: Callable[..., Client]) -> Client:
    """The owner of the company in a browser."""
    return browse(owner)


@cache
def key_of(kind: str, number: int = 0) -> Any:
    """Private keys are made once a run."""
    return rsa.generate_private_key(65537, 2048) if kind == "RSA" else ec.generate_private_key(ec.SECP256R1())


def make_certificate(
    key: Any,
    *,
    usage: str | None = "Authentication",
    nip: str | None = NIP,
    name: str = "Jan Gęśl",
    issuer: str | None = None,
    serial: int = 0x0170384D7AD552B3,
    begins: timedelta = timedelta(days=-30),
    ends: timedelta = timedelta(days=700),
    now: datetime | None = None,
) -> x509.Certificate:
    """A certificate like KSeF's, signed by its own key."""
    now = now or datetime.now(UTC)
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if nip:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, f"TINPL-{nip}"))
    subject = x509.Name(attributes)
    by = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]) if issuer else subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
    )
    if usage:
        off = dict.fromkeys(
            ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
        )
        flags = x509.KeyUsage(
            digital_signature=usage == "Authentication",
            content_commitment=usage == "Offline",
            encipher_only=False,
            decipher_only=False,
            **off,
        )
        builder = builder.add_extension(flags, critical=True)
    return builder.sign(key, hashes.SHA256())


def make_seal(key: Any, *, nip: str, name: str) -> x509.Certificate:
    """A company's self-signed seal, with the NIP in organizationIdentifier."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "PL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
            x509.NameAttribute(ObjectIdentifier("2.5.4.97"), f"VATPL-{nip}"),
        ]
    )
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    )
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    return builder.not_valid_after(now + timedelta(days=30)).sign(key, hashes.SHA256())


class Files:
    """A person's ``.key`` and ``.crt``, and the same as ``.p12``."""

    def __init__(self, key: Any, certificate: x509.Certificate, password: str | None = KEY_PASSWORD) -> None:
        self.credential = ksef.Credential(private_key=key, certificate=certificate)
        self.key, self.certificate = self.credential.to_pem(password)
        self.password = password or ""

    @property
    def p12(self) -> bytes:
        protection = BestAvailableEncryption(self.password.encode())
        return pkcs12.serialize_key_and_certificates(
            b"", self.credential.private_key, self.credential.certificate, None, protection
        )


@pytest.fixture
def files() -> Callable[..., Files]:
    """Makes certificate files: ``files("Offline", kind="RSA", ends=timedelta(days=-1))``."""

    def make(
        usage: str | None = "Authentication",
        *,
        kind: str = "EC",
        number: int = 0,
        password: str | None = KEY_PASSWORD,
        **options: Any,
    ) -> Files:
        key = key_of(kind, number)
        return Files(key, make_certificate(key, usage=usage, **options), password)

    return make


@pytest.fixture(scope="session")
def emulator() -> Iterator[Any]:
    """The real emulator, started once on free ports; ``.url`` is what ``LICZYDLO_EMULATOR_URL`` takes.

    Asynchronous work is done at once; tests of waiting say so to ``.emulator``, and those of ``tests`` wait as in life.
    """
    if importlib.util.find_spec("ksef_emulator") is None or not importlib.util.find_spec(
        "ksef_emulator.testing"
    ):
        pytest.skip("ksef_emulator.testing is not there")
    from ksef_emulator.config import Config
    from ksef_emulator.model.time.progress import AT_ONCE
    from ksef_emulator.testing import running_emulator

    official = (
        Path(__file__).parents[3] / "shared" / "spec" / "xsd"
    )  # of FA_RR; FA(3) comes with the emulator
    schemas = official if official.exists() else None
    with running_emulator(Config(progress=AT_ONCE, schemas=schemas)) as running:
        yield running


@pytest.fixture
def use_emulator(emulator: Any, settings: Any) -> Any:
    """Lets the application's companies work with the running emulator."""
    settings.LICZYDLO_EMULATOR_URL = emulator.url
    return emulator


@pytest.fixture
def ksef_files(use_emulator: Any) -> Callable[..., Files]:
    """Makes files of certificates that KSeF issued to a company's seal: ``ksef_files(company, "Offline")``.

    They come straight from the emulator's register; how a user gets them is walked in ``connection/certificates``.
    """
    from ksef_emulator.model.identity.subjects import Subject, SubjectType
    from ksef_emulator.model.limits.counts import SubjectLimits

    def obtain(company: Any, purpose: str = "Authentication", *, kind: str = "EC") -> Files:
        key, emulator = ksef.new_private_key(kind), use_emulator.emulator  # type: ignore[arg-type]
        name = make_seal(key_of("EC", 99), nip=company.nip, name=company.name).subject
        subject = Subject(type=SubjectType.NIP, value=company.nip)
        if 0 in emulator.certificates.remaining(subject):  # one NIP is that of hundreds of tests
            emulator.limits.set_subject(subject, SubjectLimits(enrollments=10_000, certificates=10_000))
        issued = emulator.certificates.enrol(
            subject,
            name=f"Certyfikat {purpose}",
            usage=purpose,
            request=x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256()),
            valid_from=emulator.clock.now(),
        )
        return Files(key, x509.load_der_x509_certificate(issued.certificate))

    return obtain
