"""Addresses of „Certyfikaty"."""

from __future__ import annotations

from django.urls import path

from liczydlo.connection.certificates import views

app_name = "ksef_certificates"
urlpatterns = [
    path("", views.index, name="list"),
    path("odnow/<slug:purpose>/", views.renew, name="renew"),
    path("uniewaznij/<str:serial>/", views.revoke, name="revoke"),
    path("kopia/<slug:purpose>/", views.copy, name="copy"),
]
