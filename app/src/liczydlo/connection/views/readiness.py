"""„Czy jestem gotowy?"."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.models import ReadinessReport
from liczydlo.connection.readiness import services
from liczydlo.connection.readiness.findings import Finding
from liczydlo.connection.readiness.wording import row


@member()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: CompanyRequest, company: Company) -> HttpResponse:
    """The last check; POST checks anew."""
    may_run = request.membership.role in ISSUERS
    if request.method == "POST":
        if may_run:
            services.run(company, request.user)
        return redirect("connection:readiness", company.pk)
    report = ReadinessReport.objects.of(company).filter(environment=company.environment).first()
    rows = [row(company, Finding.from_json(one)) for one in report.findings] if report else []
    states = [one.finding.state for one in rows]
    return render(
        request,
        "connection/readiness/page.html",
        {
            "here": "readiness",
            "report": report,
            "rows": rows,
            "bad": states.count("bad"),
            "warn": states.count("warn"),
            "good": states.count("ok"),
            "may_run": may_run,
            "where": clients.environment(company),
        },
    )
