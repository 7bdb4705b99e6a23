"""429 over HTTP: who is counted together, in what words one is refused, and what a test may change."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from ksef_emulator.api.contract.operations import OPERATIONS, Operation
from ksef_emulator.api.rate_limiter import Routes
from ksef_emulator.model.limits import rates as rate_limits
from ksef_emulator.model.limits.rates import OPEN_TO_CHANGE, PRODUCTION, TEST, Profile, Rates

from ..conformance import OFFICIAL
from ..login.conftest import code, new_nip, self_signed
from ..valid_bodies import PATHS
from .conftest import Caller

Make = Callable[[Profile], Caller]
CONTEXT = ("GET", "/limits/context")
PROBLEM = {"X-Error-Format": "problem-details"}


def wire(rates: Rates) -> dict[str, int]:
    return {
        "perSecond": rates.per_second,
        "perMinute": rates.per_minute,
        "perHour": rates.per_hour,
    }


def asked(**changed: tuple[int, int, int]) -> dict[str, Any]:
    """Body of ``POST /testdata/rate-limits``: production's rates but for those named."""
    rates = {group: wire(rates) for group, rates in PRODUCTION.items() if group in OPEN_TO_CHANGE}
    for group, (second, minute, hour) in changed.items():
        rates[group] = {"perSecond": second, "perMinute": minute, "perHour": hour}
    return {"rateLimits": rates}


class TestTables:
    def test_every_operation_has_the_rates_of_its_group(self) -> None:
        for operation in OPERATIONS:
            rate = operation.rate
            group = rate.group or rate_limits.ANONYMOUS
            numbers = (rate.per_second, rate.per_minute, rate.per_hour)
            message = Rates(**dict(zip(wire_names(), (-1 if n is None else n for n in numbers), strict=True)))
            assert message == PRODUCTION[group], operation.path

    @pytest.mark.shared
    @pytest.mark.skipif(not OFFICIAL.exists(), reason="the official OpenAPI is not beside the repository")
    def test_production_is_the_official_example(self) -> None:
        document = json.loads(Path(OFFICIAL).read_text(encoding="utf-8"))
        answer = document["paths"]["/rate-limits"]["get"]["responses"]["200"]
        example = answer["content"]["application/json"]["example"]
        assert {group: wire(rates) for group, rates in PRODUCTION.items()} == example

    def test_the_test_environment_has_ten_times_as_much(self) -> None:
        assert TEST["other"] == Rates(per_second=100, per_minute=300, per_hour=1200)
        assert TEST["anonymous"] == Rates(per_second=600)


def wire_names() -> tuple[str, ...]:
    return ("per_second", "per_minute", "per_hour")


class TestRoutes:
    @pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each.method} {each.path}")
    def test_every_operation_is_found(self, operation: Operation) -> None:
        assert Routes(OPERATIONS).find(operation.method, operation.path.format(**PATHS)) is operation

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/"),
            ("GET", ""),
            ("GET", "/nothing"),
            ("PATCH", "/rate-limits"),
            ("GET", "/sessions/x/y/z/u"),
        ],
    )
    def test_what_is_none(self, method: str, path: str) -> None:
        assert Routes(OPERATIONS).find(method, path) is None


class TestRefusal:
    def test_in_the_older_format(self, caller: Make) -> None:
        one = caller("production")
        assert one.statuses(10, *CONTEXT) == [200] * 10
        refused = one.ask(*CONTEXT)
        assert (refused.status_code, refused.headers["content-type"]) == (429, "application/json")
        assert refused.headers["retry-after"] == "1"
        assert refused.json() == {
            "status": {
                "code": 429,
                "description": "Too Many Requests",
                "details": ["Przekroczono limit 10 żądań na sekundę. Spróbuj ponownie po 1 sekundzie."],
            }
        }
        assert "nie jest to KSeF" in refused.headers["x-ksef-emulator"]

    @pytest.mark.parametrize("headers", [PROBLEM, {"Accept": "application/problem+json"}])
    def test_in_problem_details(self, caller: Make, headers: dict[str, str]) -> None:
        one = caller("production")
        one.statuses(10, *CONTEXT)
        refused = one.ask(*CONTEXT, headers=headers)
        assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
        assert refused.headers["retry-after"] == "1"
        body = refused.json()
        assert (body["title"], body["status"], body["instance"]) == (
            "Too Many Requests",
            429,
            "/v2/limits/context",
        )
        assert body["detail"] == "Przekroczono limit 10 żądań na sekundę. Spróbuj ponownie po 1 sekundzie."

    def test_minutes_and_hours(self, caller: Make) -> None:
        one = caller("production")
        path = ("POST", "/invoices/query/metadata")
        for _ in range(2):
            one.statuses(8, *path)
            one.turn(1)
        text = "Przekroczono limit 16 żądań na minutę. Spróbuj ponownie po 58 sekundach."
        refused = one.ask(*path)
        assert refused.headers["retry-after"] == "58"
        assert refused.json()["status"]["details"] == [text]
        one.turn(58)
        assert one.statuses(4, *path) == [400] * 4  # without a body, but let in
        refused = one.ask(*path)
        assert refused.headers["retry-after"] == "3540"
        assert refused.json()["status"]["details"] == [
            "Przekroczono limit 20 żądań na godzinę. Spróbuj ponownie po 59 minutach."
        ]

    def test_is_logged(self, caller: Make) -> None:
        one = caller("production")
        one.statuses(11, *CONTEXT)
        last = one.emulator.requests.entries()[-1]
        assert (last.path, last.status, last.problem) == ("/v2/limits/context", 429, 429)

    def test_comes_before_a_wrong_body(self, caller: Make) -> None:
        one = caller("production")
        path = "/testdata/limits/context/session"
        assert one.statuses(10, "POST", path) == [400] * 10
        assert one.ask("POST", path).status_code == 429

    def test_waiting_is_enough(self, caller: Make) -> None:
        one = caller("production")
        assert one.statuses(11, *CONTEXT)[-1] == 429
        one.turn(1)
        assert one.statuses(11, *CONTEXT) == [200] * 10 + [429]


class TestCounters:
    def test_each_other_operation_has_its_own(self, caller: Make) -> None:
        one = caller("production")
        assert one.statuses(11, *CONTEXT)[-1] == 429
        assert one.statuses(11, "GET", "/limits/subject") == [200] * 10 + [429]

    def test_a_group_has_one(self, caller: Make) -> None:
        one = caller("production")
        paths = ("/sessions/%s", "/sessions/%s/invoices/ksef/%s/upo")
        reference, number = "20260101-SO-0000000000-0000000000-00", "5265877635-20260101-000000000000-00"
        for path in (paths[0] % reference, paths[1] % (reference, number)):
            assert one.statuses(5, "GET", path) == [400] * 5
        assert one.ask("GET", paths[0] % reference).status_code == 429

    def test_both_prefixes_are_one_api(self, caller: Make) -> None:
        one = caller("production")
        assert one.statuses(10, *CONTEXT) == [200] * 10
        headers = {"Authorization": f"Bearer {one.token}"}
        older = one.http.get(f"{one.running.url}/api/v2/limits/context", headers=headers)
        assert older.status_code == 429

    def test_each_context_has_its_own(self, caller: Make) -> None:
        one = caller("production")
        other = one.stranger()
        assert one.statuses(11, *CONTEXT)[-1] == 429
        assert other.statuses(11, *CONTEXT) == [200] * 10 + [429]

    def test_everybody_in_a_context_shares_it(self, caller: Make) -> None:
        one = caller("production")
        colleague = Caller(running=one.running, http=one.http)
        colleague.nip = one.nip
        colleague.enter()
        assert colleague.token != one.token
        assert one.statuses(5, *CONTEXT) == colleague.statuses(5, *CONTEXT) == [200] * 5
        assert colleague.ask(*CONTEXT).status_code == 429

    def test_one_person_in_two_contexts_is_two(self, caller: Make) -> None:
        one = caller("production")
        accountant = self_signed(serial_number=f"TINPL-{new_nip()}")
        firms = [Caller(running=one.running, http=one.http) for _ in range(2)]
        for firm in firms:
            firm.nip = new_nip()
            nip = accountant.certificate.subject.rfc4514_string().partition("TINPL-")[2][:10]
            granted = {
                "contextIdentifier": {"type": "Nip", "value": firm.nip},
                "authorizedIdentifier": {"type": "Nip", "value": nip},
                "permissions": [{"permissionType": "InvoiceRead", "description": "Biuro"}],
            }
            assert one.ask("POST", "/testdata/permissions", granted).status_code == 200
            firm.enter(accountant)
        first, second = firms
        assert first.statuses(11, *CONTEXT)[-1] == 429
        assert second.ask(*CONTEXT).status_code == 200

    def test_login_is_counted_by_address(self, caller: Make) -> None:
        one = caller("production")
        assert one.statuses(40, "POST", "/auth/challenge") == [200] * 40
        assert one.statuses(20, "GET", "/security/public-key-certificates") == [200] * 20
        refused = one.call("POST", "/auth/challenge")
        assert refused.status_code == 429
        assert "60 żądań na sekundę" in refused.text

    def test_everything_of_an_address_together(self, caller: Make) -> None:
        one = caller("production")
        assert one.statuses(60, "POST", "/auth/challenge") == [200] * 60
        assert one.statuses(10, *CONTEXT) == [200] * 10
        assert one.statuses(5, "GET", "/limits/subject") == [200] * 5
        refused = one.ask("GET", "/rate-limits")
        assert refused.status_code == 429
        assert "75 żądań na sekundę" in refused.text

    def test_at_once_no_more_come_through(self, caller: Make) -> None:
        one = caller("production")
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda _: one.ask(*CONTEXT).status_code, range(40)))
        assert (statuses.count(200), statuses.count(429)) == (10, 30)

    def test_blocking_needs_no_token_and_is_counted(self, caller: Make) -> None:
        one = caller("production")
        statuses = [one.call("POST", "/testdata/context/block").status_code for _ in range(11)]
        assert (statuses.count(429), statuses[-1]) == (1, 429)

    def test_no_token_is_not_counted_as_anybodys(self, caller: Make) -> None:
        one = caller("production")
        assert {one.call(*CONTEXT).status_code for _ in range(20)} == {401}
        assert one.ask(*CONTEXT).status_code == 200

    def test_what_is_no_operation_is_not_counted(self, caller: Make) -> None:
        one = caller("production")
        for _ in range(80):
            assert one.http.get(f"{one.running.url}/v2/nothing").status_code == 404
            assert one.http.get(f"{one.running.url}/latarnia/status").status_code == 200


class TestProfiles:
    def test_test_takes_ten_times_as_much(self, caller: Make) -> None:
        one = caller("test")
        assert one.statuses(101, *CONTEXT) == [200] * 100 + [429]

    def test_whoever_asks_one_after_another_waits_a_second(self, running: Any) -> None:
        """The clock runs here: the client is only faster than a network would let it be."""
        one = running("test")
        one.emulator.clock.reset()
        one.emulator.limiter.forget()
        with httpx2.Client(trust_env=False, timeout=20) as http:
            result = Caller(running=one, http=http).enter()
            path = ("POST", "/invoices/query/metadata")
            assert result.statuses(160, *path) == [400] * 160  # without a body, but let in
            refused = result.ask(*path)
            assert refused.status_code == 429
            assert "Przekroczono limit 160 żądań na minutę." in refused.text
            assert result.ask("POST", "/testdata/rate-limits", asked(other=(1, 30, 120))).status_code == 200
            assert result.statuses(2, *CONTEXT) == [200, 429]

    def test_off_takes_everything(self, caller: Make) -> None:
        one = caller("off")
        assert set(one.statuses(150, *CONTEXT)) == {200}
        assert len(one.emulator.limiter) == 0

    @pytest.mark.parametrize(
        ("profile", "rates"), [("off", PRODUCTION), ("production", PRODUCTION), ("test", TEST)]
    )
    def test_they_tell_their_rates(self, caller: Make, profile: Profile, rates: dict[str, Rates]) -> None:
        message = caller(profile).ask("GET", "/rate-limits")
        assert message.status_code == 200
        assert message.json() == {group: wire(item) for group, item in rates.items()}


class TestChange:
    @pytest.mark.parametrize("profile", ["off", "test", "production"])
    def test_own_rates_in_one_context(self, caller: Make, profile: Profile) -> None:
        one = caller(profile)
        other = one.stranger()
        before = one.ask("GET", "/rate-limits").json()
        assert one.ask("POST", "/testdata/rate-limits", asked(other=(1, 30, 120))).status_code == 200
        after = one.ask("GET", "/rate-limits").json()
        assert after["other"] == {"perSecond": 1, "perMinute": 30, "perHour": 120}
        assert after["global"] == before["global"]
        assert one.statuses(10, *CONTEXT) == [200] + [429] * 9
        assert other.statuses(2, *CONTEXT) == [200, 200]
        assert other.ask("GET", "/rate-limits").json() == before
        assert one.ask("DELETE", "/testdata/rate-limits").status_code == 200
        assert one.ask("GET", "/rate-limits").json() == before
        assert one.ask(*CONTEXT).status_code == 200

    def test_closing_stays_twice_as_often_as_opening(self, caller: Make) -> None:
        one = caller("test")
        one.ask("POST", "/testdata/rate-limits", asked(onlineSession=(3, 5, 7), batchSession=(1, 2, 4)))
        body = one.ask("GET", "/rate-limits").json()
        assert body["onlineSessionClose"] == {"perSecond": 6, "perMinute": 10, "perHour": 14}
        assert body["batchSessionClose"] == {"perSecond": 2, "perMinute": 4, "perHour": 8}

    def test_productions_rates(self, caller: Make) -> None:
        one = caller("test")
        assert one.ask("POST", "/testdata/rate-limits/production").status_code == 200
        body = one.ask("GET", "/rate-limits").json()
        assert {group: body[group] for group in OPEN_TO_CHANGE} == asked()["rateLimits"]
        assert one.statuses(11, *CONTEXT) == [200] * 10 + [429]

    def test_whoever_locks_himself_out_can_open(self, caller: Make) -> None:
        one = caller("test")
        assert one.ask("POST", "/testdata/rate-limits", asked(other=(1, 1, 1))).status_code == 200
        assert one.statuses(2, "GET", "/rate-limits") == [200, 429]
        for _ in range(3):
            assert one.ask("POST", "/testdata/rate-limits", asked(other=(1, 1, 1))).status_code == 200
        assert one.ask("DELETE", "/testdata/rate-limits").status_code == 200
        assert one.ask("GET", "/rate-limits").status_code == 200

    def test_out_of_bounds_is_refused_by_name(self, caller: Make) -> None:
        one = caller("off")
        wrong = asked(onlineSession=(0, 0, 0), other=(10, -1, 120))
        refused = one.ask("POST", "/testdata/rate-limits", wrong)
        assert code(refused) == 21405
        details = refused.json()["exception"]["exceptionDetailList"][0]["details"]
        assert [line.partition(": ")[2] for line in details] == [
            "'rateLimits.onlineSession.perSecond' must be between 1 and 100. You entered 0.",
            "'rateLimits.onlineSession.perMinute' must be between 1 and 300. You entered 0.",
            "'rateLimits.onlineSession.perHour' must be between 1 and 1200. You entered 0.",
            "'rateLimits.other.perMinute' must be between 1 and 300. You entered -1.",
        ]
        assert one.statuses(12, *CONTEXT) == [200] * 12

    def test_wrong_numbers_are_named_beside_what_is_missing(self, caller: Make) -> None:
        """As a client older than the youngest groups sends it, all others null."""
        one = caller("off")
        known = [group for group in OPEN_TO_CHANGE if group != "collectiveIdentifier"]
        body = dict.fromkeys(known) | {"onlineSession": {"perSecond": 1, "perMinute": 1, "perHour": 11111111}}
        refused = one.ask("POST", "/testdata/rate-limits", {"rateLimits": body})
        assert code(refused) == 21405
        details = refused.json()["exception"]["exceptionDetailList"][0]["details"]
        assert len(details) == 11
        assert (
            "'rateLimits.onlineSession.perHour' must be between 1 and 1200. You entered 11111111."
            in details[-1]
        )

    def test_every_group_is_needed(self, caller: Make) -> None:
        one = caller("off")
        body = asked()
        del body["rateLimits"]["invoiceSend"]
        assert code(one.ask("POST", "/testdata/rate-limits", body)) == 21405
        assert code(one.ask("POST", "/testdata/rate-limits", {})) == 21405

    @pytest.mark.parametrize("younger", [{}, {"invoiceExportStatus": None, "collectiveIdentifier": None}])
    def test_clients_older_than_a_group_leave_it_as_it_is(
        self, caller: Make, younger: dict[str, Any]
    ) -> None:
        one = caller("off")
        one.ask("POST", "/testdata/rate-limits", asked(invoiceExportStatus=(9, 59, 599)))
        body = asked(other=(1, 2, 3))
        for group in ("invoiceExportStatus", "collectiveIdentifier"):
            del body["rateLimits"][group]
        body["rateLimits"] |= younger
        assert one.ask("POST", "/testdata/rate-limits", body).status_code == 200
        message = one.ask("GET", "/rate-limits").json()
        assert message["other"] == {"perSecond": 1, "perMinute": 2, "perHour": 3}
        assert message["invoiceExportStatus"] == {"perSecond": 9, "perMinute": 59, "perHour": 599}
        assert message["collectiveIdentifier"] == wire(PRODUCTION["collectiveIdentifier"])

    def test_what_get_told_can_be_sent_back(self, caller: Make) -> None:
        one = caller("off")
        body = one.ask("GET", "/rate-limits").json()
        assert one.ask("POST", "/testdata/rate-limits", {"rateLimits": body}).status_code == 200
        assert one.ask("GET", "/rate-limits").json() == body

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/rate-limits"),
            ("POST", "/testdata/rate-limits"),
            ("DELETE", "/testdata/rate-limits"),
            ("POST", "/testdata/rate-limits/production"),
        ],
    )
    def test_strangers(self, caller: Make, method: str, path: str) -> None:
        assert caller("off").call(method, path).status_code == 401

    def test_a_reset_forgets_changes(self, caller: Make) -> None:
        one = caller("production")
        one.ask("POST", "/testdata/rate-limits", asked(other=(1, 1, 1)))
        one.statuses(2, *CONTEXT)
        one.emulator.reset()
        again = one.enter()
        assert again.statuses(10, *CONTEXT) == [200] * 10
