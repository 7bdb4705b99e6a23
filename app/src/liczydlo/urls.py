"""All addresses. What belongs to a company stands under ``/firmy/<company_id>/``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from liczydlo.companies import languages, sessions
from liczydlo.connection import urls as connection
from liczydlo.sales.views import public

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("liczydlo.web.urls")),
    path("", include("liczydlo.home.urls")),
    path("", include("liczydlo.companies.urls")),
    path("firmy/<int:company_id>/ustawienia/dziennik/", include("liczydlo.audit.urls")),
    path("firmy/<int:company_id>/ustawienia/webhooki/", include("liczydlo.webhooks.urls")),
    path("firmy/<int:company_id>/ustawienia/uslugi-zewnetrzne/", include("liczydlo.lookups.urls")),
    path("firmy/<int:company_id>/ustawienia/ksef/", include("liczydlo.connection.urls")),
    path("firmy/<int:company_id>/uslugi/", include(connection.services)),
    path("firmy/<int:company_id>/dostepnosc/", include("liczydlo.offline.urls")),
    path("firmy/<int:company_id>/kontrahenci/", include("liczydlo.contacts.urls")),
    path("firmy/<int:company_id>/sprzedaz/", include("liczydlo.sales.urls")),
    path("firmy/<int:company_id>/", include("liczydlo.books.urls")),
    path("firmy/<int:company_id>/zakupy/", include("liczydlo.purchases.urls")),
    path("firmy/<int:company_id>/platnosci/", include("liczydlo.payments.urls")),
    path("faktura/<str:token>/", public.invoice, name="public_invoice"),
    path("faktura/<str:token>/faktura.<str:kind>", public.file, name="public_file"),
    path("konto/sessions/", sessions.Devices.as_view(), name="usersessions_list"),
    path("konto/", include("allauth.urls")),
    path("jezyk/setlang/", languages.choose, name="set_language"),
]

handler400 = "liczydlo.web.errors.bad_request"
handler403 = "liczydlo.web.errors.forbidden"
handler404 = "liczydlo.web.errors.not_found"
handler500 = "liczydlo.web.errors.server_error"
