"""Addresses of „Tokeny i sesje"."""

from __future__ import annotations

from django.urls import path

from liczydlo.connection.tokens import views

app_name = "ksef_tokens"
urlpatterns = [
    path("", views.tokens, name="list"),
    path("nowy/", views.make, name="make"),
    path("uniewaznij/<str:reference>/", views.revoke, name="revoke"),
    path("sesje/", views.sessions, name="sessions"),
    path("sesje/zakoncz/<str:reference>/", views.end, name="end"),
]
