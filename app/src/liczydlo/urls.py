"""All addresses. What belongs to a company stands under ``/firmy/<company_id>/``."""

from __future__ import annotations

from django.conf.urls.i18n import urlpatterns as language_urls
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("liczydlo.web.urls")),
    path("", include("liczydlo.home.urls")),
    path("", include("liczydlo.companies.urls")),
    path("firmy/<int:company_id>/ustawienia/dziennik/", include("liczydlo.audit.urls")),
    path("firmy/<int:company_id>/ustawienia/ksef/gotowosc/", include("liczydlo.connection.readiness.urls")),
    path("firmy/<int:company_id>/ustawienia/ksef/token/", include("liczydlo.connection.token_way.urls")),
    path(
        "firmy/<int:company_id>/ustawienia/ksef/uprawnienia/", include("liczydlo.connection.permissions.urls")
    ),
    path("firmy/<int:company_id>/ustawienia/ksef/tokeny/", include("liczydlo.connection.tokens.urls")),
    path("firmy/<int:company_id>/ustawienia/ksef/haslo/", include("liczydlo.connection.passphrase.urls")),
    path("firmy/<int:company_id>/ustawienia/ksef/zaw-fa/", include("liczydlo.connection.zawfa.urls")),
    path("firmy/<int:company_id>/ustawienia/ksef/", include("liczydlo.connection.urls")),
    path("firmy/<int:company_id>/ustawienia/ksef/polacz/", include("liczydlo.connection.enrolment.urls")),
    path(
        "firmy/<int:company_id>/ustawienia/ksef/certyfikaty/",
        include("liczydlo.connection.certificates.urls"),
    ),
    path("firmy/<int:company_id>/uslugi/", include("liczydlo.connection.welcome.urls")),
    path("firmy/<int:company_id>/sprzedaz/", include("liczydlo.sales.urls")),
    path("firmy/<int:company_id>/zakupy/", include("liczydlo.purchases.urls")),
    path("konto/", include("allauth.urls")),
    path("jezyk/", include(language_urls)),
]

handler400 = "liczydlo.web.errors.bad_request"
handler403 = "liczydlo.web.errors.forbidden"
handler404 = "liczydlo.web.errors.not_found"
handler500 = "liczydlo.web.errors.server_error"
