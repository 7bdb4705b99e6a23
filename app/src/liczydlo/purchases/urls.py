"""Addresses of purchases, under ``/firmy/<company_id>/zakupy/``."""

from __future__ import annotations

from django.urls import path

from liczydlo.purchases import views

app_name = "purchases"
urlpatterns = [
    path("", views.listing, name="list"),
    path("pobierz/", views.fetch, name="fetch"),
    path("odlozone/<int:row_id>/pomin/", views.dismiss, name="dismiss"),
    path("stan/", views.progress, name="progress"),
    path("<int:invoice_id>/", views.detail, name="detail"),
    path("<int:invoice_id>/faktura.pdf", views.pdf, name="pdf"),
    path("<int:invoice_id>/faktura.xml", views.xml, name="xml"),
]
