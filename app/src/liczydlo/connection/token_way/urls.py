"""Addresses of the way in by token."""

from __future__ import annotations

from django.urls import path

from liczydlo.connection.token_way import views

app_name = "ksef_token_way"
urlpatterns = [
    path("", views.page, name="page"),
    path("sprawdz/", views.prove, name="prove"),
    path("usun/", views.remove, name="remove"),
]
