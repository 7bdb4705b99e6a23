"""Addresses without a company."""

from __future__ import annotations

from django.urls import path

from liczydlo.web import views

app_name = "web"
urlpatterns = [
    path("health", views.health, name="health"),
    path("favicon.ico", views.favicon, name="favicon"),
]
