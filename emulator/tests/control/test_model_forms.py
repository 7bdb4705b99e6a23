"""A form is read by the model of its JSON operation: the same members, bounds and refusals."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from ksef_emulator.control.certificates import PersonOrder
from ksef_emulator.control.faults import FaultSetting
from ksef_emulator.control.invoices import Delivery
from ksef_emulator.control.latarnia import Failure, Maintenance
from ksef_emulator.control.seed import SeedFirm, SeedPermission, SeedTestPerson
from ksef_emulator.control.settings import HighWaterMark, ProgressSetting, RateLimitProfile, WarningText
from ksef_emulator.pages.fields import Wrong
from ksef_emulator.pages.model_forms import form_field, from_form, labels
from pydantic import BaseModel

PERSON = {"givenName": "Jan", "surname": "Wąż", "pesel": "92030100180"}
GRANT = {"context": "9543126879", "subjectType": "Nip", "subject": "9992000202"}


def test_values_as_people_write_them() -> None:
    assert from_form(ProgressSetting, {"polls": " 2 ", "seconds": "0,5"}) == ProgressSetting(
        polls=2, seconds=0.5
    )
    assert from_form(ProgressSetting, {"polls": "", "csrf": "x"}) == ProgressSetting()
    assert from_form(WarningText, {"text": ""}).text is None
    gross = from_form(Delivery, {"gross": "1 234,50", "count": "1"}, buyer="5265877635").gross
    assert gross == Decimal("1234.50")
    failure = from_form(Failure, {"since": "2026-07-01T08:00", "total": "1"}, {"start": "since"})
    assert (failure.start, failure.total) == (datetime(2026, 7, 1, 6, tzinfo=UTC), True)
    one = from_form(FaultSetting, {"operation": "GET /tokens"}, {"operations": "operation"})
    assert one.operations == ["GET /tokens"]


@pytest.mark.parametrize(
    ("model", "form", "field", "polish", "english"),
    [
        (ProgressSetting, {"polls": "1001"}, "polls", "zakresu 0–1000", "0–1000"),
        (ProgressSetting, {"polls": "1,5"}, "polls", "podaj liczbę całkowitą", "a whole number"),
        (ProgressSetting, {"seconds": "dużo"}, "seconds", "zegara emulatora: podaj liczbę", "give a number"),
        (Maintenance, {"start": "2026-07-01T08:00"}, "end", "Koniec: wypełnij to pole", "End: fill in"),
        (Maintenance, {"start": "1.7"}, "start", "podaj dzień i godzinę", "give a day and a time"),
        (
            SeedFirm,
            {"nip": "9543126879", "description": "Ala"},
            "description",
            "Nazwa: podaj od 5 do 256",
            "5 to",
        ),
        (
            SeedFirm,
            {"nip": "9543126879", "type": "Kingdom"},
            "type",
            "Rodzaj: wybierz z listy",
            "choose from",
        ),
        (SeedTestPerson, {"givenName": "Jan", "surname": "X"}, "surname", "od 2 do 30 znaków", "2 to 30"),
        (SeedTestPerson, PERSON | {"pesel": ""}, "pesel", "PESEL składa się z 11 cyfr", "has 11 digits"),
        (
            SeedTestPerson,
            PERSON | {"pesel": "44000000004"},
            "pesel",
            "to nie jest poprawna",
            "no right value",
        ),
        (SeedPermission, GRANT, "permissions", "Uprawnienia: zaznacz co najmniej jedno", "tick at least one"),
        (FaultSetting, {"status": "499"}, "status", "musi być błędem serwera", "HTTP status: "),
        (
            FaultSetting,
            {"operation": "GET /x"},
            "operation",
            "nie ma operacji „GET /x”",
            "Only the operations",
        ),
    ],
)
def test_a_refusal_points_to_its_field(
    model: type[BaseModel], form: dict[str, str], field: str, polish: str, english: str
) -> None:
    with pytest.raises(Wrong) as refused:
        from_form(model, form, {"operations": "operation"} if model is FaultSetting else None)
    assert refused.value.field == field
    assert polish in refused.value.polish
    assert english in refused.value.english


def test_what_a_field_shows() -> None:
    assert form_field(HighWaterMark, "lag").required
    assert not form_field(WarningText, "text").required, "an empty one takes the warning away"
    percent = form_field(FaultSetting, "probability", place="percent", required=True)
    assert (percent.name, percent.kind, percent.required) == ("percent", "decimal", True)
    scam = form_field(Delivery, "scam", empty=("nic", "none"))
    assert (scam.kind, scam.options[0]) == ("choice", ("", ("nic", "none")))
    assert form_field(Delivery, "features").kind == "choices"
    assert (form_field(SeedFirm, "units").kind, form_field(PersonOrder, "validTo").kind) == (
        "lines",
        "moment",
    )
    assert (form_field(PersonOrder, "password").kind, form_field(PersonOrder, "password").most) == (
        "password",
        128,
    )
    pesel = form_field(SeedTestPerson, "pesel")
    assert (pesel.kind, pesel.required, pesel.identifier, pesel.most) == ("numeric", True, True, 14)
    assert form_field(RateLimitProfile, "profile").kind == "radio"


def test_every_member_of_a_form_has_its_name() -> None:
    for model in (FaultSetting, ProgressSetting, Maintenance):
        assert not [name for name, (polish, _) in labels(model).items() if polish.startswith("Pole ")]
