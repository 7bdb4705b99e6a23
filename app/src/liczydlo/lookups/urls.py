"""Addresses of services, under ``/firmy/<company_id>/ustawienia/uslugi-zewnetrzne/``."""

from __future__ import annotations

from django.urls import path

from liczydlo.lookups import views

app_name = "lookups"
urlpatterns = [path("", views.page, name="page")]
