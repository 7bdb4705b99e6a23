"""Addresses of „Uprawnienia"."""

from __future__ import annotations

from django.urls import path

from liczydlo.connection.permissions import views

app_name = "ksef_permissions"
urlpatterns = [
    path("", views.given, name="list"),
    path("moje/", views.mine, name="mine"),
    path("otrzymane/", views.received, name="received"),
    path("nadaj/", views.choose, name="choose"),
    path("nadaj/<slug:kind>/", views.grant, name="grant"),
    path("odbierz/<slug:kind>/<str:permission>/", views.revoke, name="revoke"),
]
