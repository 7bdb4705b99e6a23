"""Files of other programs in the editor: whatever it does not show of them stays as it is, and is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from liczydlo.companies.models import Company
from liczydlo.fa3.build import SYSTEM, build
from liczydlo.fa3.draft import (
    Address,
    Advance,
    Correction,
    InvoiceDraft,
    Line,
    Marks,
    Order,
    Original,
    Party,
    Payment,
    Settlement,
    SettlementSums,
    Sum,
    ThirdParty,
)
from liczydlo.fa3.model import (
    DaneKontaktowe,
    Faktura,
    KwotaZPowodem,
    NowySrodekTransportu,
    ZaliczkaCzesciowa,
)
from liczydlo.fa3.read import read
from liczydlo.fa3.write import write
from liczydlo.sales import composing, sections
from liczydlo.sales.composing import LINES
from liczydlo.sales.editing.preserving import Preserving
from liczydlo.sales.models import Draft, Invoice
from lxml import html

from app.tests.fa3.drafts import DRAFTS
from app.tests.sales.section_forms import fields
from app.tests.sales.test_uploaded_drafts import MADE, sale, upload

SHARED = Path(__file__).parents[4] / "shared"
FOLDERS: Final = ("spec/examples/fa3", "cases/documents")
CORRECTED: Final = "dane korekty: faktury korygowane, przyczyna, dane sprzed korekty"
SUMS, VALUES = "sumy podane wprost", "wartości pozycji podane wprost"
OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = {
    "przyklad_01.xml": (SUMS,),
    "przyklad_03.xml": (CORRECTED,),
    "przyklad_05.xml": (CORRECTED,),
    "przyklad_07.xml": (CORRECTED, SUMS),
    "przyklad_11.xml": (CORRECTED, "kwota zaliczek"),
    "przyklad_13.xml": (CORRECTED, SUMS),
    "przyklad_15.xml": (SUMS,),
    "przyklad_17.xml": ("kwota zaliczek", "numery rozliczanych zaliczek"),
    "przyklad_19.xml": (SUMS,),
    "przyklad_25.xml": (VALUES,),
    "f01-difference-of-absent.xml": (CORRECTED, VALUES),
    "f02-pairs-by-UU_ID.xml": (CORRECTED,),
    "f03-removed-and-added-lines.xml": (CORRECTED,),
    "f06-page-discount.xml": (VALUES,),
    "f08-order-doubled-no-warning.xml": (CORRECTED, SUMS),
    "f09-false-alarm-settlement.xml": ("daty wpłat",),
    "f14-zal-impossible-tax.xml": (SUMS, VALUES),
    "f15-NrKSeFN-with-ksef-number.xml": (CORRECTED,),
}
"""What each page names as kept from its file; that of a document which is not here shows all of it."""
REFUSED: Final[Mapping[str, str]] = {"f10-kodSystemowy-message.xml": "schema-attribute-fixed"}
"""Files that are not taken at all, by the code of the reason."""


def documents() -> dict[str, Path]:
    return {one.name: one for folder in FOLDERS for one in sorted((SHARED / folder).glob("*.xml"))}


def of_the_company(company: Any, content: bytes) -> None:
    """The company is the seller of a document."""
    seller = read(content).podmiot1.dane_identyfikacyjne
    Company.objects.filter(pk=company.pk).update(nip=seller.nip)
    company.refresh_from_db()


def timeless(faktura: Faktura, like: Faktura) -> Faktura:
    header = replace(
        faktura.naglowek, data_wytworzenia_fa=like.naglowek.data_wytworzenia_fa, system_info=SYSTEM
    )
    return replace(faktura, naglowek=header)


def named(page: Any) -> tuple[str, ...]:
    """What the page says that it keeps."""
    lists = html.fromstring(page.content).xpath("//div[@class='alert']//li")
    return tuple(" ".join(one.text_content().split()) for one in lists)


@pytest.mark.django_db
@pytest.mark.parametrize("name", documents())
def test_a_document_edited_without_change_is_the_same(ala: Client, company: Any, name: str) -> None:
    content = documents()[name].read_bytes()
    of_the_company(company, content)
    page = upload(ala, company, content)
    row = Invoice.objects.filter(state="draft").first()
    if row is None:
        assert REFUSED[name] in page.content.decode()
        return
    edit = reverse("sales:edit", args=[company.pk, row.pk])
    shown = ala.get(edit)
    assert ala.post(edit, fields(shown)).status_code == 302
    held, made = read(content), read(bytes(Draft.objects.get().xml or b""))
    assert timeless(made, made) == timeless(held, made)
    assert named(shown) == OUTCOMES.get(name, ())


def line(name: str, **values: Any) -> Line:
    return Line(name=name, **{"rate": "23", **values})


OTHERWISE: Final = Settlement(
    charges=(KwotaZPowodem(kwota=Decimal(10), powod="kaucja"),),
    sums=SettlementSums(charged=Decimal(11), deducted=Decimal(0), overpaid=Decimal("0.50")),
)


def hard(company: Any) -> dict[str, InvoiceDraft]:
    """What programs of others write, and the form has no field for."""
    day = dt.date(2026, 11, 20)
    elsewhere = Party(name="Dostawca", nip="8567346215", address=Address(line1="ul. Obca 2"))
    own = Party(name=company.name, nip=company.nip, address=Address(line1="ul. Nasza 1"))
    contacts = tuple(DaneKontaktowe(email=f"osoba{n}@example.com") for n in range(3))
    car = NowySrodekTransportu(
        p_22a=day, p_nr_wiersza_nst=1, p_22b="10", p_22b1="WAUZZZ8K9BA123456", p_22bmk="Syrena"
    )
    net, gross = (
        line("waga", net_price=Decimal("10.00")),
        line("miara", gross_price=Decimal("12.30"), rate="8"),
    )
    original = Correction(
        originals=(Original(number="OBCA/1", issue_date=day),), reason="rabat", effect=2,
        buyers=(Party(name="Kupiec dawny", nip="8567346215", address=Address(line1="ul. Stara 1")),),
    )  # fmt: skip
    return {
        "mixed prices": sale(company, lines=(net, gross)),
        "values alone": sale(
            company, lines=(Line(name="ryczałt", rate="23", quantity=None, unit=None, net=Decimal("99.99")),)
        ),
        "both prices": sale(
            company,
            lines=(line("obie", net_price=Decimal(10), gross_price=Decimal("12.3"), net=Decimal(10)),),
        ),
        "rounded otherwise": sale(
            company,
            lines=(line("grosz", net_price=Decimal("0.33"), quantity=Decimal(3), net=Decimal("1.00")),),
            sums=(Sum(group="1", net=Decimal("1.00"), tax=Decimal("0.24")),),
        ),
        "numbers with gaps": sale(company, lines=(replace(net, number=2), replace(gross, number=7))),
        "several vehicles": sale(
            company,
            lines=(replace(net, rate="0 WDT"), replace(net, rate="0 WDT")),
            marks=Marks(new_transport=(car, replace(car, p_nr_wiersza_nst=2, p_22b1="WAUZZZ8K9BA123457"))),
        ),
        "contacts of a third party": sale(
            company, third_parties=(ThirdParty(party=replace(elsewhere, contacts=contacts), role=1),)
        ),
        "discount above the price": sale(
            company, lines=(replace(net, discount=Decimal(15), net=Decimal("-5.00")), net)
        ),
        "spaces": sale(company, lines=(replace(net, name="  dwie  spacje "),), place=" Łódź "),
        "characters that nobody sees": sale(company, number="FV\u00ad/1\u200b", place="Łódź\u00ad"),
        "currency not offered": sale(company, currency="THB", exchange_rate=Decimal("0.1234")),
        "rate of each line": sale(
            company,
            currency="EUR",
            lines=(replace(net, exchange_rate=Decimal("4.1")), replace(net, exchange_rate=Decimal("4.2"))),
        ),
        "self-billing": sale(company, seller=elsewhere, buyer=own, marks=Marks(self_billing=True)),
        "correction of a stranger": sale(
            company,
            kind="KOR",
            correction=original,
            lines=(replace(net, before=True, uu_id="a"), replace(net, net_price=Decimal(8), uu_id="a")),
        ),
        "correction by differences": sale(
            company, kind="KOR", correction=original, lines=(replace(net, quantity=Decimal(-1)),)
        ),
        "correction of the buyer": sale(company, kind="KOR", correction=original, lines=()),
        "settlement": sale(
            company, kind="ROZ", advances=(Advance(number="ZAL/OBCA"),), lines=(net,),
            sums=(Sum(group="1", net=Decimal("4.01"), tax=Decimal("0.92")),),
        ),
        "advance in parts": sale(
            company, kind="ZAL", lines=(), order=Order(lines=(net,)), advance=Decimal(5),
            part_payments=(ZaliczkaCzesciowa(p_6z=day, p_15z=Decimal(5)),),
        ),
        "charges that do not add up": sale(company, settlement=OTHERWISE),
        "rate of an advance on a sale": sale(company, currency="EUR", lines=(net,), advance_rate=Decimal("4.1")),
        "lines of an advance beside its order": sale(
            company, kind="ZAL", lines=(gross,), order=Order(lines=(net,)), advance=Decimal(5),
        ),
        "no payment": sale(company, payment=None),
        "paid in another way": sale(company, payment=Payment(form=None, other_form="barter", paid=day)),
    }  # fmt: skip


NAMES: Final = tuple(hard(Company(name="Firma", nip="5261040828")))


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_what_other_programs_write_stays(ala: Client, company: Any, name: str) -> None:
    meant = hard(company)[name]
    content = write(build(meant, created=MADE))
    upload(ala, company, content)
    edit = reverse("sales:edit", args=[company.pk, Invoice.objects.get().pk])
    for _ in range(2):
        answer = ala.post(edit, fields(ala.get(edit)))
        assert answer.status_code == 302, named(answer)
        held, made = read(content), read(bytes(Draft.objects.get().xml or b""))
        assert timeless(made, made) == timeless(held, made)
    changed = {**fields(ala.get(edit)), "remarks": "Nowa uwaga"}
    assert ala.post(edit, changed).status_code == 302
    made = read(bytes(Draft.objects.get().xml or b""))
    assert made.stopka is not None and made.stopka.informacje[0].stopka_faktury == "Nowa uwaga"
    assert timeless(replace(made, stopka=None), made) == timeless(held, made)


@pytest.mark.django_db
def test_each_of_several_vehicles_is_changed(ala: Client, company: Any) -> None:
    upload(ala, company, write(build(hard(company)["several vehicles"], created=MADE)))
    edit = reverse("sales:edit", args=[company.pk, Invoice.objects.get().pk])
    shown = ala.get(edit)
    assert named(shown) == ()
    typed = {**fields(shown), "vehicles-vehicles-1-number": "WAUZZZ8K9BA999999"}
    assert ala.post(edit, typed).status_code == 302
    said = read(bytes(Draft.objects.get().xml or b"")).fa.adnotacje.nowe_srodki_transportu
    numbers = [one.p_22b1 for one in said.nowy_srodek_transportu]
    assert numbers == ["WAUZZZ8K9BA123456", "WAUZZZ8K9BA999999"]
    less = ala.post(edit, {**fields(ala.get(edit)), "remove_row": "vehicles-vehicles.0"})
    assert ala.post(edit, fields(less)).status_code == 302
    said = read(bytes(Draft.objects.get().xml or b"")).fa.adnotacje.nowe_srodki_transportu
    assert [one.p_22b1 for one in said.nowy_srodek_transportu] == ["WAUZZZ8K9BA999999"]


def edited(ala: Client, company: Any, meant: InvoiceDraft, change: Mapping[str, str]) -> Any:
    """The document after a change of the page."""
    upload(ala, company, write(build(meant, created=MADE)))
    edit = reverse("sales:edit", args=[company.pk, Invoice.objects.get().pk])
    posted = {**fields(ala.get(edit)), **change}
    sums = ala.post(f"{edit}sumy/", posted)
    assert sums.status_code == 200
    assert ala.post(edit, posted).status_code == 302
    return read(bytes(Draft.objects.get().xml or b"")).fa


@pytest.mark.django_db
def test_values_of_a_changed_line_are_worked_out_anew_and_others_stay(ala: Client, company: Any) -> None:
    odd = line("grosz", net_price=Decimal("0.33"), quantity=Decimal(3), net=Decimal("1.00"), gtu="GTU_01")
    meant = sale(company, lines=(odd, odd), sums=(Sum(group="1", net=Decimal("2.00"), tax=Decimal("0.47")),))
    fa = edited(ala, company, meant, {"lines-1-quantity": "4"})
    assert [one.p_11 for one in fa.fa_wiersz] == [Decimal("1.00"), Decimal("1.32")]
    assert (fa.p_13_1, fa.p_14_1, fa.p_15) == (Decimal("2.32"), Decimal("0.53"), Decimal("2.85"))
    assert [one.gtu for one in fa.fa_wiersz] == ["GTU_01", "GTU_01"]


@pytest.mark.django_db
def test_lines_are_pasted_beside_those_of_the_file(ala: Client, company: Any) -> None:
    odd = line("grosz", net_price=Decimal("0.33"), quantity=Decimal(3), net=Decimal("1.00"), gtu="GTU_01")
    upload(ala, company, write(build(sale(company, lines=(odd,)), created=MADE)))
    edit = reverse("sales:edit", args=[company.pk, Invoice.objects.get().pk])
    page = ala.post(edit, {**fields(ala.get(edit)), "pasted": "misa\t2\tszt.\t10,00\t23", "paste": "1"})
    assert ala.post(edit, fields(page)).status_code == 302
    rows = read(bytes(Draft.objects.get().xml or b"")).fa.fa_wiersz
    assert [(one.p_7, one.p_11, one.gtu) for one in rows] == [
        ("grosz", Decimal("1.00"), "GTU_01"),
        ("misa", Decimal("20.00"), None),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"lines-0-price": "200"}, {"settlement-charges-0-amount": "12"}])
def test_stated_sums_of_charges_go_once_a_line_or_a_charge_is_changed(
    ala: Client, company: Any, change: dict[str, str]
) -> None:
    fa = edited(ala, company, hard(company)["charges that do not add up"], change)
    assert fa.rozliczenie.do_zaplaty == fa.p_15 + fa.rozliczenie.obciazenia[0].kwota
    assert fa.rozliczenie.suma_obciazen == fa.rozliczenie.obciazenia[0].kwota
    assert (fa.rozliczenie.suma_odliczen, fa.rozliczenie.do_rozliczenia) == (None, None)


@pytest.mark.django_db
def test_tax_is_converted_at_the_rate_of_an_advance_where_a_sale_states_that_alone(
    ala: Client, company: Any
) -> None:
    fa = edited(ala, company, hard(company)["rate of an advance on a sale"], {"lines-0-price": "20"})
    assert (fa.p_14_1, fa.p_14_1w, fa.kurs_waluty_z) == (Decimal("4.60"), Decimal("18.86"), Decimal("4.1"))


@pytest.mark.django_db
def test_a_name_alone_changes_no_value(ala: Client, company: Any) -> None:
    fa = edited(ala, company, hard(company)["rounded otherwise"], {"lines-0-name": "inna nazwa"})
    assert (fa.fa_wiersz[0].p_7, fa.fa_wiersz[0].p_11, fa.p_14_1) == (
        "inna nazwa",
        Decimal("1.00"),
        Decimal("0.24"),
    )


@pytest.mark.django_db
def test_a_price_of_mixed_ones_keeps_its_kind(ala: Client, company: Any) -> None:
    fa = edited(
        ala, company, hard(company)["mixed prices"], {"lines-0-price": "20", "lines-1-price": "24,60"}
    )
    assert [(one.p_9a, one.p_9b) for one in fa.fa_wiersz] == [(20, None), (None, Decimal("24.60"))]


@pytest.mark.django_db
def test_a_settlement_takes_off_what_it_did(ala: Client, company: Any) -> None:
    fa = edited(ala, company, hard(company)["settlement"], {"lines-0-price": "20"})
    assert (fa.p_13_1, fa.p_14_1) == (Decimal("14.01"), Decimal("3.22"))
    assert fa.faktura_zaliczkowa[0].nr_fa_zaliczkowej == "ZAL/OBCA"


@pytest.mark.django_db
def test_a_correction_of_a_stranger_is_worked_out_anew(ala: Client, company: Any) -> None:
    fa = edited(ala, company, hard(company)["correction of a stranger"], {"lines-1-price": "7"})
    assert (fa.p_13_1, fa.p_14_1, fa.przyczyna_korekty) == (Decimal(-3), Decimal("-0.69"), "rabat")
    assert [one.stan_przed for one in fa.fa_wiersz] == [1, None]


@pytest.mark.django_db
def test_another_buyer_takes_nothing_of_the_first(ala: Client, company: Any) -> None:
    contacts = tuple(DaneKontaktowe(email=f"osoba{n}@example.com") for n in range(3))
    first = Party(name="Kupiec", nip="8567346215", address=Address(line1="ul. Prosta 1"), contacts=contacts)
    meant = sale(company, buyer=first)
    change = {
        "buyer_nip": "5261040828",
        "buyer_name": "Inny",
        "buyer-customer_number": "",
        "buyer-contacts-rows": "0",
    }
    upload(ala, company, write(build(meant, created=MADE)))
    edit = reverse("sales:edit", args=[company.pk, Invoice.objects.get().pk])
    assert ala.post(edit, {**fields(ala.get(edit)), **change}).status_code == 302
    buyer = read(bytes(Draft.objects.get().xml or b"")).podmiot2
    assert (buyer.dane_identyfikacyjne.nip, buyer.dane_kontaktowe) == ("5261040828", ())


@pytest.mark.django_db
def test_what_was_wrong_is_checked_once_it_is_changed(ala: Client, company: Any) -> None:
    upload(ala, company, write(build(hard(company)["values alone"], created=MADE)))
    edit = reverse("sales:edit", args=[company.pk, Invoice.objects.get().pk])
    answer = ala.post(edit, {**fields(ala.get(edit)), "lines-0-quantity": "2"})
    assert answer.status_code == 422 and "To pole jest wymagane" in answer.content.decode()
    answer = ala.post(edit, {**fields(ala.get(edit)), "lines-0-quantity": "2", "lines-0-price": "50"})
    assert answer.status_code == 302
    assert read(bytes(Draft.objects.get().xml or b"")).fa.p_13_1 == 100


@pytest.mark.django_db
def test_somebody_elses_change_is_not_mixed_with_lines_of_before(ala: Client, company: Any) -> None:
    odd = line("grosz", net_price=Decimal("0.33"), quantity=Decimal(3), net=Decimal("1.00"))
    upload(ala, company, write(build(sale(company, lines=(odd,)), created=MADE)))
    edit = reverse("sales:edit", args=[company.pk, Invoice.objects.get().pk])
    mine = {**fields(ala.get(edit)), "remarks": "moje"}
    theirs = {**fields(ala.get(edit)), "lines-0-price": "5", "lines-0-name": "inne"}
    assert ala.post(edit, theirs).status_code == 302
    stale = ala.post(edit, mine)
    assert stale.status_code == 409
    assert ala.post(edit, fields(stale)).status_code == 302
    fa = read(bytes(Draft.objects.get().xml or b"")).fa
    assert [(one.p_7, one.p_9a, one.p_11) for one in fa.fa_wiersz] == [
        ("grosz", Decimal("0.33"), Decimal("0.99"))
    ]


@pytest.mark.django_db
def test_rows_without_javascript_keep_what_they_are(ala: Client, company: Any) -> None:
    upload(ala, company, write(build(hard(company)["numbers with gaps"], created=MADE)))
    edit = reverse("sales:edit", args=[company.pk, Invoice.objects.get().pk])
    more = ala.post(edit, {**fields(ala.get(edit)), "add": "1"})
    typed = {**fields(more), "lines-2-name": "trzecia", "lines-2-price": "1"}
    less = ala.post(edit, {**typed, "remove": "0"})
    assert ala.post(edit, fields(less)).status_code == 302
    fa = read(bytes(Draft.objects.get().xml or b"")).fa
    assert [(one.nr_wiersza_fa, one.p_7, one.p_9b) for one in fa.fa_wiersz] == [
        (1, "miara", Decimal("12.30")),
        (2, "trzecia", Decimal(1)),
    ]


@pytest.mark.django_db
def test_all_lines_are_not_removed(ala: Client, company: Any) -> None:
    upload(ala, company, write(build(hard(company)["values alone"], created=MADE)))
    edit = reverse("sales:edit", args=[company.pk, Invoice.objects.get().pk])
    less = ala.post(edit, {**fields(ala.get(edit)), "remove": "0"})
    answer = ala.post(edit, fields(less))
    assert answer.status_code == 422 and "Faktura bez pozycji" in answer.content.decode()


@pytest.mark.django_db
def test_who_may(ala: Client, company: Any, member: Any, browse: Any, stranger: Any) -> None:
    upload(ala, company, write(build(hard(company)["mixed prices"], created=MADE)))
    edit = reverse("sales:edit", args=[company.pk, Invoice.objects.get().pk])
    far, reader = browse(stranger), browse(member("viewer"))
    for address in (edit, f"{edit}sumy/", f"{edit}kurs/"):
        assert far.post(address, {}).status_code == 404
        assert reader.post(address, {}).status_code == 403
    assert ala.post(f"{edit}sumy/", {}).status_code == 200
    assert ala.post(reverse("sales:edit_totals", args=[company.pk, 999]), {}).status_code == 404


def page(editor: Preserving) -> dict[str, str]:
    """What a browser posts of the page as it is shown."""
    shows = editor.initial()
    rows = editor.line_set(initial=shows[LINES], prices=shows["prices"])
    posted = sections.posted(editor.form(initial=shows)) | sections.posted(rows.management_form)
    for one in rows:
        posted |= sections.posted(one)
    return posted


@pytest.mark.pure
@settings(max_examples=40)
@given(draft=DRAFTS)
def test_a_page_posted_unchanged_means_the_same(draft: InvoiceDraft) -> None:
    company = Company(name="Firma", nip="5261040828")
    editor = Preserving(company, draft, Invoice(pk=1, company=company))
    later = patch("liczydlo.web.times.today", return_value=dt.date(2031, 1, 1))
    with later, patch("liczydlo.sales.numbering.is_taken", return_value=False):
        posted = page(editor)
        form = editor.form(posted)
        lines = editor.line_set(posted, prices=posted.get("prices"))
        assert form.is_valid(), form.errors
        assert lines.is_valid(), lines.errors
        rows = composing.filled(lines)
        assert editor.check(form, rows), form.errors
        assert editor.draft(form.cleaned_data, rows) == draft
