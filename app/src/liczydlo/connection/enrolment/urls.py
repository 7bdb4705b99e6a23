"""Addresses of „Połącz w 3 krokach"."""

from __future__ import annotations

from django.urls import path

from liczydlo.connection.enrolment import views

app_name = "ksef_enrolment"
urlpatterns = [
    path("", views.start, name="start"),
    path("przygotuj/", views.prepare, name="prepare"),
    path("dokument/", views.document, name="document"),
    path("podpisany/", views.upload, name="upload"),
    path("plik-p12/", views.bundle, name="bundle"),
    path("przerwij/", views.stop, name="stop"),
    path("postep/", views.progress, name="progress"),
]
