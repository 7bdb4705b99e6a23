"""Addresses of payments, under ``/firmy/<company_id>/platnosci/``."""

from __future__ import annotations

from django.urls import path

from liczydlo.payments.views import accounts, due, interest, lines, orders, phone, prepare, sales, statements

app_name = "payments"
urlpatterns = [
    path("", due.listing, name="due"),
    path("przelewy/", orders.listing, name="orders"),
    path("przelewy/nowe/", prepare.prepare, name="prepare"),
    path("przelewy/<int:order_id>/", orders.detail, name="order"),
    path("przelewy/<int:order_id>/plik/", orders.download, name="download"),
    path("przelewy/<int:order_id>/zaplacone/", orders.mark_paid, name="mark_paid"),
    path("przelewy/<int:order_id>/identyfikatory/", orders.ask_again, name="ask_again"),
    path("przelewy/<int:order_id>/anuluj/", orders.cancel, name="cancel"),
    path("telefonem/<int:invoice_id>/", phone.code, name="phone"),
    path("rachunki/", accounts.listing, name="accounts"),
    path("rachunki/dodaj/", accounts.add, name="add_account"),
    path("rachunki/<int:account_id>/", accounts.edit, name="edit_account"),
    path("rachunki/<int:account_id>/domyslny/", accounts.make_default, name="default_account"),
    path("rachunki/<int:account_id>/usun/", accounts.remove, name="remove_account"),
    path("odsetki/stawki/", interest.rates, name="interest_rates"),
    path("odsetki/stawki/<int:rate_id>/usun/", interest.remove_rate, name="remove_interest_rate"),
    path("odsetki/noty/<int:note_id>/", interest.note, name="interest_note"),
    path("odsetki/noty/<int:note_id>/wyslij/", interest.write, name="write_interest_note"),
    path("odsetki/noty/<int:note_id>/nota.pdf", interest.download, name="interest_note_pdf"),
    path("odsetki/kontrahent/<int:contractor_id>/", interest.page, name="interest"),
    path("sprzedaz/<int:invoice_id>/", sales.say_paid, name="say_paid"),
    path("wplaty/<int:settlement_id>/usun/", sales.take_back, name="take_back"),
    path("wyciagi/", statements.listing, name="statements"),
    path("wyciagi/wczytaj/", statements.upload, name="upload_statement"),
    path("wyciagi/<int:statement_id>/", statements.detail, name="statement"),
    path("wyciagi/<int:statement_id>/pewne/", statements.confirm_certain, name="confirm_certain"),
    path("wyciagi/linie/<int:line_id>/", lines.detail, name="line"),
    path("wyciagi/linie/<int:line_id>/dopasuj/", lines.confirm, name="match_line"),
    path("wyciagi/linie/<int:line_id>/odloz/", lines.set_aside, name="set_line_aside"),
    path("wyciagi/linie/<int:line_id>/przywroc/", lines.resume, name="resume_line"),
    path("wyciagi/rozliczenia/<int:settlement_id>/cofnij/", lines.undo, name="undo_match"),
]
