"""Addresses under ``/firmy/<company_id>/dostepnosc/``."""

from __future__ import annotations

from django.urls import path

from liczydlo.offline import views

app_name = "offline"
urlpatterns = [
    path("", views.listing, name="list"),
    path("awaria-calkowita/", views.total_failure, name="total_failure"),
    path("<int:outage_id>/popraw/", views.correct, name="correct"),
    path("<int:outage_id>/usun/", views.take_back, name="take_back"),
]
