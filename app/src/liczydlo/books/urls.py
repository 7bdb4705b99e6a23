"""Addresses of the books, under ``/firmy/<company_id>/``."""

from __future__ import annotations

from django.urls import path

from liczydlo.books.views import jpk_fa, taxpayer

app_name = "books"
urlpatterns = [
    path("ustawienia/urzad-skarbowy/", taxpayer.page, name="taxpayer"),
    path("ksiegi/jpk-fa/", jpk_fa.page, name="jpk_fa"),
]
