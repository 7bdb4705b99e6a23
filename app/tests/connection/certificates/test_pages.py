"""The page of certificates: what KSeF knows, renewing by hand, revoking, a copy of a key."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12
from liczydlo.connection import clients
from liczydlo.connection.models import Purpose, StoredCertificate

from app.tests.connection.certificates.test_renewal import serials, settle
from app.tests.sales.world import connect

pytestmark = pytest.mark.django_db
PASSWORD = "Kopia-na-pendrive 7"


def test_the_list_tells_what_is_used_and_what_is_left(
    connected: Any, browse: Any, owner: Any, base: str
) -> None:
    page = browse(owner).get(base).content.decode()
    for serial in serials(connected).values():
        assert serial in page
    assert page.count("używany w programie") == 2 and "Aktywny" in page
    assert "zostało 298 z 300" in page and "zostało 98 z 100" in page
    english = browse(owner, language="en").get(base).content.decode()
    assert "used in the program" in english and "298 of 300 left" in english


def test_ksef_away_shows_what_is_kept(
    connected: Any, browse: Any, owner: Any, base: str, ksef_is_gone: None
) -> None:
    page = browse(owner).get(base).content.decode()
    assert "KSeF tego nie pokazał" in page
    assert all(serial in page for serial in serials(connected).values())


@pytest.fixture
def ksef_is_gone(wire: Any, connected: Any) -> None:
    import httpx2

    wire.rules.append(lambda _request: httpx2.ConnectError("away"))


def test_renewing_by_hand(connected: Any, browse: Any, owner: Any, base: str, worker: Any) -> None:
    before = serials(connected)
    browser = browse(owner)
    answer = browser.post(base + "odnow/offline/", follow=True)
    assert "wniosek o nowy jest w toku" in answer.content.decode()
    settle(worker, connected)
    after = serials(connected)
    assert after["Offline"] != before["Offline"] and after["Authentication"] == before["Authentication"]
    assert "wniosek o nowy jest w toku" not in browser.get(base).content.decode()
    assert StoredCertificate.objects.get(purpose=Purpose.OFFLINE).added_by == owner


def test_a_firm_connected_by_files_asks_for_its_offline_certificate_with_one_click(
    firm: Any, ksef_files: Any, wire: Any, browse: Any, owner: Any, worker: Any
) -> None:
    connect(firm, ksef_files, "Authentication")
    before = serials(firm)
    browser = browse(owner)
    page = browser.get(f"/firmy/{firm.pk}/ustawienia/ksef/offline/").content.decode()
    assert "Poproś KSeF o certyfikat" in page
    answer = browser.post(f"/firmy/{firm.pk}/ustawienia/ksef/certyfikaty/odnow/offline/", follow=True)
    assert "pojawi się na tej liście" in answer.content.decode()
    settle(worker, firm)
    after = serials(firm)
    assert set(after) == {"Authentication", "Offline"} and after["Authentication"] == before["Authentication"]
    assert clients.offline_credential(firm).serial == after["Offline"]


def test_revoking_asks_first_and_disconnects_what_was_used(
    connected: Any, browse: Any, owner: Any, base: str
) -> None:
    serial = serials(connected)["Offline"]
    browser = browse(owner)
    address = f"{base}uniewaznij/{serial}/"
    page = browser.get(address).content.decode()
    assert "Program używa tego certyfikatu" in page and "nie można cofnąć" in page
    assert browser.post(address, {"reason": "Nonsense"}).status_code == 200
    assert "Offline" in serials(connected)
    answer = browser.post(address, {"reason": "KeyCompromise"}, follow=True)
    assert "unieważnił certyfikat" in answer.content.decode()
    assert "Offline" not in serials(connected)
    with clients.client(connected) as client:
        states = {one.serial: one.status for one in client.query_certificates()}
    assert states[serial] in {"Blocked", "Revoked"}  # KSeF does it in a while of its own
    assert browser.get(f"{base}uniewaznij/0123456789ABCDEF/").status_code == 404


def test_a_copy_opens_with_its_own_password_only(connected: Any, browse: Any, owner: Any, base: str) -> None:
    browser = browse(owner)
    address = base + "kopia/authentication/"
    for form, said in (
        ({"password": "krótkie", "repeated": "krótkie"}, "12"),
        ({"password": PASSWORD, "repeated": PASSWORD + "x"}, "różnią"),
    ):
        assert said in browser.post(address, form).content.decode()
    answer = browser.post(address, {"password": PASSWORD, "repeated": PASSWORD})
    assert answer["Cache-Control"] == "no-store" and ".p12" in answer["Content-Disposition"]
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_pkcs12(answer.content, b"another")
    opened = pkcs12.load_pkcs12(answer.content, PASSWORD.encode())
    stored = StoredCertificate.objects.get(purpose=Purpose.AUTHENTICATION)
    assert opened.key is not None and opened.cert is not None
    assert opened.key.public_key() == opened.cert.certificate.public_key()
    assert f"{opened.cert.certificate.serial_number:016X}" == stored.serial


def test_strangers_and_other_roles(connected: Any, browse: Any, stranger: Any, base: str, owner: Any) -> None:
    from liczydlo.companies.models import Membership, Role, User

    viewer = User.objects.create_user("widz@example.com", "Kwiecień-plecień 2026", name="Widz")
    Membership.objects.create(user=viewer, company=connected, role=Role.VIEWER)
    serial = serials(connected)["Offline"]
    assert browse(viewer).get(base).status_code == 200
    assert "Unieważnij" not in browse(viewer).get(base).content.decode()
    for person, status in ((stranger, 404), (viewer, 403)):
        browser = browse(person)
        assert browser.post(base + "odnow/offline/").status_code == status
        for path in (f"uniewaznij/{serial}/", "kopia/offline/"):
            assert browser.get(base + path).status_code == status
            assert browser.post(base + path).status_code == status
    assert browse(stranger).get(base).status_code == 404
    assert len(serials(connected)) == 2
