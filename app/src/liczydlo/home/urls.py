"""Addresses of the front pages."""

from __future__ import annotations

from django.urls import path

from liczydlo.home import views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("firmy/<int:company_id>/", views.dashboard, name="dashboard"),
]
