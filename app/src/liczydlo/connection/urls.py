"""Addresses of „Dane i ustawienia → KSeF"."""

from __future__ import annotations

from django.urls import path

from liczydlo.connection import views

app_name = "connection"
urlpatterns = [
    path("", views.authentication, name="authentication"),
    path("certyfikat/", views.certificate, name="certificate"),
    path("offline/", views.offline, name="offline"),
    path("plik/", views.peek, name="peek"),
    path("usun/<slug:purpose>/", views.remove, name="remove"),
    path("sprawdz/", views.prove, name="prove"),
    path("stan/", views.status, name="status"),
]
