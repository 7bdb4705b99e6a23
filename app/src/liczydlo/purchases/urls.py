"""Addresses of purchases, under ``/firmy/<company_id>/zakupy/``."""

from __future__ import annotations

from django.urls import path, re_path

from liczydlo.purchases.views import (
    actions,
    attachments,
    detail,
    doubles,
    downloads,
    fetching,
    letters,
    listing,
    outside,
    sellers,
    synchronisation,
)

app_name = "purchases"
urlpatterns = [
    path("", listing.listing, name="list"),
    path("pobierz/", fetching.fetch, name="fetch"),
    path("odlozone/<int:row_id>/pomin/", fetching.dismiss, name="dismiss"),
    path("synchronizacja/", synchronisation.page, name="synchronisation"),
    path("synchronizacja/od/", synchronisation.since, name="since"),
    path("synchronizacja/miesiac/", synchronisation.month, name="month"),
    path("stan/", fetching.progress, name="progress"),
    path("powiadomienia/", letters.choose, name="letters"),
    path("koszt/", outside.add, name="add"),
    path("<int:invoice_id>/koszt/", outside.edit, name="edit"),
    path("<int:invoice_id>/koszt/usun/", outside.delete, name="delete"),
    path("podwojne/<int:pair_id>/polacz/", doubles.join, name="join"),
    path("podwojne/<int:pair_id>/rozne/", doubles.dismiss, name="differ"),
    path("zaznaczone/", actions.selected, name="selected"),
    path("pliki.zip", downloads.archive, name="archive"),
    path("sprzedawcy/", sellers.listing, name="sellers"),
    re_path(
        r"^sprzedawcy/(?P<seller_id>[0-9]+)/(?P<what>zaufaj|nie-ufaj|ukryj|przywroc)/$",
        sellers.decide,
        name="seller",
    ),
    path("ostrzezenia/<int:warning_id>/", sellers.settle, name="settle"),
    path("<int:invoice_id>/biala-lista/", sellers.check_now, name="check_now"),
    path("<int:invoice_id>/naduzycie/", sellers.abuse, name="abuse"),
    path("<int:invoice_id>/naduzycie/zgloszono/", sellers.reported, name="reported"),
    path("<int:invoice_id>/stan/", actions.move, name="move"),
    path("<int:invoice_id>/opis/", actions.describe, name="describe"),
    path("<int:invoice_id>/zaplata/", actions.pay, name="pay"),
    path("<int:invoice_id>/", detail.detail, name="detail"),
    path("<int:invoice_id>/pliki/", attachments.attach, name="attach"),
    path("<int:invoice_id>/pliki/<int:attachment_id>/", attachments.show, name="attachment"),
    path("<int:invoice_id>/pliki/<int:attachment_id>/usun/", attachments.detach, name="detach"),
    path("<int:invoice_id>/faktura.pdf", downloads.pdf, name="pdf"),
    path("<int:invoice_id>/faktura.xml", downloads.xml, name="xml"),
]
