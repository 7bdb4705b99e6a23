"""Whose a NIP is: whoever logs in to KSeF for it first; who only typed it blocks nobody and loses nothing."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from liczydlo.companies import nips, people
from liczydlo.companies.models import Company, Membership, ProvedNip, Role, User
from liczydlo.connection import clients
from liczydlo.connection.credentials import storing
from liczydlo.connection.errors import NotStored
from liczydlo.connection.models import KsefLogin, StoredCertificate, StoredToken
from liczydlo.web.reasons import explain

from app.tests.conftest import NIP, make_company
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db
SHOWN = ("name", "kind", "line1", "line2", "email", "phone", "bank_account")
COMPANY = {"nip": NIP, "name": "Firma", "kind": "sole", "line1": "ul. Prosta 1", "line2": "00-001 Warszawa"}
ROUNDS = 10


@pytest.fixture
def second(company: Any) -> Any:
    """A firm of the same NIP, of a person who has nothing to do with ``owner``."""
    person = User.objects.create_user("bartek@example.com", "Kwiecień-plecień 2026", name="Bartek Lis")
    return make_company(NIP, "Ta sama firma", person)


def connect(company: Any, files: Any) -> None:
    storing.store_authentication(company, files.key, files.certificate, files.password, None)


def test_a_typed_nip_blocks_nobody(company: Any, stranger: Any, browse: Any) -> None:
    answer = browse(stranger).post("/firmy/nowa/", {**COMPANY, "environment": "PRODUKCJA"})
    assert answer.status_code == 302
    assert Company.objects.filter(nip=NIP).count() == 2 and not ProvedNip.objects.exists()


def test_the_first_login_keeps_the_nip_and_the_other_is_told(
    company: Any, owner: Any, second: Any, ksef_files: Any, browse: Any
) -> None:
    files = ksef_files(company)
    connect(second, files)
    with pytest.raises(NotStored) as refusal:
        connect(company, files)
    assert refusal.value.code == "nip-taken"
    assert "prowadzona w tej instalacji przez: Bartek Lis" in explain(refusal.value, "pl")
    assert "kept in this installation by: Bartek Lis" in explain(refusal.value, "en")
    assert not clients.is_connected(company) and clients.is_connected(second)
    assert not KsefLogin.objects.of(company).exists()
    assert browse(owner).get(f"/firmy/{company.pk}/").status_code == 200, "nothing is lost"
    connect(second, files)  # again, with the same or a renewed certificate
    assert ProvedNip.objects.get().company == second


def test_the_page_says_so(
    company: Any, owner: Any, second: Any, ksef_files: Any, browse: Any, send_files: Any
) -> None:
    files = ksef_files(company)
    connect(second, files)
    answer = send_files(browse(owner), company, files)
    assert answer.status_code == 422 and "Bartek Lis" in answer.content.decode()


@pytest.fixture
def send_files() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    def send(browser: Any, company: Any, files: Any) -> Any:
        form = {
            "key": SimpleUploadedFile("a.key", files.key),
            "certificate": SimpleUploadedFile("a.crt", files.certificate),
            "password": files.password,
        }
        return browser.post(f"/firmy/{company.pk}/ustawienia/ksef/certyfikat/", form)

    return send


def test_another_environment_is_another_proof(company: Any, second: Any) -> None:
    nips.claim(second)
    Company.objects.filter(pk=company.pk).update(environment="PRODUKCJA")
    company.refresh_from_db()
    nips.claim(company)
    assert ProvedNip.objects.count() == 2


def test_access_is_given_by_an_invitation(company: Any, owner: Any, second: Any, rf: Any) -> None:
    nips.claim(second)
    request = rf.get("/", REMOTE_ADDR="192.0.2.7")
    request.user = second.members.get()
    row = people.invitation(people.invite(second, owner.email, Role.ACCOUNTANT, request))
    people.join(row, owner, request)
    assert Membership.objects.filter(user=owner, company__nip=NIP).count() == 2


def test_what_was_connected_before_is_proved(company: Any, second: Any, stranger: Any) -> None:
    rows = {"sealed_token": b"", "reference": "20261124-EC-1"}
    StoredToken.objects.create(company=company, environment="TEST", **rows)
    dated = {"not_before": "2026-01-01T00:00:00Z", "not_after": "2028-01-01T00:00:00Z"}
    for environment, purpose in (
        ("EMULATOR", "Authentication"),
        ("TEST", "Authentication"),
        ("DEMO", "Offline"),
    ):
        StoredCertificate.objects.create(
            company=company,
            environment=environment,
            purpose=purpose,
            certificate=b"",
            sealed_key=b"",
            **dated,
        )
    import_module("liczydlo.companies.migrations.0005_connected_are_proved").prove_connected(apps, None)
    proved = ProvedNip.objects.order_by("environment").values_list("company", "nip", "environment")
    assert list(proved) == [(company.pk, NIP, "EMULATOR"), (company.pk, NIP, "TEST")]


@pytest.mark.django_db(transaction=True)
def test_of_two_logins_at_the_same_moment_one_wins(company: Any, second: Any) -> None:
    def claim(mine: Any) -> None:
        with transaction.atomic():
            nips.claim(mine)
            Membership.objects.filter(company=mine).count()

    for _ in range(ROUNDS):
        message = at_once(partial(claim, company), partial(claim, second))
        assert sorted(type(one).__name__ for one in message) == ["NipTaken", "NoneType"]
        (holder,) = at_once(lambda: ProvedNip.objects.values_list("company", flat=True).get())
        assert holder == (company, second)[message.index(None)].pk
        at_once(lambda: ProvedNip.objects.all().delete())


@pytest.mark.django_db(transaction=True)
def test_a_login_that_was_taken_back_blocks_nobody(company: Any, second: Any) -> None:
    def taken_back() -> None:
        with transaction.atomic():
            nips.claim(second)
            raise ZeroDivisionError

    def claim() -> None:
        with transaction.atomic():
            nips.claim(company)

    message = at_once(taken_back, claim)
    assert message[1] is None or isinstance(message[1], nips.NipTaken)
    assert at_once(claim) == [None]


@pytest.mark.django_db(transaction=True)
def test_two_clicks_add_one_company(owner: Any) -> None:
    click = partial(add, owner, {**COMPANY, "environment": "EMULATOR"})
    message = at_once(click, click)
    assert sorted(one is None for one in message) == [False, True]
    assert at_once(Company.objects.count) == [1]


def add(owner: Any, values: dict[str, str]) -> Any:
    from liczydlo.companies.forms import CompanyForm
    from liczydlo.companies.views import _add

    form = CompanyForm(values)
    assert form.is_valid()
    return _add(form, owner)


@pytest.mark.django_db(transaction=True)
def test_owners_at_the_same_moment_write_back_nothing_of_each_other(company: Any) -> None:
    from liczydlo.companies.forms import CompanyForm

    def edit(**changes: str) -> bool:
        mine = Company.objects.get(pk=company.pk)
        now = {
            name: getattr(mine, name)
            for name in (*SHOWN, "environment", "offline_pause", "fetch_every", "undo_seconds")
        }
        shown = {f"shown-{name}": value for name, value in now.items()}
        form = CompanyForm({**now, **shown, **changes}, instance=mine)
        assert form.is_valid()
        return form.save_changes()

    for number in range(ROUNDS):
        phone, environment = f"60000000{number}", ("TEST", "DEMO")[number % 2]
        assert at_once(partial(edit, phone=phone), partial(edit, environment=environment)) == [True, True]
        (row,) = at_once(lambda: Company.objects.get(pk=company.pk))
        assert (row.phone, row.environment) == (phone, environment)
    both = at_once(partial(edit, name="A"), partial(edit, name="B"))
    assert True in both


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_take_each_other_out_leave_one(company: Any, owner: Any, rf: Any) -> None:
    """Whoever comes second is told that the company keeps an owner."""
    other = User.objects.create_user("ola@example.com", "Kwiecień-plecień 2026", name="Ola")

    def remove(pk: int, by: Any) -> None:
        request = rf.get("/", REMOTE_ADDR="192.0.2.7")
        request.user = by
        people.remove(Membership.objects.select_related("company", "user").get(pk=pk), request)

    def both_own() -> list[int]:
        rows = [
            Membership.objects.get_or_create(user=one, company=company, defaults={"role": Role.OWNER})[0]
            for one in (owner, other)
        ]
        return [row.pk for row in rows]

    for _ in range(ROUNDS):
        ((mine, theirs),) = at_once(both_own)
        message = at_once(partial(remove, theirs, owner), partial(remove, mine, other))
        assert sorted(type(one).__name__ for one in message) == ["LastOwner", "NoneType"]
        assert at_once(Membership.objects.filter(company=company, role=Role.OWNER).count) == [1]
