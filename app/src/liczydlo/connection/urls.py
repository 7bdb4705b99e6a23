"""Addresses of „Dane i ustawienia → KSeF" and of „Usługi dodatkowe"."""

from __future__ import annotations

from django.urls import path

from liczydlo.connection.views import (
    certificates,
    changes,
    credentials,
    passphrase,
    permissions,
    readiness,
    signin,
    token_connection,
    tokens,
    welcome,
    zawfa,
)

app_name = "connection"
urlpatterns = [
    path("", credentials.authentication, name="authentication"),
    path("certyfikat/", credentials.certificate, name="certificate"),
    path("offline/", credentials.offline, name="offline"),
    path("plik/", credentials.peek, name="peek"),
    path("usun/<slug:purpose>/", credentials.remove, name="remove"),
    path("sprawdz/", credentials.prove, name="prove"),
    path("stan/", credentials.status, name="status"),
    path("polacz/", signin.start, name="signin"),
    path("polacz/przygotuj/", signin.prepare, name="signin-prepare"),
    path("polacz/dokument/", signin.document, name="signin-document"),
    path("polacz/podpisany/", signin.upload, name="signin-upload"),
    path("polacz/plik-p12/", signin.bundle, name="signin-bundle"),
    path("polacz/przerwij/", signin.stop, name="signin-stop"),
    path("polacz/postep/", signin.progress, name="signin-progress"),
    path("zaw-fa/", zawfa.page, name="zawfa"),
    path("zaw-fa/<slug:step>/", zawfa.step, name="zawfa-step"),
    path("token/", token_connection.page, name="token"),
    path("token/sprawdz/", token_connection.prove, name="token-prove"),
    path("token/usun/", token_connection.remove, name="token-remove"),
    path("certyfikaty/", changes.listing, {"page": "certificates"}, name="certificates"),
    path("certyfikaty/odnow/<slug:purpose>/", certificates.renew, name="certificates-renew"),
    path(
        "certyfikaty/uniewaznij/<str:item>/",
        changes.confirm,
        {"page": "certificates"},
        name="certificates-revoke",
    ),
    path("certyfikaty/kopia/<slug:purpose>/", certificates.copy, name="certificates-copy"),
    path("haslo/", passphrase.page, name="passphrase"),
    path("haslo/ustaw/", passphrase.put_on, name="passphrase-set"),
    path("haslo/otworz/", passphrase.open_up, name="passphrase-open"),
    path("haslo/zamknij/", passphrase.close, name="passphrase-close"),
    path("haslo/zdejmij/", passphrase.take_off, name="passphrase-take-off"),
    path("uprawnienia/", changes.listing, {"page": "permissions"}, name="permissions"),
    path("uprawnienia/moje/", permissions.mine, name="permissions-mine"),
    path(
        "uprawnienia/otrzymane/",
        changes.listing,
        {"page": "permissions-received"},
        name="permissions-received",
    ),
    path("uprawnienia/nadaj/", permissions.choose, name="permissions-choose"),
    path("uprawnienia/nadaj/<slug:kind>/", permissions.grant, name="permissions-grant"),
    path(
        "uprawnienia/odbierz/<path:item>/",
        changes.confirm,
        {"page": "permissions"},
        name="permissions-revoke",
    ),
    path("tokeny/", changes.listing, {"page": "tokens"}, name="tokens"),
    path("tokeny/nowy/", tokens.make, name="tokens-make"),
    path("tokeny/uniewaznij/<str:item>/", changes.confirm, {"page": "tokens"}, name="tokens-revoke"),
    path("tokeny/sesje/", changes.listing, {"page": "sessions"}, name="sessions"),
    path("tokeny/sesje/zakoncz/<str:item>/", changes.confirm, {"page": "sessions"}, name="sessions-end"),
    path("zmiany/<uuid:key>/", changes.outcome, name="change"),
    path("zmiany/<uuid:key>/token/", changes.reveal, name="change-token"),
    path("gotowosc/", readiness.page, name="readiness"),
]
services = (
    [
        path("", welcome.services, name="list"),
        path("ksef/", welcome.about, name="about"),
        path("ksef/offline/", welcome.about_offline, name="offline"),
    ],
    "services",
)
"""What „Usługi dodatkowe" has, a place of its own in the menu."""
