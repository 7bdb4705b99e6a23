"""Addresses of contacts, under ``/firmy/<company_id>/kontrahenci/``."""

from __future__ import annotations

from django.urls import path

from liczydlo.contacts.importing import pages
from liczydlo.contacts.importing.doors import DOORS
from liczydlo.contacts.models import ImportKind
from liczydlo.contacts.views import (
    addresses,
    contractors,
    from_invoices,
    hints,
    items,
    privacy,
    recipients,
    vies,
)

app_name = "contacts"
urlpatterns = [
    path("", contractors.listing, name="contractors"),
    path("nowy/", contractors.add, name="add_contractor"),
    path("podpowiedzi/", hints.of_contractors, name="contractor_hints"),
    path("import/", pages.upload, {"door": DOORS[ImportKind.CONTRACTORS]}, name="import_contractors"),
    *pages.paths("import/", DOORS),
    path("z-faktur/", from_invoices.page, {"kind": ImportKind.CONTRACTORS}, name="contractors_from_invoices"),
    path("towary/", items.listing, name="items"),
    path("towary/podpowiedzi/", hints.of_items, name="item_hints"),
    path("towary/import/", pages.upload, {"door": DOORS[ImportKind.ITEMS]}, name="import_items"),
    path("towary/nowy/", items.add, name="add_item"),
    path("towary/z-faktur/", from_invoices.page, {"kind": ImportKind.ITEMS}, name="items_from_invoices"),
    path("towary/<int:item_id>/", items.edit, name="edit_item"),
    path("towary/<int:item_id>/ukryj/", items.hide, name="hide_item"),
    path("<int:contractor_id>/", contractors.detail, name="contractor"),
    path("<int:contractor_id>/edycja/", contractors.edit, name="edit_contractor"),
    path("<int:contractor_id>/listy/", contractors.resume_letters, name="resume_letters"),
    path("<int:contractor_id>/vies/", vies.check, name="check_vies"),
    path("<int:contractor_id>/ukryj/", contractors.hide, name="hide_contractor"),
    path("<int:contractor_id>/dane.json", privacy.export, name="export_contractor"),
    path("<int:contractor_id>/usun/", privacy.erase, name="erase_contractor"),
    path("<int:contractor_id>/adresy/dodaj/", addresses.add, name="add_address"),
    path(
        "<int:contractor_id>/adresy/<int:address_id>/domyslny/",
        addresses.make_default,
        name="default_address",
    ),
    path("<int:contractor_id>/adresy/<int:address_id>/usun/", addresses.remove, name="remove_address"),
    path("<int:contractor_id>/odbiorcy/dodaj/", recipients.add, name="add_recipient"),
    path("<int:contractor_id>/odbiorcy/<int:recipient_id>/usun/", recipients.remove, name="remove_recipient"),
]
