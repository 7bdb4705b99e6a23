"""The check of a large file: begun in the request, carried on by the job, seen on a page that comes to the report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from liczydlo.contacts.importing import uploads
from liczydlo.contacts.models import Upload
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.sales.importing import planning, reports
from liczydlo.sales.importing.tables import Report, ReportLine
from liczydlo.sales.models import Invoice
from liczydlo.web import times

from app.tests.purchases.test_pages import text_of
from app.tests.sales.test_imports import HEADER, choose, counts, send, show, store
from app.tests.sales.test_races import ROUNDS
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db
COUNT = 60
MANY = f"{HEADER}\n" + "".join(f"M/{at};Jan;;;;;Kubek;1;10,00;23\n" for at in range(COUNT))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The request that brings a file leaves all of it to the job."""
    monkeypatch.setattr(reports, "PATIENCE", 0.0)
    yield


def work(company: Any) -> None:
    """Let a worker have its turns until no file waits."""
    turn(company)
    while any(not report.is_finished for report in Report.objects.of(company)):
        turn(company)


def turn(company: Any) -> None:
    job = Job.objects.get(company=company, name=reports.JOB)
    Job.objects.filter(pk=job.pk).update(due_at=times.now())
    registry.run(job.pk)


def numbered(company: Any) -> list[str]:
    return list(Invoice.objects.of(company).order_by("pk").values_list("entry__number", flat=True))


def test_a_large_file_is_checked_by_the_job_and_a_page_waits_for_it(ala: Client, company: Any) -> None:
    page = show(ala, company, MANY)
    said = text_of(page)
    assert page.context["progress"].total == COUNT and f"Sprawdzono 0 z {COUNT} faktur" in said
    assert b'http-equiv="refresh"' in page.content, "without JavaScript it comes by itself"
    part = reverse("sales:import_progress", args=[company.pk, page.context["upload"].pk])
    assert f"0 z {COUNT}" in text_of(ala.get(part, headers={"HX-Request": "true"}))
    assert Job.objects.get(company=company, name=reports.JOB).due_at <= times.now()
    work(company)
    done = ala.get(part, headers={"HX-Request": "true"})
    assert done.status_code == 204 and done["HX-Refresh"] == "true"
    report = ala.get(reverse("sales:import", args=[company.pk, page.context["upload"].pk]))
    assert counts(report) == (COUNT, 0, 0) and "M/0" in text_of(report)
    following = ala.get(f"{report.request['PATH_INFO']}{report.context['page'].older}")
    assert [line.title for line in following.context["page"].rows] == [f"M/{at}" for at in range(50, COUNT)]
    assert store(ala, report).status_code == 302
    assert numbered(company) == [f"M/{at}" for at in range(COUNT)]
    assert not Report.objects.exists() and not ReportLine.objects.exists()


def test_the_check_says_the_same_however_it_is_cut(
    ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = MANY.replace("Numer faktury", "Numer zamówienia").replace("M/7;Jan", "M/7;")
    upload = show(ala, company, content).context["upload"]
    address = reverse("sales:import", args=[company.pk, upload.pk])
    work(company)
    whole = ala.get(address).context["plan"]
    said = [(one.title, one.outcome, one.faults, one.xml[-900:]) for one in whole.lines]
    reports.forget(upload)
    monkeypatch.setattr(reports, "CHUNK", 7)
    ala.get(address)
    keep, kept = reports._keep, []

    def dies(*given: Any, **more: Any) -> bool:
        if len(kept) % 3 == 2:
            kept.append(False)
            raise RuntimeError("killed")
        kept.append(True)
        return keep(*given, **more)

    monkeypatch.setattr(reports, "_keep", dies)
    for _ in range(60):
        try:
            work(company)
        except RuntimeError:
            continue
        break
    cut = ala.get(address).context["plan"]
    assert [(one.title, one.outcome, one.faults, one.xml[-900:]) for one in cut.lines] == said
    assert cut.digest == whole.digest and cut.counts["refused"] == 1
    assert False in kept, "it was killed on its way"


def test_a_run_that_yields_is_carried_on(ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liczydlo.jobs.claims.SLICE", dt.timedelta(0))
    upload = show(ala, company, MANY).context["upload"]
    monkeypatch.setattr(reports, "CHUNK", 40)
    turn(company)
    assert Report.objects.get().done == 40, "it yields after what is at hand"
    assert Job.objects.get(company=company, name=reports.JOB).due_at <= times.now()
    monkeypatch.undo()
    work(company)
    report = Report.objects.get(upload=upload)
    assert report.is_finished and report.lines.count() == COUNT


def test_a_small_file_is_answered_at_once(ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "PATIENCE", 60.0)
    assert counts(show(ala, company, MANY)) == (COUNT, 0, 0)


def test_a_file_sent_twice_is_kept_and_checked_once(ala: Client, company: Any) -> None:
    first, second = send(ala, company, MANY), send(ala, company, MANY)
    assert first["Location"] == second["Location"] and Upload.objects.count() == 1
    ala.get(first["Location"])
    ala.get(first["Location"])
    assert Report.objects.count() == 1
    work(company)
    assert ReportLine.objects.count() == COUNT


def test_another_choice_of_columns_begins_anew(ala: Client, company: Any) -> None:
    page = show(ala, company, MANY)
    work(company)
    report = ala.get(page.request["PATH_INFO"])
    waiting = choose(ala, report, default_rate="8")
    assert waiting.context["progress"].done == 0
    work(company)
    assert counts(ala.get(page.request["PATH_INFO"])) == (COUNT, 0, 0)


def test_what_was_not_checked_whole_is_not_stored(ala: Client, company: Any) -> None:
    upload = show(ala, company, MANY).context["upload"]
    address = reverse("sales:store_import", args=[company.pk, upload.pk])
    for digest in ("", Report.objects.get().digest, "0" * 64):
        assert ala.post(address, {"digest": digest}).status_code in (302, 409)
    assert not Invoice.objects.exists()


def test_a_number_that_was_taken_meanwhile_has_the_file_checked_anew(ala: Client, company: Any) -> None:
    show(ala, company, f"{HEADER}\nOLD/1;Jan;;;;;Kubek;1;10,00;23\n")
    work(company)
    address = reverse("sales:import", args=[company.pk, Upload.objects.get().pk])
    store(ala, ala.get(address))
    page = show(ala, company, MANY)
    work(company)
    report = ala.get(page.request["PATH_INFO"])
    Invoice.objects.get().entry.__class__.objects.update(number="M/3", words="m 3")  # no count shows that
    answer = store(ala, report)
    assert answer.status_code == 409 and answer.context["progress"].done == 0
    work(company)
    assert counts(ala.get(page.request["PATH_INFO"])) == (COUNT - 1, 0, 1)


def test_a_check_that_is_given_up_leaves_nothing(ala: Client, company: Any) -> None:
    upload = show(ala, company, MANY).context["upload"]
    assert "Przerwij i odrzuć plik" in text_of(ala.get(reverse("sales:import", args=[company.pk, upload.pk])))
    ala.post(reverse("sales:discard_import", args=[company.pk, upload.pk]))
    turn(company)
    assert not Upload.objects.exists() and not ReportLine.objects.exists()
    part = ala.get(reverse("sales:import_progress", args=[company.pk, upload.pk]))
    assert part.status_code == 204, "the page that still waits is asked to look again"


def test_a_file_given_up_while_a_chunk_is_checked_stays_away(
    ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = show(ala, company, MANY).context["upload"]
    planned = planning.Planner.planned

    def meanwhile(*given: Any) -> Any:
        uploads.discard(upload)
        return planned(*given)

    monkeypatch.setattr(planning.Planner, "planned", meanwhile)
    turn(company)
    assert not Upload.objects.exists() and not Report.objects.exists() and not ReportLine.objects.exists()


def test_an_old_file_goes_with_all_that_was_found_in_it(ala: Client, company: Any) -> None:
    show(ala, company, MANY)
    work(company)
    assert ReportLine.objects.count() == COUNT
    Upload.objects.update(kept_at=times.now() - uploads.KEPT_FOR)
    registry.enqueue(None, "contacts.uploads")
    registry.run(Job.objects.get(company=None, name="contacts.uploads").pk)
    assert not Upload.objects.exists() and not ReportLine.objects.exists()


def test_who_issues_sees_how_far_it_is_and_nobody_else(
    ala: Client, company: Any, member: Any, stranger: Any, browse: Any
) -> None:
    upload = show(ala, company, MANY).context["upload"]
    address = reverse("sales:import_progress", args=[company.pk, upload.pk])
    assert browse(member("issuer")).get(address).status_code == 200
    assert browse(member("viewer")).get(address).status_code == 403
    assert browse(stranger).get(address).status_code == 404
    theirs = reverse("sales:import_progress", args=[stranger.companies.get().pk, upload.pk])
    assert browse(stranger).get(theirs).status_code == 204
    assert ala.post(address).status_code == 405


def test_each_reader_has_the_report_in_their_language(ala: Client, company: Any) -> None:
    page = show(ala, company, MANY.replace("M/7;Jan", "M/7;"))
    work(company)
    address = page.request["PATH_INFO"]
    assert ala.get(address, headers={"Accept-Language": "pl"}).context["plan"].counts["refused"] == 1


@pytest.mark.django_db(transaction=True)
def test_two_checks_of_one_file_make_each_line_once(
    ala: Client, company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "CHUNK", 10)

    def check() -> None:
        reports._check(Report.objects.select_related("upload__company").get(), stop=lambda: False)

    def state() -> tuple[int, int]:
        return Report.objects.get().done, ReportLine.objects.count()

    for number in range(ROUNDS):
        content = MANY.replace("M/", f"M{number}/")
        (page,) = at_once(lambda content=content: show(ala, company, content))
        at_once(check, check)
        (reached,) = at_once(state)
        assert reached[0] == reached[1]
        at_once(check)
        assert at_once(state) == [(COUNT, COUNT)]
        at_once(lambda page=page: uploads.discard(page.context["upload"]))


@pytest.mark.django_db(transaction=True)
def test_giving_up_against_storing_leaves_all_or_nothing(ala: Client, company: Any) -> None:
    for number in range(ROUNDS):
        content = MANY.replace("M/", f"M{number}/")
        (page,) = at_once(lambda content=content: show(ala, company, content))
        upload = page.context["upload"]
        at_once(lambda: work(company))
        (report,) = at_once(lambda page=page: ala.get(page.request["PATH_INFO"]))
        discard = reverse("sales:discard_import", args=[company.pk, upload.pk])
        (before,) = at_once(Invoice.objects.count)
        answers = at_once(
            lambda report=report: store(ala, report).status_code,
            lambda discard=discard: ala.post(discard).status_code,
        )
        assert all(one in (302, 409) for one in answers), answers
        (left,) = at_once(
            lambda: (Invoice.objects.count(), Upload.objects.count(), ReportLine.objects.count())
        )
        assert left in ((before, 0, 0), (before + COUNT, 0, 0)), left


@pytest.mark.django_db(transaction=True)
def test_giving_up_against_a_chunk_leaves_nothing(ala: Client, company: Any) -> None:
    for number in range(ROUNDS):
        content = MANY.replace("M/", f"M{number}/")
        (page,) = at_once(lambda content=content: show(ala, company, content))
        discard = reverse("sales:discard_import", args=[company.pk, page.context["upload"].pk])
        answers = at_once(lambda: turn(company), lambda discard=discard: ala.post(discard).status_code)
        assert answers[1] == 302 and not isinstance(answers[0], Exception), answers
        (left,) = at_once(
            lambda: (Upload.objects.count(), Report.objects.count(), ReportLine.objects.count())
        )
        assert left == (0, 0, 0)


def test_nothing_of_a_chunk_is_kept_without_its_count(ala: Client, company: Any) -> None:
    show(ala, company, MANY)
    report = Report.objects.select_related("upload__company").get()
    with pytest.raises(RuntimeError), transaction.atomic():
        reports._check(report, stop=lambda: False)
        raise RuntimeError("killed before the commit")
    assert Report.objects.get().done == 0 and not ReportLine.objects.exists()
