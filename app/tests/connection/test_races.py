"""Two people on a company's passphrase, certificates or ZAW-FA at the same moment: two real sessions of the database.

``LICZYDLO_RACE_ROUNDS`` says how often each pair meets (a few times in the suite).
"""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.test import Client, RequestFactory
from liczydlo.audit.actions import Action
from liczydlo.audit.models import Entry
from liczydlo.connection import vault, zawfa
from liczydlo.connection.credentials import storing
from liczydlo.connection.models import Passphrase, Purpose, RemoteChange, StoredCertificate, ZawFa, ZawFaState
from liczydlo.connection.passphrase import services as passphrases
from liczydlo.connection.passphrase import wrapping

from app.tests.sessions import done

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("file_database")]

ROUNDS: Final = int(os.environ.get("LICZYDLO_RACE_ROUNDS", "2"))
WORDS: Final = "cztery zielone słonie nad Wisłą"
OTHERS: Final = "pięć niebieskich żyraf pod Tatrami"


@pytest.fixture(autouse=True)
def quick_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with little memory: the order of two sessions is looked at here, not its cost."""
    from argon2.low_level import Type, hash_secret_raw

    monkeypatch.setattr(
        wrapping,
        "private_of",
        lambda words, salt: hash_secret_raw(words.encode(), salt, 1, 64, 1, 32, Type.ID),
    )


@pytest.fixture
def two(owner: Any, company: Any, browse: Callable[..., Client]) -> list[Client]:
    """The owner in two browsers."""
    return [browse(owner), browse(owner)]


def whole(company: Any) -> Passphrase | None:
    """Every key opens by what the database says that it opens by."""
    row = Passphrase.objects.of(company).first()
    for stored in StoredCertificate.objects.of(company):
        key = vault.unseal(bytes(stored.sealed_key), **stored.label)
        assert stored.under_passphrase is (row is not None)
        if row is None:
            load_der_private_key(key, None)
            continue
        opened = []
        for words in (WORDS, OTHERS):
            try:
                opened.append(wrapping.unwrap(key, wrapping.private_of(words, bytes(row.salt))))
            except wrapping.WrongPassphraseError:
                continue
        load_der_private_key(opened[0], None)
    return row


def keep(company: Any, files: Any, purpose: Purpose) -> None:
    storing.keep(company, files(purpose.value).credential, purpose, None, proved_at=None)


@pytest.fixture
def posts(company: Any) -> Callable[[Client, str], Callable[[], Any]]:
    """A post to the passphrase's page, by its name."""
    fields = {
        "ustaw": {"passphrase": WORDS, "repeated": WORDS},
        "ustaw inne": {"passphrase": OTHERS, "repeated": OTHERS},
        "otworz": {"passphrase": WORDS},
        "zdejmij": {"passphrase": WORDS},
        "zamknij": {},
    }

    def make(client: Client, name: str) -> Callable[[], Any]:
        path = f"/firmy/{company.pk}/ustawienia/ksef/haslo/{name.partition(' ')[0]}/"
        return lambda: client.post(path, fields[name])

    return make


@pytest.mark.parametrize(
    "pair",
    [
        ("otworz", "zdejmij"),
        ("zamknij", "zdejmij"),
        ("zdejmij", "zdejmij"),
        ("otworz", "zamknij"),
        ("ustaw", "ustaw inne"),
        ("zamknij", "zamknij"),
    ],
    ids="+".join,
)
def test_two_on_one_passphrase(
    pair: tuple[str, str], two: list[Client], company: Any, files: Any, posts: Any
) -> None:
    for _ in range(ROUNDS):
        Passphrase.objects.all().delete()
        StoredCertificate.objects.all().delete()
        for purpose in Purpose:
            keep(company, files, purpose)
        if "ustaw" not in pair:
            posts(two[0], "ustaw")()
        before = Entry.objects.count()
        answers = done(*(posts(client, name) for client, name in zip(two, pair, strict=True)))
        # 404: the passphrase was gone before the page was asked for.
        assert {answer.status_code for answer in answers} <= {302, 404, 422}
        row = whole(company)
        entries = list(Entry.objects.order_by("number").values_list("action", flat=True))[before:]
        if "zdejmij" in pair:
            assert row is None
            assert entries.count(Action.PASSPHRASE_REMOVED) == 1
        elif "ustaw" in pair:
            assert row is not None
            assert entries == [Action.PASSPHRASE_SET]
        else:
            assert row is not None
            assert row.is_open() is bool(row.sealed_open)
            assert entries.count(Action.KEYS_CLOSED) == 1


def test_a_key_that_comes_while_the_last_one_goes(
    company: Any, files: Any, two: list[Client], posts: Any
) -> None:
    """The passphrase of nothing ends, but not while a key is being put under it."""
    for _ in range(2 * ROUNDS):
        StoredCertificate.objects.all().delete()
        Passphrase.objects.all().delete()
        keep(company, files, Purpose.OFFLINE)
        posts(two[0], "ustaw")()
        done(
            lambda: storing.remove(company, Purpose.OFFLINE),
            lambda: keep(company, files, Purpose.AUTHENTICATION),
        )
        whole(company)


def test_a_passphrase_taken_off_is_not_brought_back(company: Any, owner: Any, files: Any) -> None:
    """Without timing: a page read before."""
    request = RequestFactory().post("/")
    request.user = owner
    keep(company, files, Purpose.OFFLINE)
    row = passphrases.put_on(company, WORDS, request=request)
    stale = Passphrase.objects.get(pk=row.pk)
    passphrases.take_off(row, WORDS, request=request)
    before = Entry.objects.count()
    with pytest.raises(passphrases.NoPassphraseError):
        passphrases.open_up(stale, WORDS, request=request)
    with pytest.raises(passphrases.NoPassphraseError):
        passphrases.take_off(stale, WORDS, request=request)
    passphrases.close(stale, request=request)
    passphrases.once_logged_out(owner)
    assert whole(company) is None
    assert Entry.objects.count() == before
    # Another passphrase in the place of the first: what proves the first changes nothing of it.
    other = passphrases.put_on(company, OTHERS, request=request)
    Passphrase.objects.filter(pk=other.pk).update(id=stale.pk)
    with pytest.raises(passphrases.NoPassphraseError):
        passphrases.open_up(stale, WORDS, request=request)
    assert whole(company) is not None


def test_who_logs_out_shuts_only_what_they_opened(company: Any, owner: Any, member: Any, files: Any) -> None:
    request = RequestFactory().post("/")
    request.user = owner
    keep(company, files, Purpose.OFFLINE)
    row = passphrases.put_on(company, WORDS, request=request)
    passphrases.once_logged_out(member("accountant"))
    assert Passphrase.objects.get().is_open()
    Passphrase.objects.filter(pk=row.pk).update(opened_by=None)
    assert not passphrases._shut(row, opened_by=owner), "somebody else has opened it in the meantime"
    assert Passphrase.objects.get().is_open()


def test_eight_guesses_at_once_are_five(company: Any, owner: Any, files: Any) -> None:
    request = RequestFactory().post("/")
    request.user = owner
    keep(company, files, Purpose.OFFLINE)
    row = passphrases.put_on(company, WORDS, request=request)

    def guess() -> str:
        try:
            passphrases.open_up(row, OTHERS, request=request)
        except (wrapping.WrongPassphraseError, passphrases.TooManyTriesError) as error:
            return type(error).__name__
        return "opened"

    said = sorted(done(*[guess] * 8))
    assert said == ["TooManyTriesError"] * 3 + ["WrongPassphraseError"] * 5
    with pytest.raises(passphrases.TooManyTriesError):
        passphrases.open_up(row, WORDS, request=request)


DAY: Final = dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("state", "pair", "end"),
    [
        (ZawFaState.TO_FILE, ("filed", "filed"), {ZawFaState.FILED}),
        (ZawFaState.FILED, ("accepted", "accepted"), {ZawFaState.ACCEPTED}),
        (ZawFaState.FILED, ("accepted", "back"), {ZawFaState.ACCEPTED, ZawFaState.TO_FILE}),
        (ZawFaState.ACCEPTED, ("back", "back"), {ZawFaState.FILED}),
        (ZawFaState.TO_FILE, ("filed", "forget"), {ZawFaState.FILED, None}),
    ],
)
def test_two_on_one_zaw_fa(
    state: ZawFaState, pair: tuple[str, str], end: set[ZawFaState | None], company: Any, owner: Any
) -> None:
    request = RequestFactory().post("/")
    request.user = owner

    def act(name: str, person: str) -> Callable[[], str]:
        row = ZawFa.objects.select_related("company").get()
        acts: dict[str, Callable[[], None]] = {
            "filed": lambda: zawfa.filed(row, person, DAY, request=request),
            "accepted": lambda: zawfa.accepted(row, DAY, request=request),
            "back": lambda: zawfa.back(row),
            "forget": lambda: zawfa.forget(company),
        }

        def run() -> str:
            try:
                acts[name]()
            except zawfa.MovedOn:
                return "moved on"
            return person

        return run

    for _ in range(ROUNDS):
        ZawFa.objects.all().delete()
        filed = {"person": "Jan", "filed_on": DAY} if state != ZawFaState.TO_FILE else {}
        ZawFa.objects.create(company=company, environment=company.environment, state=state, **filed)
        before = Entry.objects.count()
        said = done(act(pair[0], "Ala"), act(pair[1], "Ola"))
        row = ZawFa.objects.first()
        assert (None if row is None else ZawFaState(row.state)) in end
        if "forget" not in pair:
            assert said.count("moved on") == 1
            assert Entry.objects.count() - before == (pair[0] != "back" and said[0] != "moved on") + (
                pair[1] != "back" and said[1] != "moved on"
            )
        if pair == ("filed", "filed"):
            assert row is not None
            assert row.person == next(one for one in said if one != "moved on")
        if row is not None and row.state != ZawFaState.ACCEPTED:
            assert row.accepted_on is None


def test_the_second_of_two_is_told_so(company: Any, owner: Any, browse: Any, monkeypatch: Any) -> None:
    company.kind = "company"
    company.save()
    ZawFa.objects.create(company=company, environment=company.environment)
    path = f"/firmy/{company.pk}/ustawienia/ksef/zaw-fa/zlozone/"
    current = zawfa.current

    def read_and_overtaken(firm: Any) -> Any:
        row = current(firm)
        ZawFa.objects.update(state=ZawFaState.FILED, person="Ola", filed_on=DAY)
        return row

    with monkeypatch.context() as patch:
        patch.setattr(zawfa, "current", read_and_overtaken)
        answer = browse(owner).post(path, {"person": "Ala", "day": "2026-03-01"})
    page = browse(owner, language="en")
    assert answer.status_code == 302
    assert ZawFa.objects.get().person == "Ola"
    assert page.get(answer.headers["Location"]).status_code == 200


@pytest.fixture
def unlimited(use_emulator: Any) -> Iterator[None]:
    """No limit of requests: hundreds of rounds are more than KSeF lets in."""
    rate_limits = use_emulator.emulator.rate_limits
    rate_limits.use("off")
    yield
    rate_limits.use(use_emulator.emulator.config.rate_limits)


@pytest.mark.usefixtures("unlimited")
def test_one_form_posted_twice_at_once_is_one_change(
    two: list[Client], company: Any, owner: Any, ksef_files: Any
) -> None:
    mine = ksef_files(company)
    storing.store_authentication(company, mine.key, mine.certificate, mine.password, owner)
    address = f"/firmy/{company.pk}/ustawienia/ksef/tokeny/nowy/"
    for _ in range(ROUNDS):
        form = {"permissions": ["InvoiceRead"], "description": "Sklep internetowy", "key": str(uuid.uuid4())}
        answers = done(*(partial(browser.post, address, form) for browser in two))
        assert {answer.status_code for answer in answers} == {302}
        assert len({answer.url for answer in answers}) == 1
    assert RemoteChange.objects.count() == Entry.objects.filter(action="token-made").count() == ROUNDS
