"""``liczydlo manage check_audit``: whether nobody rewrote the audit logs, and whether the database guards them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from liczydlo import guards
from liczydlo.audit.guards import TABLE
from liczydlo.audit.services import check
from liczydlo.companies.models import Company


class Command(BaseCommand):
    """Computes every chain anew; ends with an error when one is broken or a trigger is missing."""

    help = (
        "Check every company's audit log. Keep the printed numbers and hashes elsewhere: compared later, they show"
        " whether the end of an audit log was cut off."
    )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's protocol
        """One line a company."""
        faults = [f"the database lacks the trigger {name}" for name in guards.missing(connection, TABLE)]
        for company in Company.objects.order_by("pk").iterator(chunk_size=500):
            result = check(company)
            if result.is_whole:
                self.stdout.write(f"{company.nip}: whole, {result.length} entries, {result.digest}")
            else:
                faults.append(f"{company.nip}: broken at entry {result.broken_at} ({result.reason})")
        if faults:
            raise CommandError("\n".join(faults))
