"""„Dostępność KSeF": what is known of outages; a total failure that an owner enters is that company's alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from liczydlo.companies.models import Membership, Role
from liczydlo.ksef.deadlines import Outage
from liczydlo.offline import job, services
from liczydlo.offline.models import Latarnia, outages, rows
from liczydlo.sales import services as sales
from liczydlo.sales.models import Invoice

from app.tests.sales.world import document

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def outage(event: str, kind: Any, begins: dt.timedelta, ends: dt.timedelta | None, title: str = "") -> Outage:
    now = timezone.now()
    return Outage(
        kind=kind,
        start=now + begins,
        end=None if ends is None else now + ends,
        event=event,
        title=title,
    )


def page(client: Any, company: Any) -> str:
    answer = client.get(reverse("offline:list", args=[company.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def owner_client(browse: Any, owner: Any) -> Any:
    return browse(owner)


@pytest.fixture
def stranger_client(browse: Any, stranger: Any) -> Any:
    return browse(stranger)


@pytest.fixture
def entered(firm: Any, owner: Any) -> Any:
    now = timezone.now()
    return services.enter_total_failure(
        firm, owner, started_at=now - HOUR, ended_at=None, title="TVP1, 12:00"
    )


def test_now_announced_and_past_are_told_apart(owner_client: Any, firm: Any) -> None:
    job.keep(
        firm.environment,
        (
            outage("1", "failure", -2 * HOUR, None, "Awaria bazy danych"),
            outage("2", "maintenance", 24 * HOUR, 26 * HOUR, "Aktualizacja"),
            outage("3", "maintenance", -300 * HOUR, -299 * HOUR, "Dawna przerwa"),
        ),
    )
    text = page(owner_client, firm)
    places = [text.index(words) for words in ("Awaria bazy danych", "Aktualizacja", "Dawna przerwa")]
    assert places == sorted(places)
    assert "termin zacznie biec po jej końcu" in text
    assert text.count("prześlij do <strong>") == 1, "the failure that lasts holds up the announced one too"
    assert "art. 106nf" in text and "art. 106nh" in text


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (None, "Stan KSeF jest nieznany."),
        (services.STALE + HOUR, "Stan KSeF jest nieznany."),
        (HOUR / 60, "KSeF działa; nie ogłoszono żadnej przerwy."),
    ],
)
def test_silence_is_neither_failure_nor_availability(
    owner_client: Any, firm: Any, age: dt.timedelta | None, words: str
) -> None:
    now = timezone.now()
    answered = None if age is None else now - age
    Latarnia.objects.create(environment=firm.environment, asked_at=now, answered_at=answered)
    text = page(owner_client, firm)
    assert words in text
    assert ("Ostatnia odpowiedź Latarni" in text) == (age is not None)


def test_what_was_announced_and_not_ended_is_on_however_long_latarnia_is_silent(
    owner_client: Any, firm: Any
) -> None:
    job.keep(firm.environment, (outage("1", "failure", -50 * HOUR, None),))
    result = services.situation(firm, now=timezone.now())
    assert result.is_known and result.outage is not None and result.outage.kind == "failure"


def test_of_several_the_gravest_is_named(firm: Any) -> None:
    kinds = ("failure", "total-failure", "maintenance")
    job.keep(firm.environment, tuple(outage(kind, kind, -HOUR, None) for kind in kinds))
    result = services.situation(firm, now=timezone.now()).outage
    assert result is not None and result.kind == "total-failure"


def test_a_total_failure_is_entered_ended_and_taken_back(owner_client: Any, firm: Any, owner: Any) -> None:
    began = timezone.localtime() - 3 * HOUR
    form = {"started_at": f"{began:%Y-%m-%dT%H:%M}", "title": "TVP1"}
    answer = owner_client.post(reverse("offline:total_failure", args=[firm.pk]), form)
    assert answer.status_code == 302
    row = rows(firm).get()
    assert (row.kind, row.by, row.ended_at, row.title) == ("total-failure", owner, None, "TVP1")
    assert abs(row.started_at - began) < HOUR / 60
    correct = reverse("offline:correct", args=[firm.pk, row.pk])
    assert f'value="{began:%Y-%m-%dT%H:%M}"' in owner_client.get(correct).content.decode()
    too_early = {**form, "ended_at": f"{began - HOUR:%Y-%m-%dT%H:%M}"}
    assert owner_client.post(correct, too_early).status_code == 422
    ended = {**form, "ended_at": f"{began + HOUR:%Y-%m-%dT%H:%M}", "title": "Polskie Radio"}
    assert owner_client.post(correct, ended).status_code == 302
    assert rows(firm).get().title == "Polskie Radio"
    row.refresh_from_db()
    assert row.ended_at is not None
    assert owner_client.post(reverse("offline:take_back", args=[firm.pk, row.pk])).status_code == 302
    assert outages(firm) == []


@pytest.mark.parametrize(
    "form",
    [
        {"started_at": "", "title": "TVP1"},
        {"started_at": "wczoraj", "title": "TVP1"},
        {"started_at": "2999-01-01T10:00", "title": "TVP1"},
        {"started_at": "2026-01-01T10:00", "title": ""},
        {"started_at": "2026-01-01T10:00", "ended_at": "2026-01-01T09:00", "title": "TVP1"},
    ],
)
def test_what_cannot_be_is_refused_with_nothing_stored(
    owner_client: Any, firm: Any, form: dict[str, str]
) -> None:
    answer = owner_client.post(reverse("offline:total_failure", args=[firm.pk]), form)
    assert answer.status_code == 422
    assert outages(firm) == []


def test_it_is_the_companys_alone_and_an_owners_to_enter(
    owner_client: Any, stranger_client: Any, stranger: Any, firm: Any, owner: Any, entered: Any
) -> None:
    theirs = stranger.memberships.get().company
    assert theirs.environment == firm.environment
    assert outages(theirs) == []
    for name in ("list", "total_failure"):
        assert stranger_client.get(reverse(f"offline:{name}", args=[firm.pk])).status_code == 404
    foreign = reverse("offline:take_back", args=[theirs.pk, entered.pk])
    assert stranger_client.post(foreign).status_code == 404
    Membership.objects.filter(user=owner, company=firm).update(role=Role.ACCOUNTANT)
    assert "Wpisz awarię" not in page(owner_client, firm)
    assert owner_client.post(reverse("offline:take_back", args=[firm.pk, entered.pk])).status_code == 403
    assert outages(firm) == [entered.announced]


def test_what_latarnia_announced_is_nobodys_to_remove(owner_client: Any, firm: Any) -> None:
    job.keep(firm.environment, (outage("1", "total-failure", -HOUR, None),))
    row = rows(firm).get()
    for name in ("correct", "take_back"):
        assert owner_client.post(reverse(f"offline:{name}", args=[firm.pk, row.pk])).status_code == 404


class TestTheOperator:
    """A superuser enters a total failure for every firm of the installation."""

    @pytest.fixture
    def operator(self, firm: Any) -> Any:
        from liczydlo.companies.models import User

        person = User.objects.create_superuser("op@example.com", "Kwiecień-plecień 2026", name="Operator")
        Membership.objects.create(user=person, company=firm, role=Role.VIEWER)
        return person

    def test_enters_ends_and_takes_it_back_for_all(
        self, firm: Any, stranger: Any, operator: Any, browse: Any, owner_client: Any
    ) -> None:
        theirs, browser = stranger.companies.get(), browse(operator)
        began = timezone.localtime() - 3 * HOUR
        form = {"started_at": f"{began:%Y-%m-%dT%H:%M}", "title": "TVP1"}
        assert "dla wszystkich firm" not in page(browser, firm)
        address = reverse("offline:total_failure", args=[firm.pk])
        assert browser.post(address, form).status_code == 302
        (row,) = rows(theirs)
        assert (row.company_id, row.by, row.is_on(timezone.now())) == (None, operator, True)
        assert services.situation(theirs, now=timezone.now()).outage == row
        assert "Wpisano ręcznie, dla wszystkich firm." in page(owner_client, firm)
        assert "Popraw<" not in page(owner_client, firm)
        correct = reverse("offline:correct", args=[firm.pk, row.pk])
        assert "wszystkich firm tej instalacji" in browser.get(correct).content.decode()
        ended = {**form, "ended_at": f"{began + HOUR:%Y-%m-%dT%H:%M}"}
        assert browser.post(correct, ended).status_code == 302
        assert not rows(theirs).get().is_on(timezone.now())
        assert browser.post(reverse("offline:take_back", args=[firm.pk, row.pk])).status_code == 302
        assert outages(theirs) == []

    def test_deadlines_of_every_firm_follow(
        self, firm: Any, stranger: Any, operator: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        theirs = stranger.companies.get()
        waiting = sales.issue(theirs, document(theirs.nip))
        assert waiting.due_date is not None
        with django_capture_on_commit_callbacks(execute=True):
            services.enter_total_failure(
                firm,
                operator,
                started_at=timezone.now(),
                ended_at=None,
                title="TVP1",
                everywhere=True,
            )
        assert Invoice.objects.get(pk=waiting.pk).due_date is None

    def test_an_owner_may_do_neither(
        self, firm: Any, stranger: Any, operator: Any, owner_client: Any, stranger_client: Any
    ) -> None:
        row = services.enter_total_failure(
            firm, operator, started_at=timezone.now() - HOUR, ended_at=None, title="TVP1", everywhere=True
        )
        theirs = stranger.companies.get()
        for client, where in ((owner_client, firm), (stranger_client, theirs)):
            for name in ("correct", "take_back"):
                assert client.post(reverse(f"offline:{name}", args=[where.pk, row.pk])).status_code == 403
        began = timezone.localtime() - HOUR
        form = {"started_at": f"{began:%Y-%m-%dT%H:%M}", "title": "TVP1", "everywhere": "on"}
        assert (
            stranger_client.post(reverse("offline:total_failure", args=[theirs.pk]), form).status_code == 302
        )
        assert rows(theirs).filter(company=theirs).count() == 1, "the box is the operator's alone"
        assert rows(firm).count() == 1
