"""Jobs of the installation, and no note of who was told: workers look for themselves."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module."""

    dependencies: ClassVar = [("companies", "0001_initial"), ("jobs", "0001_initial")]
    operations: ClassVar = [
        migrations.RemoveField("job", "queued_until"),
        migrations.AlterField(
            "job",
            "company",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="companies.company",
            ),
        ),
        migrations.AddConstraint(
            "job",
            models.UniqueConstraint(
                condition=models.Q(("company__isnull", True)),
                fields=("name",),
                name="one_job_of_a_kind_of_the_installation",
            ),
        ),
    ]
