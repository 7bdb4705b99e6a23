"""A company without a seal: its ZAW-FA step by step, kept, refused where it cannot be."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from liczydlo.audit.models import Entry
from liczydlo.connection.models import ZawFa

pytestmark = pytest.mark.django_db


@pytest.fixture
def spolka(company: Any) -> Any:
    """A firm that is no person."""
    company.kind = "company"
    company.save()
    return company


def at(company: Any, rest: str = "") -> str:
    return f"/firmy/{company.pk}/ustawienia/ksef/zaw-fa/{rest}"


def choice(company: Any) -> str:
    return f"/firmy/{company.pk}/ustawienia/ksef/"


def test_each_step_is_kept_and_can_be_taken_back(spolka: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    assert "Czy spółka ma pieczęć kwalifikowaną" in browser.get(choice(spolka)).content.decode()
    page = browser.post(at(spolka, "nie-mamy-pieczeci/"), follow=True).content.decode()
    assert "Złóż zawiadomienie ZAW-FA" in page and "urzad-skarbowy" in page
    browser.post(at(spolka, "nie-mamy-pieczeci/"))
    assert Entry.objects.filter(action="zawfa-prepared").count() == 1

    day = timezone.localdate() - dt.timedelta(days=3)
    form = {"person": "Maria Wiśniewska", "day": day.isoformat()}
    page = browser.post(at(spolka, "zlozone/"), form, follow=True).content.decode()
    assert f"Złożone {day:%d.%m.%Y}" in page and "Urząd je przyjął" in page
    assert "złożone, czeka na urząd" in browser.get(choice(spolka)).content.decode(), "it is remembered"

    page = browser.post(at(spolka, "przyjete/"), {"day": day.isoformat()}, follow=True).content.decode()
    assert "Połącz w 3 krokach" in page and f"Przyjęte {day:%d.%m.%Y}" in page
    assert "Teraz Maria Wiśniewska może połączyć" in browser.get(choice(spolka)).content.decode()
    assert [entry.action for entry in Entry.objects.order_by("number")] == [
        "zawfa-prepared",
        "zawfa-filed",
        "zawfa-accepted",
    ]

    browser.post(at(spolka, "wstecz/"))
    page = browser.post(at(spolka, "wstecz/"), follow=True).content.decode()
    assert 'value="Maria Wiśniewska"' in page and f'value="{day:%Y-%m-%d}"' in page
    browser.post(at(spolka, "mamy-pieczec/"))
    assert not ZawFa.objects.exists()


@pytest.mark.parametrize(
    ("step", "fields", "words"),
    [
        ("zlozone", {"person": "", "day": "2026-02-10"}, 'aria-invalid="true"'),
        ("zlozone", {"person": "Maria", "day": "2021-12-31"}, "1.01.2022"),
        ("zlozone", {"person": "Maria", "day": "9999-01-01"}, "1.01.2022"),
        ("zlozone", {"person": "Maria", "day": "wczoraj"}, 'aria-invalid="true"'),
        ("przyjete", {"day": "2026-02-09"}, "zanim zostało złożone"),
        ("przyjete", {"day": ""}, 'aria-invalid="true"'),
    ],
)
def test_a_day_that_cannot_be_is_refused(
    spolka: Any, owner: Any, browse: Any, step: str, fields: dict[str, str], words: str
) -> None:
    browser = browse(owner)
    browser.post(at(spolka, "nie-mamy-pieczeci/"))
    if step == "przyjete":
        browser.post(at(spolka, "zlozone/"), {"person": "Maria", "day": "2026-02-10"})
    before = ZawFa.objects.values().get()
    answer = browser.post(at(spolka, f"{step}/"), fields)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert ZawFa.objects.values().get() == before


def test_steps_out_of_turn_change_nothing(spolka: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    assert browser.post(at(spolka, "przyjete/"), {"day": "2026-02-10"}).status_code == 404
    browser.post(at(spolka, "nie-mamy-pieczeci/"))
    browser.post(at(spolka, "przyjete/"), {"day": "2026-02-10"})
    assert ZawFa.objects.get().state == "to-file"


def test_a_sole_proprietor_is_not_asked(company: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    assert "pieczęć kwalifikowaną" not in browser.get(choice(company)).content.decode()
    assert browser.post(at(company, "nie-mamy-pieczeci/")).status_code == 404
    assert browser.get(at(company))["Location"] == choice(company)


def test_strangers_and_other_roles(spolka: Any, owner: Any, stranger: Any, member: Any, browse: Any) -> None:
    browse(owner).post(at(spolka, "nie-mamy-pieczeci/"))
    assert browse(stranger).get(at(spolka)).status_code == 404
    assert browse(stranger).post(at(spolka, "zlozone/")).status_code == 404
    reader = browse(member("viewer"))
    assert "Zawiadomienie złożone" not in reader.get(at(spolka)).content.decode()
    assert reader.post(at(spolka, "zlozone/"), {"person": "X", "day": "2026-02-10"}).status_code == 403
    assert ZawFa.objects.get().state == "to-file"
