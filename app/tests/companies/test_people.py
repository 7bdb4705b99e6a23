"""Who belongs to a company: invitations by letter and by hand, roles, leaving, whose address is confirmed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.test import Client
from django.utils import timezone
from liczydlo.audit.models import Entry
from liczydlo.companies import addresses, first_run
from liczydlo.companies.models import Invitation, Membership, Role, User

pytestmark = pytest.mark.django_db
PASSWORD = "Kwiecień-plecień 2026"
NEW = {"name": "Jan Kos", "password": PASSWORD, "repeated": PASSWORD}
LINK = re.compile(r"http://testserver(/zaproszenie/\?kod=[\w-]+)")


def people_of(company: Any) -> str:
    return f"/firmy/{company.pk}/ustawienia/osoby/"


@pytest.fixture
def invite(company: Any, owner: Any, browse: Any) -> Callable[..., str]:
    """The link of an invitation that the owner hands over."""

    def made(email: str = "jan@example.com", role: str = "accountant") -> str:
        answer = browse(owner).post(people_of(company), {"email": email, "role": role})
        return LINK.search(answer.content.decode())[1]  # type: ignore[index]

    return made


def code_in(link: str) -> str:
    return urlsplit(link).query.removeprefix("kod=")


def is_confirmed(user: User) -> bool:
    """Whether allauth holds the account's own address as verified."""
    return EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()


def actions(company: Any) -> list[str]:
    return list(Entry.objects.of(company).order_by("number").values_list("action", flat=True))


def test_an_invited_person_makes_an_account_and_is_a_member(company: Any, invite: Any) -> None:
    link, browser = invite("Jan@Example.com"), Client()
    page = browser.get(link).content.decode()
    assert company.name in page and "Księgowość" in page and "jan@example.com" in page
    answer = browser.post("/zaproszenie/", {**NEW, "code": code_in(link)})
    assert answer["Location"] == f"/firmy/{company.pk}/"
    assert browser.get(f"/firmy/{company.pk}/").status_code == 200, "logged in at once"
    person = User.objects.get(email="jan@example.com")
    assert Membership.objects.get(user=person).role == Role.ACCOUNTANT
    assert is_confirmed(person), "by the owner's word"
    assert actions(company) == ["member-invited", "member-joined"]
    assert Client().get(link).status_code == 410, "it works once"


def test_with_mail_the_link_goes_to_the_address_alone(
    company: Any, owner: Any, browse: Any, settings: Any
) -> None:
    settings.LICZYDLO_SENDS_MAIL = True
    answer = browse(owner).post(
        people_of(company), {"email": "jan@example.com", "role": "viewer"}, follow=True
    )
    assert not LINK.search(answer.content.decode()), "nobody else can use it"
    assert "zostało wysłane" in answer.content.decode()
    letter = mail.outbox[0]
    assert letter.to == ["jan@example.com"] and company.name in letter.subject and "Ala Nowak" in letter.body
    assert Client().get(LINK.search(letter.body)[1]).status_code == 200  # type: ignore[index]


def test_a_letter_that_the_server_refuses_is_told(
    company: Any, owner: Any, browse: Any, settings: Any
) -> None:
    settings.LICZYDLO_SENDS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = browse(owner).post(
        people_of(company), {"email": "jan@example.com", "role": "viewer"}, follow=True
    )
    assert "nie przyjął listu" in answer.content.decode()


def test_who_has_an_account_joins_only_by_logging_in(
    company: Any, stranger: Any, invite: Any, browse: Any
) -> None:
    link = invite(stranger.email)
    code = code_in(link)
    assert "ma już konto" in Client().get(link).content.decode()
    Client().post("/zaproszenie/", {**NEW, "code": code})
    assert not Membership.objects.filter(company=company, user=stranger).exists()
    assert User.objects.get(pk=stranger.pk).check_password(PASSWORD), "nobody sets its password"
    someone = User.objects.create_user("ktos@example.com", PASSWORD)
    other = browse(someone)
    assert "Zaproszenie jest dla obcy@example.com" in other.get(link).content.decode()
    other.post("/zaproszenie/", {"code": code})
    assert not Membership.objects.filter(company=company, user=someone).exists()
    mine = Client()
    logged = mine.post(f"/konto/login/?next={link}", {"login": stranger.email, "password": PASSWORD})
    assert logged["Location"] == link
    assert mine.post("/zaproszenie/", {"code": code})["Location"] == f"/firmy/{company.pk}/"
    assert Membership.objects.get(company=company, user=stranger).role == Role.ACCOUNTANT


@pytest.mark.parametrize("code", ["", "nie to", "a" * 500, "\udcff"])
def test_a_wrong_code_opens_nothing(code: str, company: Any, invite: Any) -> None:
    invite()
    for answer in (
        Client().get("/zaproszenie/", {"kod": code.encode(errors="surrogateescape")}),
        Client().post("/zaproszenie/", {**NEW, "code": code.encode(errors="surrogateescape")}),
    ):
        assert answer.status_code == 410 and company.name not in answer.content.decode()
    assert User.objects.count() == 1


def test_an_old_a_replaced_and_a_withdrawn_one_open_nothing(
    company: Any, owner: Any, invite: Any, browse: Any
) -> None:
    replaced, current = invite(), invite()
    assert Client().get(replaced).status_code == 410
    assert Client().get(current).status_code == 200
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(current).status_code == 410
    withdrawn = invite()
    row = Invitation.objects.get()
    browse(owner).post(f"/firmy/{company.pk}/ustawienia/zaproszenia/{row.pk}/wycofaj/")
    assert Client().get(withdrawn).status_code == 410 and "invitation-withdrawn" in actions(company)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"repeated": "inne"}, "Hasła się różnią"),
        ({"password": "jan@example.com", "repeated": "jan@example.com"}, "zbyt podobne"),
        ({"password": "739154826034", "repeated": "739154826034"}, "cyfr"),
    ],
)
def test_a_bad_password_keeps_the_invitation(change: dict[str, str], said: str, invite: Any) -> None:
    link, browser = invite(), Client()
    answer = browser.post("/zaproszenie/", {**NEW, **change, "code": code_in(link)})
    assert said in answer.content.decode() and User.objects.count() == 1
    assert browser.get(link).status_code == 200


def test_who_is_a_member_is_not_invited_again(company: Any, owner: Any, browse: Any) -> None:
    answer = browse(owner).post(people_of(company), {"email": "ALA@example.com", "role": "viewer"})
    assert "już należy do firmy" in answer.content.decode() and not Invitation.objects.exists()


def test_a_company_keeps_an_owner(company: Any, owner: Any, member: Any, browse: Any) -> None:
    mine = Membership.objects.get(user=owner)
    browser = browse(owner)
    for what in ({"what": "remove"}, {"what": "role", "role": "viewer"}):
        page = browser.post(f"{people_of(company)}{mine.pk}/", what, follow=True).content.decode()
        assert "musi mieć właściciela" in page
    second = Membership.objects.get(user=member("issuer"))
    browser.post(f"{people_of(company)}{second.pk}/", {"what": "role", "role": "owner"})
    answer = browser.post(f"{people_of(company)}{mine.pk}/", {"what": "remove"})
    assert answer["Location"] == "/firmy/"
    assert list(Membership.objects.values_list("user", "role")) == [(second.user_id, "owner")]
    assert actions(company) == ["member-role-changed", "member-removed"]
    assert browser.get(f"/firmy/{company.pk}/").status_code == 404


@pytest.mark.parametrize("role", ["accountant", "issuer", "viewer"])
def test_only_an_owner_changes_people(role: str, company: Any, owner: Any, member: Any, browse: Any) -> None:
    mine = Membership.objects.get(user=owner)
    browser = browse(member(role))
    page = browser.get(people_of(company)).content.decode()
    assert "Ala Nowak" in page and "Zaproś" not in page and "Usuń z firmy" not in page
    browser.post(people_of(company), {"email": "jan@example.com", "role": "owner"})
    assert not Invitation.objects.exists()
    for what in ("remove", "vouch", "role"):
        answer = browser.post(f"{people_of(company)}{mine.pk}/", {"what": what, "role": "viewer"})
        assert answer.status_code == 403
    assert Membership.objects.get(pk=mine.pk).role == Role.OWNER


def test_a_stranger_sees_and_changes_nothing(company: Any, owner: Any, stranger: Any, browse: Any) -> None:
    mine, browser = Membership.objects.get(user=owner), browse(stranger)
    theirs = Membership.objects.get(user=stranger).company
    assert browser.get(people_of(company)).status_code == 404
    assert browser.post(f"{people_of(company)}{mine.pk}/", {"what": "remove"}).status_code == 404
    assert browser.post(f"{people_of(theirs)}{mine.pk}/", {"what": "remove"}).status_code == 404
    assert Membership.objects.filter(pk=mine.pk).exists()


def test_the_first_accounts_address_is_confirmed(db: None) -> None:
    made = first_run.make_owner(email="Ala@Example.com", password=PASSWORD, name="Ala")
    assert is_confirmed(made)
    by_shell = User.objects.create_superuser("adm@example.com", PASSWORD)
    assert is_confirmed(by_shell)
    assert not is_confirmed(User.objects.create_user("jan@example.com", PASSWORD))


def test_two_factor_login_opens_after_the_owners_word(
    company: Any, owner: Any, member: Any, browse: Any
) -> None:
    person = member("viewer")
    theirs = browse(person)
    theirs.get("/konto/email/")  # allauth notes the address there, as not confirmed
    refused = theirs.get("/konto/2fa/totp/activate/")
    assert refused["Location"] == "/konto/2fa/"
    row = Membership.objects.get(user=person)
    browse(owner).post(f"{people_of(company)}{row.pk}/", {"what": "vouch"})
    assert theirs.get("/konto/2fa/totp/activate/")["Location"].startswith("/konto/reauthenticate/")
    assert actions(company) == ["address-confirmed"]


def test_an_owners_word_counts_among_their_own_firms_only(
    company: Any, owner: Any, stranger: Any, browse: Any
) -> None:
    row = Membership.objects.create(user=stranger, company=company, role=Role.VIEWER)
    page = browse(owner).post(f"{people_of(company)}{row.pk}/", {"what": "vouch"}, follow=True)
    assert "należy też do firm innych" in page.content.decode()
    assert not is_confirmed(stranger) and actions(company) == []


def test_an_address_confirmed_elsewhere_stays_there(owner: Any, stranger: Any) -> None:
    EmailAddress.objects.create(user=stranger, email=owner.email, verified=True, primary=True)
    assert not addresses.confirm(owner)
    assert EmailAddress.objects.get(verified=True).user == stranger


def test_a_letter_confirms_ones_own_address(owner: Any, company: Any, browse: Any) -> None:
    browser = browse(owner)
    browser.get("/konto/email/")
    browser.post("/konto/reauthenticate/", {"password": PASSWORD})
    browser.post("/konto/email/", {"action_send": "", "email": owner.email})
    link = re.search(r"http://testserver(/konto/confirm-email/\S+)", mail.outbox[0].body)
    assert link is not None
    assert "ala@example.com" in browser.get(link[1]).content.decode()
    browser.post(link[1])
    assert is_confirmed(owner)


@pytest.mark.parametrize("superuser", [False, True])
def test_an_existing_installations_first_account_gets_its_address(superuser: bool) -> None:
    from importlib import import_module

    first = User.objects.create_user("a@example.com", PASSWORD)
    second = User.objects.create_user("b@example.com", PASSWORD, is_superuser=superuser)
    EmailAddress.objects.create(user=second, email=second.email)
    import_module("liczydlo.companies.migrations.0003_first_address").confirm_first(apps, None)
    mine = second if superuser else first
    assert list(EmailAddress.objects.filter(verified=True).values_list("user", "primary")) == [
        (mine.pk, True)
    ]
