"""The stand-in for NBP's rates: working days, the hour of publication, ranges, plain-text refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import holidays as calendars
import httpx2
import pytest
from ksef_emulator.public_services import rates

from ..control.conftest import _clients, door
from ..invoicing.conftest import enter
from ..login.conftest import Door, owner, running

__all__ = ["_clients", "door", "enter", "owner", "running"]
NO_DATA = "404 NotFound - Not Found - Brak danych"


@pytest.fixture
def panel(door: Door) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=door.running.control_url, trust_env=False) as http:
        http.post("/reset").raise_for_status()
        yield http
        http.post("/reset").raise_for_status()


def at(panel: httpx2.Client, moment: str) -> None:
    panel.post("/clock", json={"set": moment}).raise_for_status()


def ask(door: Door, path: str) -> httpx2.Response:
    return door.http.get(f"{door.running.url}/uslugi/nbp/api/exchangerates/{path}")


def test_a_range_has_the_tables_of_working_days(door: Door, panel: httpx2.Client) -> None:
    at(panel, "2026-11-20T08:00:00+01:00")
    answer = ask(door, "rates/A/EUR/2026-11-06/2026-11-13/?format=json")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
    said = answer.json()
    assert (said["table"], said["currency"], said["code"]) == ("A", "euro", "EUR")
    days = [one["effectiveDate"] for one in said["rates"]]
    assert days == ["2026-11-06", "2026-11-09", "2026-11-10", "2026-11-12", "2026-11-13"]  # not the 11th
    assert said["rates"][0]["no"] == "217/A/NBP/2026"
    assert all(4.1 < one["mid"] < 4.4 and len(str(one["mid"])) <= 6 for one in said["rates"])
    assert ask(door, "rates/a/eur/2026-11-06/2026-11-13").json() == said
    one = ask(door, "rates/A/EUR/2026-11-06/").json()
    assert one["rates"] == said["rates"][:1]
    (table,) = ask(door, "tables/A/2026-11-06").json()
    assert table["no"] == "217/A/NBP/2026" and len(table["rates"]) == 32
    assert {"currency": "euro", "code": "EUR", "mid": one["rates"][0]["mid"]} in table["rates"]


def test_todays_table_is_there_from_a_quarter_past_twelve(door: Door, panel: httpx2.Client) -> None:
    at(panel, "2026-11-20T12:14:59+01:00")
    refused = ask(door, "rates/A/USD/2026-11-20/")
    assert (refused.status_code, refused.text) == (404, NO_DATA)
    assert refused.headers["content-type"] == "text/plain; charset=utf-8"
    assert ask(door, "rates/A/USD/").json()["rates"][0]["effectiveDate"] == "2026-11-19"
    at(panel, "2026-11-20T12:15:00+01:00")
    assert ask(door, "rates/A/USD/2026-11-20/").status_code == 200
    assert ask(door, "rates/A/USD/today/").status_code == 200
    last = ask(door, "rates/A/USD/last/2/").json()["rates"]
    assert [one["effectiveDate"] for one in last] == ["2026-11-19", "2026-11-20"]
    ended = ask(door, "rates/A/USD/2026-11-19/2026-11-30/").json()["rates"]
    assert ended == last


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("rates/A/XYZ/2026-11-06/", 404, NO_DATA),
        ("rates/A/EUR/2026-11-07/", 404, NO_DATA),
        ("rates/A/EUR/2026-11-11/", 404, NO_DATA),
        ("rates/A/EUR/2001-12-28/", 404, NO_DATA),
        ("rates/C/EUR/2026-11-06/", 404, NO_DATA),
        ("rates/A/EUR/wczoraj/", 404, "404 NotFound"),
        ("tables/A/2026-11-08/", 404, NO_DATA),
        ("rates/A/EUR/2026-11-10/2026-11-09/", 400, "400 BadRequest - Błędny zakres dat / Invalid date range"),
        ("rates/A/EUR/2026-08-10/2026-11-11/", 400, "400 BadRequest - Przekroczony limit 93 dni"),
        ("rates/A/EUR/last/256/", 400, "400 BadRequest - Przekroczony limit 255 wyników"),
        ("rates/A/EUR/last/0/", 400, "400 BadRequest"),
    ],
)  # fmt: skip
def test_refusals_are_plain_text(
    door: Door, panel: httpx2.Client, path: str, status: int, words: str
) -> None:
    at(panel, "2026-11-20T13:00:00+01:00")
    answer = ask(door, path)
    assert answer.status_code == status and answer.text.startswith(words)
    assert answer.headers["content-type"].startswith("text/plain")


def test_ninety_three_days_are_allowed(door: Door, panel: httpx2.Client) -> None:
    at(panel, "2026-11-20T13:00:00+01:00")
    assert ask(door, "rates/A/EUR/2026-08-11/2026-11-11/").status_code == 200
    assert len(ask(door, "tables/A/last/3/").json()) == 3


def test_its_days_can_be_bad(door: Door, panel: httpx2.Client) -> None:
    panel.put("/faults/server-error", json={"path": "/uslugi/nbp/*", "times": 1}).raise_for_status()
    assert ask(door, "rates/A/EUR/last/1/").status_code >= 500
    assert ask(door, "rates/A/EUR/last/1/").status_code == 200


@pytest.mark.parametrize(
    ("day", "number"),
    [("2022-02-25", "039/A/NBP/2022"), ("2024-10-14", "200/A/NBP/2024"), ("2026-09-18", "182/A/NBP/2026")],
)
def test_tables_are_counted_as_nbp_counted_them(day: str, number: str) -> None:
    assert rates.number(date.fromisoformat(day)) == number


@pytest.mark.parametrize("year", range(2002, 2041))
def test_holidays_are_those_of_other_peoples_calendar(year: int) -> None:
    ours = {day for day in rates.holidays(year) if day.year == year}
    assert ours == set(calendars.Poland(years=year))
