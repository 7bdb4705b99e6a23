"""Addresses of „Dane i ustawienia → KSeF"."""

from __future__ import annotations

from django.urls import path

from liczydlo.connection import views

app_name = "connection"
urlpatterns = [
    path("", views.authentication, name="authentication"),
]
