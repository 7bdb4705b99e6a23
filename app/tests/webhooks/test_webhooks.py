"""Webhooks: signed requests to a real HTTP server, tried again, never to addresses inside."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.audit.models import Entry
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.purchases import reading
from liczydlo.web import times
from liczydlo.webhooks import delivering, requests, services
from liczydlo.webhooks.models import Delivery, Endpoint

from app.tests.purchases.test_pages import bought, text_of

pytestmark = pytest.mark.django_db


class Receiver:
    """Another program's HTTP server: what was posted to it; ``status`` is what it answers."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.status, self.location = 204, ""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, dict(self.headers.items()), body))
                self.send_response(receiver.status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/ksef?a=1"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.LICZYDLO_WEBHOOKS_INSIDE = True
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def address(name: str, company: Any, *arguments: Any) -> str:
    return reverse(f"webhooks:{name}", args=[company.pk, *arguments])


def deliver(company: Any, moment: dt.datetime | None = None) -> Job:
    job = Job.objects.get(company=company, name=services.DELIVER)
    registry.run(job.pk, clock=lambda: moment or times.now())
    job.refresh_from_db()
    return job


def add(client: Client, company: Any, url: str) -> str:
    """Adds an endpoint as the owner does; its secret."""
    page = client.post(address("page", company), {"url": url})
    secret: str = page.context["secret"]
    return secret


def test_a_new_purchase_is_posted_and_signed(ala: Client, company: Any, receiver: Receiver) -> None:
    secret = add(ala, company, receiver.url)
    row = bought(company, number="D/1", payment_due=dt.date(2026, 12, 9))
    registry.enqueue(company.pk, reading.READ_JOB)
    registry.run(Job.objects.get(company=company, name=reading.READ_JOB).pk)
    deliver(company)
    ((path, headers, body),) = receiver.got
    assert path == "/ksef?a=1"
    said = json.loads(body)
    assert said["event"] == headers["X-Liczydlo-Event"] == "purchase.received"
    assert (said["data"]["number"], said["data"]["gross"]) == ("D/1", "177.00")
    assert said["data"]["ksef_number"] == row.entry.ksef_number
    signed = f"{headers['X-Liczydlo-Timestamp']}.".encode() + body
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Liczydlo-Signature"] == f"v1={expected}"
    delivery = Delivery.objects.of(company).get()
    assert (delivery.state, delivery.status, headers["X-Liczydlo-Delivery"]) == (
        "delivered",
        204,
        str(delivery.pk),
    )
    registry.enqueue(company.pk, services.DELIVER)
    deliver(company)
    assert len(receiver.got) == 1


def test_the_secret_is_shown_once_and_sealed(ala: Client, company: Any, receiver: Receiver) -> None:
    page = ala.post(address("page", company), {"url": receiver.url})
    secret = page.context["secret"]
    assert secret in text_of(page) and page["Cache-Control"] == "no-store"
    assert secret not in text_of(ala.get(address("page", company)))
    endpoint = Endpoint.objects.of(company).get()
    assert secret.encode() not in bytes(endpoint.sealed_secret)
    assert delivering.secret_of(endpoint) == secret
    entry = Entry.objects.of(company).get()
    assert entry.action == "webhook-added" and secret not in json.dumps(entry.details)


def test_what_is_refused_is_tried_again_with_growing_pauses_and_given_up(
    ala: Client, company: Any, receiver: Receiver
) -> None:
    add(ala, company, receiver.url)
    receiver.status = 500
    ala.post(address("ping", company))
    moment, pauses = times.now(), []
    for _ in range(delivering.ATTEMPTS):
        job = deliver(company, moment)
        if job.due_at is not None:
            row = Delivery.objects.get()
            pauses.append(row.next_at - moment)
            moment = row.next_at
            Job.objects.update(due_at=moment)
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.status, row.error) == ("failed", delivering.ATTEMPTS, 500, "refused")
    assert pauses[:3] == [dt.timedelta(minutes=one) for one in (1, 2, 4)] and pauses[-1] == delivering.LONGEST
    assert len({body for _, _, body in receiver.got}) == 1
    assert "Odbiorca odpowiedział błędem" in text_of(ala.get(address("page", company)))
    receiver.status = 200
    ala.post(address("again", company, row.pk))
    deliver(company, times.now())
    row.refresh_from_db()
    assert row.state == "delivered"


def test_a_redirect_is_not_followed(ala: Client, company: Any, receiver: Receiver) -> None:
    add(ala, company, receiver.url)
    receiver.status, receiver.location = 307, receiver.url
    ala.post(address("ping", company))
    deliver(company)
    assert len(receiver.got) == 1
    assert Delivery.objects.get().error == "redirect"


def test_one_endpoint_that_is_away_holds_up_no_other(ala: Client, company: Any, receiver: Receiver) -> None:
    add(ala, company, "http://127.0.0.1:9/")
    add(ala, company, receiver.url)
    for _ in range(2):
        ala.post(address("ping", company))
    deliver(company)
    assert len(receiver.got) == 2
    away = Delivery.objects.filter(endpoint__url="http://127.0.0.1:9/").order_by("id")
    assert [(row.attempts, row.error) for row in away] == [(1, "connection"), (0, "")]
    # nor is it asked more often for having more to get
    now = times.now()
    away.update(next_at=now)
    away.filter(attempts=1).update(attempts=4)
    Job.objects.update(due_at=now)
    deliver(company, now)
    assert [row.next_at - now for row in away.all()] == [dt.timedelta(minutes=16)] * 2
    assert [row.attempts for row in away.all()] == [5, 0]


def test_a_moment_of_a_clock_that_jumped_holds_nothing_back(
    ala: Client, company: Any, receiver: Receiver
) -> None:
    add(ala, company, receiver.url)
    ala.post(address("ping", company))
    Delivery.objects.update(next_at=times.now() + dt.timedelta(days=365))
    deliver(company)
    assert Delivery.objects.get().state == "delivered"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://93.184.216.34/", "scheme"),
        ("ftp://93.184.216.34/", "scheme"),
        ("https://user:password@93.184.216.34/", "address"),
        ("https://", "address"),
        ("https://93.184.216.34:99999/", "address"),
        ("https://127.0.0.1/", "inside"),
        ("https://localhost/", "inside"),
        ("https://10.1.2.3/", "inside"),
        ("https://192.168.0.1/", "inside"),
        ("https://169.254.169.254/latest/meta-data/", "inside"),
        ("https://100.64.0.1/", "inside"),
        ("https://0.0.0.0/", "inside"),
        ("https://2130706433/", "inside"),
        ("https://0x7f.1/", "inside"),
        ("https://[::1]/", "inside"),
        ("https://[::ffff:127.0.0.1]/", "inside"),
        ("https://[fd00::1]/", "inside"),
        ("https://[64:ff9b::7f00:1]/", "inside"),
        ("https://[2002:7f00:1::]/", "inside"),
        ("https://224.0.0.1/", "inside"),
        ("https://nie-ma.invalid/", "unknown-host"),
    ],
)
def test_nothing_is_sent_inside(ala: Client, company: Any, url: str, code: str) -> None:
    with pytest.raises(services.NotAdded) as caught:
        services.add(company, url, None)  # type: ignore[arg-type]
    assert caught.value.code == code
    answer = requests.post(url, "s", b"{}", event="ping", delivery=1, timestamp=1)
    assert (answer.status, answer.error) == (None, code)
    page = ala.post(address("page", company), {"url": url})
    assert page.context["secret"] is None and page.context["form"].errors["url"]
    assert not Endpoint.objects.exists()


def test_a_name_that_leads_inside_later_is_not_followed(
    ala: Client, company: Any, receiver: Receiver, settings: Any
) -> None:
    add(ala, company, receiver.url)
    settings.LICZYDLO_WEBHOOKS_INSIDE = False
    ala.post(address("ping", company))
    deliver(company)
    assert receiver.got == [] and Delivery.objects.get().error == "scheme"


def test_an_answer_by_drops_holds_nobody(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LICZYDLO_WEBHOOKS_INSIDE = True
    monkeypatch.setattr(requests, "LONGEST", 0.2)
    over = threading.Event()

    def drip(listener: socket.socket) -> None:
        connection, _address = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(100):
                connection.sendall(b"x")
                if over.wait(0.05):
                    return
            connection.sendall(b"\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=[listener], daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        answer = requests.post(url, "secret", b"{}", event="e", delivery=1, timestamp=1)
        over.set()
    assert (answer.status, answer.error) == (None, "connection")


def test_the_number_of_addresses_is_limited(ala: Client, company: Any, receiver: Receiver) -> None:
    for at in range(services.MOST):
        assert add(ala, company, f"{receiver.url}&n={at}")
    assert add(ala, company, f"{receiver.url}&n=x") is None
    assert Endpoint.objects.count() == services.MOST


def test_a_removed_address_gets_nothing(ala: Client, company: Any, receiver: Receiver) -> None:
    add(ala, company, receiver.url)
    ala.post(address("ping", company))
    ala.post(address("remove", company, Endpoint.objects.get().pk))
    deliver(company)
    assert receiver.got == [] and not Delivery.objects.exists()
    assert Entry.objects.of(company).first().action in ("webhook-removed", "webhook-added")


def test_owners_only(
    ala: Client, company: Any, member: Any, stranger: Any, browse: Any, receiver: Receiver
) -> None:
    add(ala, company, receiver.url)
    endpoint = Endpoint.objects.get()
    for person, status in ((member("accountant"), 403), (member("viewer"), 403), (stranger, 404)):
        client = browse(person)
        assert client.get(address("page", company)).status_code == status
        assert client.post(address("page", company), {"url": receiver.url + "&b"}).status_code == status
        assert client.post(address("ping", company)).status_code == status
        assert client.post(address("remove", company, endpoint.pk)).status_code == status
    theirs = stranger.companies.get()
    assert browse(stranger).post(address("remove", theirs, endpoint.pk)).status_code == 404
    assert Endpoint.objects.count() == 1 and not Delivery.objects.exists()
