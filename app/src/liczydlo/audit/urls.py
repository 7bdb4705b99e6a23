"""Addresses of „Dziennik"."""

from __future__ import annotations

from django.urls import path

from liczydlo.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.listing, name="list"),
    path("sprawdz/", views.check, name="check"),
    path("dziennik.csv", views.download, name="csv"),
]
