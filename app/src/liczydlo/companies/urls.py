"""Addresses of the first account and of companies."""

from __future__ import annotations

from django.urls import path

from liczydlo.companies import filter_views, people_views, views

app_name = "companies"
urlpatterns = [
    path("start/", views.first_run, name="first_run"),
    path("firmy/", views.listing, name="list"),
    path("firmy/nowa/", views.new, name="new"),
    path("firmy/<int:company_id>/ustawienia/", views.settings, name="settings"),
    path("firmy/<int:company_id>/ustawienia/osoby/", people_views.listing, name="members"),
    path("firmy/<int:company_id>/ustawienia/osoby/<int:membership_id>/", people_views.change, name="member"),
    path(
        "firmy/<int:company_id>/ustawienia/zaproszenia/<int:invitation_id>/wycofaj/",
        people_views.withdraw,
        name="withdraw",
    ),
    path("firmy/<int:company_id>/filtry/", filter_views.save, name="save_filter"),
    path("firmy/<int:company_id>/filtry/<int:filter_id>/usun/", filter_views.remove, name="remove_filter"),
    path("zaproszenie/", people_views.join, name="join"),
]
