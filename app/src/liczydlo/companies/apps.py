"""The app of accounts, companies and who may do what in them."""

from __future__ import annotations

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    """Users, companies, memberships."""

    name = "liczydlo.companies"
