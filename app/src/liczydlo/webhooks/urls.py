"""Addresses of webhooks, under ``/firmy/<company_id>/ustawienia/webhooki/``."""

from __future__ import annotations

from django.urls import path

from liczydlo.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.page, name="page"),
    path("proba/", views.ping, name="ping"),
    path("<int:endpoint_id>/usun/", views.remove, name="remove"),
    path("zdarzenia/<int:delivery_id>/ponow/", views.again, name="again"),
]
