"""The register of KSeF tokens and the JWT of logins, without the wire before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ksef_emulator.clock import Clock
from ksef_emulator.model.access import jwt
from ksef_emulator.model.access.ksef_tokens import KsefToken, KsefTokens, TokenStatus
from ksef_emulator.model.access.permissions import Permission
from ksef_emulator.model.access.tokens import Tokens, TokenType
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.identity.subjects import Person, Subject, Subjects, SubjectType
from ksef_emulator.model.time.progress import Progress
from ksef_emulator.store import Store

FIRM = Context(type=ContextType.NIP, value="1111111111")
OTHER = Context(type=ContextType.NIP, value="2222222222")
ANNA = Subject(type=SubjectType.PESEL, value="85041212344")
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store()
    yield store
    store.close()


@pytest.fixture
def tokens(store: Store, clock: Clock) -> KsefTokens:
    return KsefTokens(store, clock, Subjects(store, clock))


def make(tokens: KsefTokens, context: Context = FIRM, description: str = "Próba") -> tuple[KsefToken, str]:
    made = tokens.make(context, ANNA, [Permission.INVOICE_READ, Permission.INVOICE_WRITE], description)
    tokens.clock.move(SECOND)
    return made


def status(tokens: KsefTokens, token: KsefToken) -> TokenStatus:
    result = tokens.by_reference(token.reference)
    assert result is not None
    return result.status


class TestKsefTokens:
    def test_what_the_register_keeps(self, tokens: KsefTokens, clock: Clock) -> None:
        before = clock.now()
        token, text = make(tokens)
        assert re.fullmatch(rf"{token.reference}\|nip-1111111111\|[0-9a-fA-F]{{64}}", text)
        assert token.reference[8:12] == "-EC-"
        assert tokens.by_text(text) == tokens.by_reference(token.reference) == token
        assert (token.context, token.author, token.description) == (FIRM, ANNA, "Próba")
        assert token.permissions == (Permission.INVOICE_READ, Permission.INVOICE_WRITE)
        assert (token.used, token.status) == (None, TokenStatus.ACTIVE)
        assert before <= token.created <= clock.now()

    def test_the_text_itself_is_nowhere(self, tokens: KsefTokens) -> None:
        _, text = make(tokens)
        with tokens.store.transaction() as db:
            rows = [tuple(row) for row in db.execute("SELECT * FROM ksef_tokens")]
        assert text.rpartition("|")[2] not in str(rows)
        assert tokens.by_text(text[:-1]) is None

    def test_found_in_its_own_context(self, tokens: KsefTokens) -> None:
        token, _ = make(tokens)
        unit = Context(type=ContextType.INTERNAL_ID, value="1111111111-12345")
        assert tokens.find(token.reference, FIRM) == token
        assert tokens.find(token.reference, OTHER) is tokens.find(token.reference, unit) is None
        assert tokens.find("20260101-EC-0000000000-0000000000-00", FIRM) is None

    def test_all_of_a_context_newest_first(
        self, tokens: KsefTokens, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        older, _ = make(tokens)
        make(tokens, OTHER)
        now = clock.now()
        monkeypatch.setattr(clock, "now", lambda: now)
        in_one_moment = [tokens.make(FIRM, ANNA, [], "x")[0] for _ in range(2)]
        assert tokens.of(FIRM) == [*reversed(in_one_moment), older]

    def test_active_after_so_many_looks(self, tokens: KsefTokens) -> None:
        tokens.progress = Progress(polls=2)
        token, _ = make(tokens)
        other, _ = make(tokens)
        assert token.status is TokenStatus.PENDING
        for expected in (TokenStatus.PENDING, TokenStatus.ACTIVE):
            element = tokens.find(token.reference, FIRM)
            assert element is not None
            assert element.status is expected
        assert status(tokens, other) is TokenStatus.PENDING

    def test_active_when_its_time_has_come(self, tokens: KsefTokens, clock: Clock) -> None:
        tokens.progress = Progress(seconds=60)
        token, _ = make(tokens)
        assert status(tokens, token) is TokenStatus.PENDING
        clock.move(timedelta(seconds=60))
        assert status(tokens, token) is TokenStatus.ACTIVE

    def test_revoked_alone_and_only_once(self, tokens: KsefTokens) -> None:
        token, _ = make(tokens)
        other, _ = make(tokens)
        tokens.progress = Progress(polls=1)
        tokens.revoke(token)
        assert status(tokens, token) is TokenStatus.REVOKING
        tokens.find(token.reference, FIRM)
        assert status(tokens, token) is TokenStatus.REVOKED
        assert status(tokens, other) is TokenStatus.ACTIVE
        tokens.revoke(token)
        assert status(tokens, token) is TokenStatus.REVOKED

    def test_used_alone(self, tokens: KsefTokens, clock: Clock) -> None:
        token, _ = make(tokens)
        other, _ = make(tokens)
        before = clock.now()
        tokens.mark_used(token.reference)
        result, rest = tokens.by_reference(token.reference), tokens.by_reference(other.reference)
        assert result is not None
        assert rest is not None
        assert before <= result.used <= clock.now()  # type: ignore[operator]
        assert rest.used is None

    def test_made_by_either_number_of_a_person(self, tokens: KsefTokens) -> None:
        token, _ = make(tokens)
        firm = Subject(type=SubjectType.NIP, value="1111111111")
        assert tokens.is_author(token, ANNA)
        assert not tokens.is_author(token, firm)
        tokens.subjects.add_person(Person(nip=firm.value, pesel=ANNA.value, description="Anna"))
        assert tokens.is_author(token, firm)
        assert not tokens.is_author(token, Subject(type=SubjectType.PESEL, value="90011500129"))


class TestJwt:
    LIVES = (
        (TokenType.OPERATION, timedelta(minutes=45)),
        (TokenType.ACCESS, timedelta(minutes=15)),
        (TokenType.REFRESH, timedelta(days=7)),
    )

    @pytest.fixture
    def moment(self, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> datetime:
        """Time stands there, in the midst of a second."""
        moment = datetime(2026, 11, 23, 12, 0, 0, 500_000, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: moment)
        return moment

    @pytest.mark.parametrize(("kind", "life"), LIVES)
    def test_how_long_each_holds(
        self,
        store: Store,
        clock: Clock,
        moment: datetime,
        kind: TokenType,
        life: timedelta,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        made = Tokens(store, clock)
        token = made.issue(kind, "20260101-AU-0000000000-0000000000-00", cit="Nip")
        whole = moment.replace(microsecond=0)
        assert token.valid_until == whole + life
        claims = made.read(token.text, kind)
        assert claims is not None
        assert (claims["typ"], claims["arn"], claims["cit"]) == (
            kind,
            "20260101-AU-0000000000-0000000000-00",
            "Nip",
        )
        assert (claims["iat"], claims["exp"]) == (int(whole.timestamp()), int((whole + life).timestamp()))
        assert len(claims["jti"]) == 16
        for then, holds in ((whole + life - SECOND, True), (whole + life, False), (whole + life * 2, False)):
            monkeypatch.setattr(clock, "now", lambda then=then: then)
            assert (made.read(token.text, kind) is not None) is holds
            assert made.read(token.text, kind, expired=True) == claims

    def test_each_is_another(self, store: Store, clock: Clock, moment: datetime) -> None:
        made = Tokens(store, clock)
        assert made.issue(TokenType.ACCESS, "x").text != made.issue(TokenType.ACCESS, "x").text

    def test_a_kind_does_not_stand_for_another(self, store: Store, clock: Clock) -> None:
        made = Tokens(store, clock)
        for kind, _ in self.LIVES:
            text = made.issue(kind, "x").text
            others = {other for other, _ in self.LIVES if made.read(text, other) is not None}
            assert others == {kind}
            assert made.read(text[:-2], kind) is None
            assert made.read("", kind) is None

    def test_the_secret_outlives_a_restart_and_is_the_stores_own(self, tmp_path: Path, clock: Clock) -> None:
        texts = []
        for name in ("one", "two", "one"):
            store = Store(tmp_path / name)
            made = Tokens(store, clock)
            texts.append(made.issue(TokenType.ACCESS, name).text)
            assert made.read(texts[0], TokenType.ACCESS) is None if name == "two" else True
            store.close()
        store = Store(tmp_path / "one")
        again = Tokens(store, clock)
        assert again.read(texts[0], TokenType.ACCESS) is not None
        assert again.read(texts[1], TokenType.ACCESS) is None
        assert len(again._secret) == 32
        store.close()

    def test_nobody_sees_a_token_by_printing_it(self, store: Store, clock: Clock) -> None:
        token = Tokens(store, clock).issue(TokenType.ACCESS, "x")
        assert token.text not in repr(token)

    @pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {}])
    def test_another_header_under_the_same_secret(self, header: dict[str, str]) -> None:
        secret = b"s" * 32
        good = jwt.encode({"typ": "x"}, secret)
        claims = good.split(".")[1]
        head = f"{jwt._part(jwt._json(header))}.{claims}"
        assert jwt.decode(good, secret) == {"typ": "x"}
        assert jwt.decode(f"{head}.{jwt._part(jwt._signature(head, secret))}", secret) is None
