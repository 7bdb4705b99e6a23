"""„Szablony": named beginnings of invoices; all open as a draft of today without typing."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.fa3.draft import IncompleteDraft
from liczydlo.fa3.problems import DocumentError
from liczydlo.sales import services
from liczydlo.sales.editing import similar
from liczydlo.sales.repeating import making, recurrences, showing, templates
from liczydlo.sales.repeating.tables import InvoiceTemplate, Recurrence
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.web import times
from liczydlo.web.paging import Order
from liczydlo.web.paging import page as page_of
from liczydlo.web.reasons import Reason, explain

SHOWN: Final = 12
"""Days of a recurrence that its page shows; „Cykliczne" has all."""


class NameForm(forms.ModelForm):  # type: ignore[type-arg]  # Django is not generic at run time
    """The name of a template."""

    class Meta:
        model = InvoiceTemplate
        fields = ("name",)
        labels: ClassVar[dict[str, Any]] = {"name": gettext_lazy("Nazwa szablonu")}

    def clean_name(self) -> str:
        """Without spaces at its ends and without doubled ones; not another template's."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        rows = InvoiceTemplate.objects.of(self.instance.company).exclude(pk=self.instance.pk)
        if rows.filter(name=name).exists():
            raise forms.ValidationError(_("Szablon o tej nazwie już jest."))
        return name


def template_of(company: Company, template_id: int) -> InvoiceTemplate:
    """The company's template. Raises Http404."""
    rows = InvoiceTemplate.objects.of(company).select_related("contractor", "company")
    template: InvoiceTemplate = get_object_or_404(rows, pk=template_id)
    return template


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """The firm's templates by name."""
    rows = InvoiceTemplate.objects.of(company).select_related("recurrence")
    rows_page = page_of(rows, request.GET, order=Order(column="name"))
    recurring = [(one, getattr(one, "recurrence", None)) for one in rows_page.rows]
    context = {
        "page": rows_page,
        "rhythms": {
            one.pk: showing.words(row) for one, row in recurring if row is not None and row.is_active
        },
        "resting": {one.pk for one, row in recurring if row is not None and not row.is_active},
        "may_issue": request.membership.role in ISSUERS,
    }
    return render(request, "sales/templates.html", context)


@member()
@require_safe
def page(request: CompanyRequest, company: Company, template_id: int) -> HttpResponse:
    """One template: what it says, and what can be done with it."""
    return _page(request, template_of(company, template_id))


def _page(
    request: CompanyRequest, template: InvoiceTemplate, *, form: NameForm | None = None, status: int = 200
) -> HttpResponse:
    draft = template.draft
    row = Recurrence.objects.of(template.company).filter(template=template).select_related("set_by").first()
    if row is not None:
        row.template, row.company = template, template.company
    context = {
        "recurrence": row,
        "rhythm": showing.words(row) if row is not None else "",
        "days": showing.ahead(row) if row is not None and row.is_active else (),
        "missed": recurrences.missed(row, times.today()) if row is not None and not row.is_active else (),
        "made": row.occurrences.select_related("invoice__entry").order_by("-nominal")[:SHOWN] if row else (),
        "may_recur": draft.kind in making.KINDS,
        "template": template,
        "draft": draft,
        "lines": draft.lines or (draft.order.lines if draft.order is not None else ()),
        "left_out": similar.from_template(template.company, template).left_out(),
        "form": form or NameForm(instance=template),
        "may_issue": request.membership.role in ISSUERS,
    }
    return render(request, "sales/template.html", context, status=status)


@member(*ISSUERS)
@require_POST
def keep(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """„Zapisz jako szablon" on an invoice."""
    invoice = invoice_of(company, invoice_id)
    try:
        template = templates.keep_invoice(company, invoice)
    except services.NotIssued as error:
        messages.error(request, str(error.reason))
    except DocumentError as error:
        messages.error(request, explain(error))
    except (ValueError, IncompleteDraft):
        messages.error(request, str(Reason("similar-unread")))
    else:
        messages.success(request, _("Szablon został zapisany. Możesz zmienić mu nazwę."))
        return redirect(template)
    return redirect(invoice)


@member(*ISSUERS)
@require_POST
def make(request: CompanyRequest, company: Company, template_id: int) -> HttpResponse:
    """A draft of today to be looked at; what the form does not show, or KSeF would refuse, leads to the form."""
    template = template_of(company, template_id)
    templates.tie(template)
    draft = (edited := similar.from_template(company, template)).make()
    if draft is None:
        return redirect(edited.address)
    messages.success(
        request,
        _("To jest nowy szkic z szablonu „%(name)s”, z dzisiejszą datą. Sprawdź go i wyślij.")
        % {"name": template.name},
    )
    return redirect(draft)


@member(*ISSUERS)
@require_POST
def rename(request: CompanyRequest, company: Company, template_id: int) -> HttpResponse:
    """Give a template another name; one that another template has is refused."""
    template = template_of(company, template_id)
    form = NameForm(request.POST, instance=template)
    if form.is_valid():
        try:
            templates.rename(template, form.cleaned_data["name"])
        except templates.NameTaken:  # at the same moment
            form.add_error("name", _("Szablon o tej nazwie już jest."))
        else:
            messages.success(request, _("Nazwa została zapisana."))
            return redirect(template)
    return _page(request, template_of(company, template_id), form=form, status=422)


@member(*ISSUERS)
@require_POST
def remove(request: CompanyRequest, company: Company, template_id: int) -> HttpResponse:
    """Take a template away; what was made of it stays."""
    recurrences.remove_template(template_of(company, template_id), request)
    messages.success(request, _("Szablon został usunięty. Faktury z niego zostają."))
    return redirect("sales:templates", company.pk)
