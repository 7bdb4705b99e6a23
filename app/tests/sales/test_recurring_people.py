"""People of a recurring invoice: who set it leaves, and letters about what waits."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from liczydlo.companies.models import Membership, User
from liczydlo.jobs import failpoints, registry
from liczydlo.jobs.models import Job
from liczydlo.sales.models import Invoice, Notice
from liczydlo.sales.repeating import making
from liczydlo.web import times

from app.tests.mail import MailServer, mail_server
from app.tests.sales.recurring import Turn, drafts, recurring, turn, work
from app.tests.sales.test_correction_pages import text
from app.tests.sales.test_sending import Died
from app.tests.sales.test_templates import where

__all__ = ["mail_server", "turn"]
pytestmark = pytest.mark.django_db


def person_of(company: Any, member: Any, role: str = "issuer") -> tuple[User, Membership]:
    person = member(role)
    return person, Membership.objects.get(user=person, company=company)


@pytest.mark.parametrize("how", ["removed", "viewer", "inactive", "gone"])
def test_who_set_it_leaves_and_it_rests(
    ala: Client, company: Any, member: Any, browse: Any, turn: Turn, how: str
) -> None:
    person, membership = person_of(company, member)
    row = recurring(browse(person), company)
    assert row.set_by == person
    match how:
        case "removed" | "viewer":
            name = "remove_member" if how == "removed" else "set_role"
            _people(ala, company, membership, name)
            row.refresh_from_db()
            assert not row.is_active, "at once"
        case "inactive":
            User.objects.filter(pk=person.pk).update(is_active=False)
        case "gone":
            person.delete()
    turn(dt.date(2027, 1, 10))
    work(company)
    row.refresh_from_db()
    assert not row.is_active and row.reason is not None and row.reason.code == "recurring-person-left"
    assert not Invoice.objects.exists()
    ala.post(where("resume_recurrence", row.template), {"make_up": "1"})
    work(company)
    row.refresh_from_db()
    assert row.set_by is not None and row.set_by.email != person.email and len(drafts()) == 1


def _people(ala: Client, company: Any, membership: Membership, name: str) -> None:
    from django.test import RequestFactory
    from liczydlo.companies import people
    from liczydlo.companies.models import Role

    request = RequestFactory().post("/")
    request.user = Membership.objects.get(company=company, role=Role.OWNER).user
    if name == "remove_member":
        people.remove(membership, request)
    else:
        people.set_role(membership, Role.VIEWER, request)


def test_another_environment_lets_it_rest(ala: Client, company: Any, turn: Turn) -> None:
    from liczydlo.companies.models import Company
    from liczydlo.companies.signals import environment_changed

    row = recurring(ala, company)
    environment_changed.send(sender=Company, company=company)
    row.refresh_from_db()
    assert not row.is_active and row.reason is not None and row.reason.code == "recurring-environment"
    assert "innym środowisku KSeF" in text(ala.get(row.template.get_absolute_url()))


def test_people_are_written_to_once(
    ala: Client,
    company: Any,
    owner: Any,
    member: Any,
    browse: Any,
    turn: Turn,
    mail_server: MailServer,
    settings: Any,
) -> None:
    settings.LICZYDLO_URL = "https://faktury.example.com"
    person, membership = person_of(company, member)
    recurring(browse(person), company)
    turn(dt.date(2027, 1, 10))
    work(company)

    def write() -> None:
        registry.enqueue(company.pk, making.LETTERS)
        Job.objects.update(due_at=times.now() - dt.timedelta(hours=1))
        registry.run(Job.objects.get(company=company, name=making.LETTERS).pk)

    mail_server.refuses.add(person.email)
    write()
    mail_server.refuses.clear()
    write()
    write()
    taken = mail_server.take()
    assert {to for to, _subject, _text in taken} == {owner.email, person.email} and len(taken) == 2
    assert "FV/2027/01/001" in taken[0][2] and f"/firmy/{company.pk}/sprzedaz/cykliczne/" in taken[0][2]
    _people(ala, company, membership, "remove_member")
    write()
    ((to, _subject, said),) = mail_server.take()
    assert to == owner.email and "nie może już wystawiać" in said
    assert Notice.objects.filter(kind="recurring").count() == 3


@pytest.mark.parametrize(("step", "letters"), [("recurring.write", 1), ("recurring.written", 2)])
def test_a_worker_that_dies_while_it_writes_loses_no_letter(
    ala: Client,
    company: Any,
    turn: Turn,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    letters: int,
) -> None:
    recurring(ala, company)
    turn(dt.date(2027, 1, 10))
    work(company)
    reach = failpoints.reach

    def die(name: str) -> None:
        if name == step:
            raise Died

    def write() -> None:
        registry.enqueue(company.pk, making.LETTERS)
        Job.objects.update(lease_until=None, due_at=times.now() - dt.timedelta(hours=1))
        registry.run(Job.objects.get(company=company, name=making.LETTERS).pk)

    monkeypatch.setattr(failpoints, "reach", die)
    with pytest.raises(Died):
        write()
    monkeypatch.setattr(failpoints, "reach", reach)
    write()
    write()
    assert len(mail_server.take()) == letters, "what the server had may come twice, never not at all"
