"""Where a request comes from. Limits, sessions and the audit log all ask this one function."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The caller's IP address, at most 45 characters; empty where the server knows none (a Unix socket).

    Behind ``LICZYDLO_PROXIES`` = n trusted proxies it is the n-th entry of ``X-Forwarded-For`` from the right: each
    proxy appends the address that it was called from, and whatever stands further left the caller wrote. Without
    proxies the header is ignored; with fewer entries than proxies, or an entry that is no address, what counts is
    who opened the connection.
    """
    proxies: int = settings.LICZYDLO_PROXIES
    entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if proxies else []
    forwarded = _address(entries[-proxies]) if 0 < proxies <= len(entries) else ""
    return forwarded or _address(request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str:
    """In its usual form, an IPv4 address inside an IPv6 one as IPv4; empty for what is no address."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(address).partition("%")[0]  # the zone belongs to the server's own network cards
    return str(address)
