"""„Numeracja": patterns of a firm, numbers that go on from the invoices here, two people with one proposed number."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from liczydlo.documents.models import IndexEntry
from liczydlo.sales import numbering, services
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.number_patterns import NumberPatterns, row_of
from liczydlo.sales.views import editor

from app.tests.connection.test_browser import faults
from app.tests.connection.test_browser import page as page  # noqa: PLC0414 - a fixture
from app.tests.sales.test_browser import look
from app.tests.sales.test_correction_pages import fields, text
from app.tests.sales.test_editor import LINE, form
from app.tests.sales.test_order import original, refuse
from app.tests.sales.test_races import ROUNDS, posted_at_once

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 20)
DEFAULTS = {
    "sales": "FV/{rrrr}/{mm}/{nnn}",
    "corrections": "KOR/{rrrr}/{mm}/{nnn}",
    "advances": "ZAL/{rrrr}/{mm}/{nnn}",
    "settlements": "",
    "self_billed": "SF/{rrrr}/{mm}/{nnn}",
}


@pytest.fixture
def settings_page(company: Any) -> str:
    return reverse("sales:numbering", args=[company.pk])


def send(client: Client, address: str, *, shown: dict[str, str] = DEFAULTS, **typed: str) -> Any:
    return client.post(
        address, {**DEFAULTS, **typed, **{f"shown-{name}": text for name, text in shown.items()}}
    )


def numbered(company: Any, **patterns: str) -> None:
    NumberPatterns.objects.update_or_create(company=company, defaults=patterns)


def test_a_pattern_is_kept_and_used(ala: Client, company: Any, settings_page: str) -> None:
    year = timezone.localdate().year
    answer = send(ala, settings_page, sales=" FS-{rrrr}-{nnnn} ", settlements="ROZ/{rr}/{n}")
    assert answer.status_code == 302
    assert (row_of(company).sales, row_of(company).settlements) == ("FS-{rrrr}-{nnnn}", "ROZ/{rr}/{n}")
    shown = text(ala.get(settings_page))
    assert f"FS-{year}-0001" in shown and f"ROZ/{year % 100}/1" in shown
    new = reverse("sales:new", args=[company.pk])
    assert fields(ala.get(new))["number"] == f"FS-{year}-0001"
    services.issue(company, services.draft_of(_draft(ala, new)).content)
    assert fields(ala.get(new))["number"] == f"FS-{year}-0002"


def _draft(client: Client, new: str) -> Invoice:
    client.post(new, form(number=fields(client.get(new))["number"]))
    return Draft.objects.get().invoice  # type: ignore[no-any-return]


def test_it_goes_on_from_what_is_here(company: Any) -> None:
    for number in ("FS-2026-0041", "FS-2026-0009", "FS-2025-0099", "FS-2026-x", "12/11/26", "7/10/26"):
        original(company, number)
    assert numbering.propose(company, DAY) == "FV/2026/11/001"
    numbered(company, sales="FS-{rrrr}-{nnnn}", advances="{n}/{mm}/{rr}")
    assert numbering.propose(company, DAY) == "FS-2026-0042"
    assert numbering.propose(company, DAY, numbering.SETTLEMENTS) == "FS-2026-0042"
    assert numbering.propose(company, DAY, numbering.ADVANCES) == "13/11/26"
    assert numbering.propose(company, dt.date(2026, 12, 1), numbering.ADVANCES) == "1/12/26"
    numbering.note(company, "FS-2026-0010", DAY)  # an earlier number of a book that is begun here
    assert numbering.propose(company, DAY) == "FS-2026-0042"


def test_more_digits_go_on_counting(company: Any) -> None:
    numbering.note(company, "FV/2026/11/007", DAY)
    numbered(company, sales="FV/{rrrr}/{mm}/{n}")
    assert numbering.propose(company, DAY) == "FV/2026/11/8"


def test_a_draft_leaves_no_gap(company: Any, ala: Client) -> None:
    today = timezone.localdate()
    first = numbering.propose(company, today)
    ala.post(reverse("sales:new", args=[company.pk]), form(number=first))
    assert numbering.propose(company, today).endswith("002")
    services.delete_draft(Invoice.objects.get())
    assert numbering.propose(company, today) == first


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"sales": "FV/{rrrr}"}, "Brakuje miejsca na kolejny numer"),
        ({"sales": ""}, "To pole jest wymagane"),
        ({"sales": "{n}{n}"}, "tylko raz"),
        ({"sales": "{x}/{n}"}, "W nawiasach klamrowych"),
        ({"sales": "{n}/{mm}"}, "Miesiąc bez roku"),
        ({"sales": "x" * 250 + "{n}"}, "najwyżej 256 znaków"),
        ({"sales": "x" * 300 + "{n}"}, "256"),
        ({"corrections": "FV/{mm}/{rrrr}/{n}"}, "takie same numery jak „Faktury”"),
        ({"settlements": "FV/{rrrr}/{mm}/{nnn}"}, "takie same numery jak „Faktury”"),
    ],
)
def test_what_is_refused(
    ala: Client, company: Any, settings_page: str, typed: dict[str, str], words: str
) -> None:
    answer = send(ala, settings_page, **typed)
    assert answer.status_code == 422 and words in text(answer)
    assert row_of(company).sales == DEFAULTS["sales"]
    examples = ala.post(reverse("sales:number_examples", args=[company.pk]), {**DEFAULTS, **typed})
    assert examples.status_code == 200 and words in text(examples)


def test_examples_while_typing_and_without_javascript(ala: Client, company: Any, settings_page: str) -> None:
    month = f"{timezone.localdate():%m}"
    typed = {**DEFAULTS, "sales": "A/{mm}/{rr}/{n}"}
    live = text(ala.post(reverse("sales:number_examples", args=[company.pk]), typed))
    assert f"A/{month}/" in live and "KOR/" in live
    still = send(ala, settings_page, sales="A/{mm}/{rr}/{n}", look="1")
    assert f"A/{month}/" in text(still) and row_of(company).sales == DEFAULTS["sales"]


def test_two_people_on_the_settings(ala: Client, settings_page: str, company: Any) -> None:
    numbered(company, sales="B/{n}")
    answer = send(ala, settings_page, sales="C/{n}")
    assert answer.status_code == 409 and "ktoś zmienił te same dane" in text(answer)
    assert row_of(company).sales == "B/{n}"
    assert send(ala, settings_page, advances="Z/{n}").status_code == 302
    assert (row_of(company).sales, row_of(company).advances) == ("B/{n}", "Z/{n}")


def test_who_may(company: Any, member: Any, browse: Any, stranger: Any, settings_page: str) -> None:
    assert browse(member("accountant")).get(settings_page).status_code == 200
    assert browse(member("issuer")).get(settings_page).status_code == 403
    assert browse(member("viewer")).post(settings_page, DEFAULTS).status_code == 403
    assert browse(stranger).get(settings_page).status_code == 404
    examples = reverse("sales:number_examples", args=[company.pk])
    assert browse(stranger).post(examples, DEFAULTS).status_code == 404


def test_a_refused_number_may_be_used_again(company: Any) -> None:
    refuse(original(company, numbering.propose(company, timezone.localdate())))
    assert numbering.propose(company, timezone.localdate()).endswith("002")  # a gap is better than a doubt


def test_a_proposed_number_gives_way_and_says_so(ala: Client, company: Any) -> None:
    new, number = reverse("sales:new", args=[company.pk]), numbering.propose(company, timezone.localdate())
    shown = fields(ala.get(new))
    assert shown["proposed"] == number
    ala.post(new, form(number=number))
    answer = ala.post(new, form(number=number, proposed=number), follow=True)
    after = numbering.propose(company, timezone.localdate())
    assert after.endswith("003") and f"Numer {number} zajął w międzyczasie" in text(answer)
    own = ala.post(new, form(number=number, proposed="FV/9"))  # a person's own number is never changed
    assert own.status_code == 422 and "jest już w programie" in text(own)


def test_a_number_that_is_taken_while_the_form_is_read(
    owner: Any, company: Any, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other session commits after the proposed number was looked at and before the form is checked."""
    ala, new = browse(owner), reverse("sales:new", args=[company.pk])
    number = numbering.propose(company, timezone.localdate())
    renumbered, others = editor._renumbered, [form(LINE, number=number)]

    def meanwhile(*given: Any) -> Any:
        post = renumbered(*given)
        while others:
            assert ala.post(new, others.pop()).status_code == 302
        return post

    monkeypatch.setattr(editor, "_renumbered", meanwhile)
    assert ala.post(new, form(LINE, number=number, proposed=number)).status_code == 302
    assert IndexEntry.objects.of(company).values_list("number", flat=True).distinct().count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_number(owner: Any, company: Any, member: Any, browse: Any) -> None:
    two = [browse(owner), browse(member("accountant"))]
    new = reverse("sales:new", args=[company.pk])
    for _ in range(ROUNDS):
        number = numbering.propose(company, timezone.localdate())
        before = Invoice.objects.count()
        posts = [(new, form(LINE, number=number, proposed=number)) for _ in two]
        answers = posted_at_once(two, *posts)
        assert [answer.status_code for answer in answers] == [302, 302]
        assert Invoice.objects.count() == before + 2
    numbers = list(Invoice.objects.order_by("pk").values_list("entry__number", flat=True))
    assert sorted(number[-3:] for number in numbers) == [f"{n:03}" for n in range(1, 2 * ROUNDS + 1)]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser(page: Any, company: Any, settings_page: str) -> None:
    page.goto(settings_page)
    page.get_by_label("Faktury", exact=True).fill("FS-{rrrr}-{nnnn}")
    page.get_by_text(f"FS-{timezone.localdate():%Y}-0001").first.wait_for()
    look(page, "numeracja", phone=True)
    assert not faults(page)
    if folder := os.environ.get("LICZYDLO_SCREENS"):
        page.screenshot(path=str(Path(folder) / "numeracja.png"), full_page=True)
    page.get_by_role("button", name="Zapisz").click()
    page.get_by_text("Numeracja została zapisana.").wait_for()
    assert row_of(company).sales == "FS-{rrrr}-{nnnn}"
