"""Changes at KSeF survive lost answers and killed processes, are made once, and belong to one company.

Every kind against the real emulator: a permission granted and revoked, a token made and revoked, a login ended, a
certificate revoked.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from liczydlo import ksef
from liczydlo.audit.models import Entry
from liczydlo.companies.models import Membership, Role, User
from liczydlo.connection import clients
from liczydlo.connection.changes import services
from liczydlo.connection.models import KsefLogin, RemoteChange, StoredCertificate
from liczydlo.jobs import failpoints
from liczydlo.jobs.models import Job

from app.tests.sales.world import Worker, connect, firm, let_in, wire

__all__ = ["firm", "wire"]

pytestmark = pytest.mark.django_db
JAN = "84890609752"
GRANT = {
    "first_name": "Jan",
    "surname": "Gęśl",
    "number": JAN,
    "description": "Pracownik biura",
    "permissions": ["InvoiceRead", "Introspection"],
}
KINDS = ("grant", "revoke-permission", "make-token", "revoke-token", "end-login", "revoke-certificate")


@dataclass
class Case:
    """A change that is possible now: the form, what KSeF is asked by, whether it is in force, how audit calls it."""

    path: str
    form: dict[str, Any]
    method: str
    ending: str
    in_force: Callable[[], bool]
    action: str

    def count(self, wire: Any) -> int:
        """How often KSeF has been asked."""
        return sum(
            method == self.method and re.search(self.ending, path) is not None for method, path in wire.seen
        )


@pytest.fixture
def connected(firm: Any, ksef_files: Any, wire: Any, emulator: Any) -> Any:
    let_in(firm, ksef_files, emulator)
    return firm


@pytest.fixture
def client(connected: Any) -> Any:
    """Another login of the firm, by which tests look at KSeF."""
    with clients.client_with(connected, clients.credential(connected)[1]) as made:
        made.login()
        yield made


@pytest.fixture
def case(request: Any, connected: Any, client: ksef.Client, ksef_files: Any) -> Case:
    base = f"/firmy/{connected.pk}/ustawienia/ksef/"
    person = ksef.Person(
        identifier=ksef.Identifier(kind="Pesel", value=JAN), first_name="Jan", last_name="Gęśl"
    )

    def given() -> set[str]:
        return {one.permission for one in client.permissions_given() if one.to and one.to.value == JAN}

    if request.param == "grant":
        path, ending = "uprawnienia/nadaj/osoba/", "/permissions/persons/grants$"
        return Case(base + path, GRANT, "POST", ending, lambda: len(given()) == 2, "granted")
    if request.param == "revoke-permission":
        wish = ksef.GrantRequest.person(person, ["InvoiceRead"], "Pracownik biura")
        client.wait_for_permission(client.grant(wish))
        (one,) = (grant for grant in client.permissions_given() if grant.to == person.identifier)
        path, ending = f"uprawnienia/odbierz/persons/{one.id}/", f"/grants/{one.id}$"
        return Case(base + path, {}, "DELETE", ending, lambda: not given(), "revoked")

    def alive() -> set[str]:
        return {one.reference for one in client.list_tokens() if one.status in {"Pending", "Active"}}

    if request.param == "make-token":
        form = {"permissions": ["InvoiceWrite"], "description": "Sklep internetowy"}
        return Case(base + "tokeny/nowy/", form, "POST", "/tokens$", lambda: bool(alive()), "token-made")
    if request.param == "revoke-token":
        made = client.make_token(["InvoiceRead"], "Do unieważnienia")
        client.wait_for_token(made.reference)
        path, ending = f"tokeny/uniewaznij/{made.reference}/", f"/tokens/{made.reference}$"
        return Case(base + path, {}, "DELETE", ending, lambda: not alive(), "token-revoked")
    if request.param == "end-login":
        with clients.client_with(connected, clients.credential(connected)[1]) as other:
            other.login()
            theirs = next(one for one in other.active_sessions() if one.is_current).reference
        path, ending = f"tokeny/sesje/zakoncz/{theirs}/", f"/auth/sessions/{theirs}$"

        def ended() -> bool:
            return theirs not in {one.reference for one in client.active_sessions()}

        return Case(base + path, {}, "DELETE", ending, ended, "session-ended")
    connect(connected, ksef_files, "Offline")
    serial = StoredCertificate.objects.get(company=connected, purpose="Offline").serial

    def revoked() -> bool:
        return all(one.status != "Active" for one in client.query_certificates() if one.serial == serial)

    path, form = f"certyfikaty/uniewaznij/{serial}/", {"reason": "KeyCompromise"}
    return Case(base + path, form, "POST", f"/{serial}/revoke$", revoked, "certificate-revoked")


def every_kind(test: Any) -> Any:
    return pytest.mark.parametrize("case", KINDS, indirect=True)(test)


def forbidden() -> httpx2.Response:
    """KSeF's answer to a login that lacks a permission."""
    problem = {
        "title": "Forbidden",
        "status": 403,
        "detail": "Brak uprawnień",
        "reasonCode": "missing-permissions",
        "security": {
            "requiredAnyOfPermissions": ["CredentialsManage"],
            "presentPermissions": ["InvoiceRead"],
        },
        "instance": "/v2/x",
        "timestamp": "2026-11-28T10:00:00Z",
        "traceId": "abc123",
    }
    return httpx2.Response(403, json=problem, headers={"Content-Type": "application/problem+json"})


def key() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def worker() -> Worker:
    return Worker(services.JOB)


def settle(worker: Worker, company: Any) -> RemoteChange:
    worker.until(company, lambda: not RemoteChange.objects.get(company=company).is_open)
    return RemoteChange.objects.get(company=company)


@every_kind
def test_a_second_post_is_the_same_change_and_strangers_make_none(
    case: Case, connected: Any, owner: Any, stranger: Any, browse: Any, wire: Any
) -> None:
    accountant = User.objects.create_user("maria@example.com", "Kwiecień-plecień 2026", name="Maria")
    Membership.objects.create(user=accountant, company=connected, role=Role.ACCOUNTANT)
    others = [(browse(stranger), 404), (browse(accountant), 403)]
    before = case.count(wire)
    for other, status in others:
        assert other.get(case.path).status_code == other.post(case.path, case.form).status_code == status
    assert case.count(wire) == before and not RemoteChange.objects.exists()

    browser = browse(owner)
    page = browser.get(case.path).content.decode()
    offered = re.search(r'name="key" value="([0-9a-f-]{36})"', page)
    assert offered and not RemoteChange.objects.exists(), "asking changes nothing"
    form = {**case.form, "key": offered[1]}
    first, second = browser.post(case.path, form), browser.post(case.path, form)
    assert first.status_code == second.status_code == 302 and first.url == second.url
    assert case.count(wire) == 1 and case.in_force()
    for other, status in others:
        assert other.get(first.url).status_code == other.post(first.url + "token/").status_code == status
    row = RemoteChange.objects.get()
    assert row.state == "done" and row.by == owner and row.body == {}, "a PESEL is not kept"
    assert JAN not in str(row.details)
    page = browser.get(first.url).content.decode()
    assert "alert-ok" in page and "Wróć do listy" in page
    entry = Entry.objects.get(action=case.action)
    assert entry.by == owner and entry.address == "127.0.0.1" and entry.reference == row.reference
    assert row.reference or case.action == "certificate-revoked"
    assert "Offline" not in StoredCertificate.objects.values_list("purpose", flat=True) or (
        case.action != "certificate-revoked"
    )


@every_kind
def test_a_lost_answer_is_looked_for_before_ksef_is_asked_again(
    case: Case, connected: Any, owner: Any, browse: Any, wire: Any, worker: Worker
) -> None:
    lost = [True]

    def lose(request: Any) -> Any:
        mine = request.method == case.method and re.search(case.ending, request.url.path)
        return "lose" if mine and lost and lost.pop() else None

    browser = browse(owner)
    wire.rules.append(lose)
    answer = browser.post(case.path, {**case.form, "key": key()})
    assert answer.status_code == 302
    page = browser.get(answer.url).content.decode()
    assert "Nie wiadomo jeszcze, czy KSeF to zrobił" in page and 'hx-trigger="every' in page
    assert not Entry.objects.filter(action=case.action).exists()
    row = settle(worker, connected)
    assert case.count(wire) == 1, "KSeF has been asked once"
    if row.kind == "make-token":
        assert row.state == "failed" and row.reason is not None and row.reason.code == "token-lost"
        assert not case.in_force(), "a token that nobody knows opens nothing"
        assert Entry.objects.get(action="token-revoked").reference == row.reference != ""
        assert "Utwórz nowy token" in browser.get(answer.url).content.decode()
    else:
        assert row.state == "done" and case.in_force()
        assert Entry.objects.get(action=case.action).by == owner


@pytest.mark.parametrize("case", ["end-login"], indirect=True)
def test_a_lost_answer_of_which_ksef_shows_nothing_is_called_unknown(
    case: Case, connected: Any, owner: Any, browse: Any, wire: Any, worker: Worker
) -> None:
    def rule(request: Any) -> Any:
        if request.method == "DELETE":
            return "lose"
        if request.url.path.endswith("/auth/sessions") and RemoteChange.objects.exists():
            return forbidden()
        return None

    wire.rules.append(rule)
    browser = browse(owner)
    answer = browser.post(case.path, {**case.form, "key": key()})
    assert settle(worker, connected).state == "failed"
    page = browser.get(answer.url).content.decode()
    assert "Nie wiadomo, czy KSeF to zrobił" in page and "Sesja trwa nadal" not in page


class Died(BaseException):
    """The process is gone."""


@pytest.mark.parametrize(
    ("case", "step"),
    [(kind, "change.ask") for kind in KINDS]
    + [(kind, step) for kind in ("grant", "make-token") for step in ("change.committed", "change.asked")],
    indirect=["case"],
)
def test_a_killed_request_is_carried_on(
    case: Case,
    step: str,
    connected: Any,
    owner: Any,
    browse: Any,
    wire: Any,
    worker: Worker,
    monkeypatch: Any,
) -> None:
    def reach(reached: str) -> None:
        if reached == step:
            raise Died

    with monkeypatch.context() as mortal:
        mortal.setattr(failpoints, "reach", reach)
        with pytest.raises(Died):
            browse(owner).post(case.path, {**case.form, "key": key()})
    row = settle(worker, connected)
    assert case.count(wire) == 1, "KSeF has been asked once"
    if row.kind == "make-token" and step == "change.asked":
        assert row.state == "failed" and not case.in_force()
        return
    assert row.state == "done" and case.in_force()
    assert Entry.objects.get(action=case.action).by == owner
    if row.kind == "make-token":
        shown = browse(owner).post(f"/firmy/{connected.pk}/ustawienia/ksef/zmiany/{row.key}/token/")
        assert row.reference in shown.content.decode(), "whoever asked for it still gets it"


@every_kind
def test_what_ksef_refuses_is_told_and_the_form_may_be_sent_again(
    case: Case, connected: Any, owner: Any, browse: Any, wire: Any
) -> None:
    refused = [True]

    def refuse(request: Any) -> Any:
        if request.method == case.method and re.search(case.ending, request.url.path) and refused:
            refused.pop()
            return forbidden()
        return None

    wire.rules.append(refuse)
    browser = browse(owner)
    answer = browser.post(case.path, {**case.form, "key": key()})
    page = answer.content.decode()
    assert answer.status_code == 422 and "zarządzanie uprawnieniami" in page
    assert "uprawnienia/moje/" in page, "where one may give it to oneself"
    row = RemoteChange.objects.get()
    assert row.state == "failed" and not Entry.objects.filter(action=case.action).exists()
    assert not case.in_force()
    offered = re.search(r'name="key" value="([0-9a-f-]{36})"', page)
    assert offered and offered[1] != str(row.key)
    assert browser.post(case.path, {**case.form, "key": offered[1]}).status_code == 302
    assert case.in_force()


@pytest.mark.parametrize("case", ["grant"], indirect=True)
def test_what_ksef_decides_later_is_waited_for_by_the_job(
    case: Case, connected: Any, owner: Any, browse: Any, wire: Any, worker: Worker, monkeypatch: Any
) -> None:
    monkeypatch.setitem(services.carry_out.__kwdefaults__, "patience", 0.0)
    from liczydlo.ksef.operations import OperationStatus

    with monkeypatch.context() as slow:
        under_way = OperationStatus(code=100, description="W toku")
        slow.setattr("liczydlo.ksef.permissions.operation", lambda _reference: _answer(under_way))
        browser = browse(owner)
        answer = browser.post(case.path, {**case.form, "key": key()})
        assert "jeszcze je wykonuje" in browser.get(answer.url).content.decode()
        listed = browser.get(f"/firmy/{connected.pk}/ustawienia/ksef/uprawnienia/").content.decode()
        assert answer.url in listed, "the list leads to what is not finished"
        worker.run(connected)
        assert RemoteChange.objects.get().state == "pending" and not Entry.objects.exists()
    row = settle(worker, connected)
    assert row.state == "done" and Entry.objects.get(action="granted").reference == row.reference


def _answer(value: Any) -> Any:
    """A conversation that asks nothing."""
    return value
    yield


@pytest.mark.parametrize("case", ["revoke-certificate"], indirect=True)
def test_a_killed_revocation_of_the_programs_own_certificate(
    case: Case, connected: Any, owner: Any, browse: Any, worker: Worker, monkeypatch: Any
) -> None:
    """KSeF lets the program in no more: that itself says what became of it."""
    serial = StoredCertificate.objects.get(company=connected, purpose="Authentication").serial

    def reach(step: str) -> None:
        if step == "change.asked":
            raise Died

    with monkeypatch.context() as mortal:
        mortal.setattr(failpoints, "reach", reach)
        with pytest.raises(Died):
            browse(owner).post(
                f"/firmy/{connected.pk}/ustawienia/ksef/certyfikaty/uniewaznij/{serial}/",
                {"reason": "Superseded"},
            )
    KsefLogin.objects.all().delete()
    row = settle(worker, connected)
    assert row.state == "done"
    assert set(StoredCertificate.objects.values_list("purpose", flat=True)) == {"Offline"}
    assert Entry.objects.get(action="certificate-revoked").details["serial"] == serial


@pytest.mark.parametrize("case", ["grant"], indirect=True)
def test_a_request_that_was_thought_dead_writes_nothing(case: Case, connected: Any, owner: Any) -> None:
    row, is_new = services.begin(connected, "grant", uuid.uuid4(), {}, {"to": "Jan"}, by=owner)  # type: ignore[arg-type]
    assert is_new and Job.objects.get(company=connected, name=services.JOB).due_at == row.lease_until
    again = RemoteChange.objects.get(pk=row.pk)
    services.take(again, clock=lambda: row.lease_until)
    with pytest.raises(services.Overtaken):
        services.move(row, state="done")
    assert RemoteChange.objects.get(pk=row.pk).state == "asking"
