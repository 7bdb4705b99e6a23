"""What all suites share."""

from __future__ import annotations

import functools
import os
import ssl
from collections.abc import Iterator

import httpcore2
import pytest

from tests.processes import shared_folder


def pytest_configure() -> None:
    """The process that was called makes the folder of the run; its workers inherit the name."""
    shared_folder()


@pytest.fixture(autouse=True, scope="session")
def one_trust_store() -> Iterator[None]:
    """HTTP clients of tests share the system's trust in certificates: reading it costs each 40 ms of processor time,
    and nearly all of them speak plain HTTP to this machine."""
    read = httpcore2.default_ssl_context
    shared = functools.cache(read)

    def context(*, _trust_env: bool = True) -> ssl.SSLContext:
        chosen = _trust_env and ("SSL_CERT_FILE" in os.environ or "SSL_CERT_DIR" in os.environ)
        return read(_trust_env=True) if chosen else shared(_trust_env=False)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore2, "default_ssl_context", context)
        yield
