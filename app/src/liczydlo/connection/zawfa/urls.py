"""Addresses of ZAW-FA."""

from __future__ import annotations

from django.urls import path

from liczydlo.connection.zawfa import views

app_name = "ksef_zawfa"
urlpatterns = [
    path("", views.page, name="page"),
    path("<slug:step>/", views.step, name="step"),
]
