"""Addresses of „Usługi dodatkowe"."""

from __future__ import annotations

from django.urls import path

from liczydlo.connection.welcome import views

app_name = "ksef_welcome"
urlpatterns = [
    path("", views.services, name="services"),
    path("ksef/", views.about, name="about"),
    path("ksef/offline/", views.about_offline, name="offline"),
]
