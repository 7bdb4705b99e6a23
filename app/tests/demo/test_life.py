"""A new demo has something to do on its dashboard, a story in its audit log, and owners whom the portal knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from liczydlo import ksef
from liczydlo.audit.models import Entry
from liczydlo.demo import firms
from liczydlo.demo.firms import COMPANY, SOLE_PROPRIETOR, Ministry
from liczydlo.demo.run import Run
from liczydlo.demo.samples import unfinished
from liczydlo.home import dashboard
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.sales.models import Invoice

from app.tests.sales.world import new_nip

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(use_emulator: Any, owner: Any, tmp_path: Path) -> Run:
    ministry = Ministry(environment=ksef.emulator(use_emulator.url), control=use_emulator.control_url)
    return Run(ministry=ministry, owner=owner, out=tmp_path)


def test_a_new_demo_has_something_to_do(run: Run, owner: Any) -> None:
    firm = replace(
        SOLE_PROPRIETOR, nip=new_nip()
    )  # sales of the demo's own, sent by other tests, would come in
    run.ministry.introduce(firm)
    company = firms.begin(firm, run.ministry, owner)
    firms.finish(company)
    today = timezone.localdate()
    made = unfinished(firm.party, COMPANY.party, today)
    run._leave_something_to_do(firm, company, made)
    stranger = run.ministry.stranger_invoices(firm)
    job = Job.objects.of(company).get(name="sales.send")
    while Invoice.objects.filter(state__in=["queued", "sending", "processing"]).exists():
        registry.run(job.pk)
    run._await_refusals()
    run._receive(company, {stranger})
    assert run.complete
    counts = {tile.kind.state: tile.count for tile in dashboard.overview(company).tiles}
    assert counts == {
        "rejected": 1,
        "waiting": 1,
        "draft": 1,
        "new": 1,
        "moving": 0,
    }
    elsewhere = Invoice.objects.get(issued_elsewhere=True)
    assert elsewhere.entry.number == made["elsewhere"].number  # for which the other one is refused
    late = Invoice.objects.get(state="accepted", issued_elsewhere=False)
    assert late.was_late and late.entry.ksef_number
    refused = Invoice.objects.get(state="rejected")
    assert refused.reason is not None and refused.reason.ksef_code == "440"
    actions = list(Entry.objects.of(company).order_by("number").values_list("action", flat=True))
    assert actions[:2] == ["enrolment-started", "enrolment-signed"]
    assert actions.count("certificate-issued") == 2 and actions[-1] == "enrolment-done"
    assert all(entry.by_id == owner.pk for entry in Entry.objects.of(company)[:2])


def test_the_portal_knows_whom_the_demo_logs_in_as(run: Run, use_emulator: Any) -> None:
    for firm in (SOLE_PROPRIETOR, COMPANY):
        run.ministry.introduce(firm)
        run.ministry.introduce(firm)  # as often as one likes
    desk = httpx2.get(f"{use_emulator.url}/portal/podpis", trust_env=False).text
    for firm in (SOLE_PROPRIETOR, COMPANY):
        assert desk.count(f"{firm.owner.given_name} {firm.owner.surname}") == 1
