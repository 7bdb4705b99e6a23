"""Addresses of the owner's passphrase."""

from __future__ import annotations

from django.urls import path

from liczydlo.connection.passphrase import views

app_name = "ksef_passphrase"
urlpatterns = [
    path("", views.page, name="page"),
    path("ustaw/", views.put_on, name="set"),
    path("otworz/", views.open_up, name="open"),
    path("zamknij/", views.close, name="close"),
    path("zdejmij/", views.take_off, name="take-off"),
]
