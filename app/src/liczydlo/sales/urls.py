"""Addresses of sales, under ``/firmy/<company_id>/sprzedaz/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from liczydlo.sales.views import (
    awaiting,
    batch,
    corrections,
    detail,
    downloads,
    editor,
    evidence,
    listing,
    numbers,
    print_settings,
    queue,
    recurring,
    sessions,
    similar,
    technical,
    templates,
    upload,
)

app_name = "sales"


def edits(address: str, kind: str, name: str) -> list[URLPattern]:
    """The editor of a new document and, below it, the sums of what is typed and its rate of exchange."""
    return [
        path(address, editor.new, {"kind": kind}, name=name),
        path(f"{address}sumy/", editor.totals, {"kind": kind}, name=f"{name}_totals"),
        path(f"{address}kurs/", editor.exchange_rate, {"kind": kind}, name=f"{name}_rate"),
    ]


urlpatterns = [
    path("", listing.listing, name="list"),
    path("stany/", listing.states, name="states"),
    path("wydruk/", print_settings.page, name="print_settings"),
    path("numeracja/", numbers.page, name="numbering"),
    path("numeracja/przyklady/", numbers.examples, name="number_examples"),
    path("pliki.zip", downloads.archive, name="archive"),
    *edits("nowa/", "sale", "new"),
    *edits("nowa/uproszczona/", "simplified", "new_simplified"),
    *edits("nowa/zaliczkowa/", "advance", "new_advance"),
    *edits("<int:about>/kolejna-zaliczka/", "next-advance", "next_advance"),
    *edits("<int:about>/rozlicz/", "settlement", "settle"),
    path("wgraj/", upload.upload, name="upload"),
    path("sesje/", sessions.listing, name="sessions"),
    path("sesje/<int:session_id>/", sessions.detail, name="session"),
    path("sesje/<int:session_id>/upo/<int:page_id>.xml", sessions.upo, name="session_upo"),
    path("kolejka/", queue.page, name="queue"),
    path("kolejka/wiersze/", queue.rows, name="queue_rows"),
    path("kolejka/wyslij/", queue.send_all, name="queue_send_all"),
    path("kolejka/<int:invoice_id>/wyslij/", queue.send, name="queue_send"),
    path("szkice/wyslij/", batch.issue_drafts, name="issue_drafts"),
    path("szablony/", templates.listing, name="templates"),
    path("szablony/<int:template_id>/", templates.page, name="template"),
    path("szablony/<int:template_id>/wystaw/", templates.make, name="make_from_template"),
    path("szablony/<int:template_id>/nazwa/", templates.rename, name="rename_template"),
    path("szablony/<int:template_id>/usun/", templates.remove, name="remove_template"),
    path("szablony/<int:template_id>/cyklicznie/", recurring.edit, name="recurrence"),
    path("szablony/<int:template_id>/cyklicznie/dni/", recurring.preview, name="recurrence_days"),
    path("szablony/<int:template_id>/cyklicznie/wstrzymaj/", recurring.pause, name="pause_recurrence"),
    path("szablony/<int:template_id>/cyklicznie/wznow/", recurring.resume, name="resume_recurrence"),
    path("szablony/<int:template_id>/cyklicznie/pomin/", recurring.skip, name="skip_recurrence"),
    path("szablony/<int:template_id>/cyklicznie/usun/", recurring.remove, name="remove_recurrence"),
    path("cykliczne/", recurring.listing, name="recurring"),
    path("cykliczne/<int:occurrence_id>/pomin/", recurring.dismiss, name="dismiss_occurrence"),
    *edits("cykliczne/<int:about>/faktura/", "occurrence", "from_occurrence"),
    *edits("szablony/<int:about>/faktura/", "template", "from_template"),
    *edits("szablony/<int:about>/tresc/", "contents", "template_contents"),
    path("<int:invoice_id>/", detail.detail, name="detail"),
    path("<int:invoice_id>/szablon/", templates.keep, name="keep_template"),
    path("<int:invoice_id>/stan/", detail.life, name="life"),
    path("<int:invoice_id>/czeka/", awaiting.part, name="awaiting"),
    path("<int:invoice_id>/zatrzymaj/", awaiting.take_back, name="take_back"),
    path("<int:invoice_id>/edycja/", editor.edit, name="edit"),
    path("<int:invoice_id>/wystaw/", detail.issue, name="issue"),
    path("<int:invoice_id>/wyslij/", detail.send, name="send"),
    path("<int:invoice_id>/jednak-offline/", detail.change_mode, name="change_mode"),
    path("<int:invoice_id>/poza-ksef/", detail.leave, name="leave"),
    path("<int:invoice_id>/korekta-techniczna/", technical.correct, name="technical"),
    path("<int:invoice_id>/skoryguj/", corrections.choose, name="correct"),
    path("<int:invoice_id>/skoryguj/do-zera/", corrections.to_zero, name="correct_to_zero"),
    *edits("<int:about>/skoryguj/nowe-wartosci/", "correction", "correct_values"),
    path("<int:invoice_id>/skoryguj/rabat/", corrections.rebate, name="correct_rebate"),
    path("<int:invoice_id>/wystaw-podobna/", similar.make, name="make_similar"),
    *edits("<int:about>/podobna/", "similar", "similar"),
    path("<int:invoice_id>/na-dzis/", recurring.redate, name="redate"),
    path("<int:invoice_id>/usun/", detail.delete, name="delete"),
    path("<int:invoice_id>/faktura.pdf", downloads.invoice_pdf, name="pdf"),
    path("<int:invoice_id>/faktura.xml", downloads.invoice_xml, name="xml"),
    path("<int:invoice_id>/dowody/", evidence.show, name="evidence"),
    path("<int:invoice_id>/dowody/podpisujacy/", evidence.confirm_signer, name="confirm_signer"),
    path("<int:invoice_id>/dowody/podpisujacy/cofnij/", evidence.withdraw_signer, name="withdraw_signer"),
    path("<int:invoice_id>/dowody.zip", evidence.archive, name="evidence_zip"),
    path("<int:invoice_id>/upo.pdf", downloads.upo_pdf, name="upo_pdf"),
    path("<int:invoice_id>/upo.xml", downloads.upo_xml, name="upo_xml"),
]
