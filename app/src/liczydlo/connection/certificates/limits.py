"""A limit that is used up: which, and when there is room again (guide ``limity/limity.md``)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from liczydlo import ksef
from liczydlo.web.reasons import Reason


def used_up(limits: ksef.CertificateLimits, certificates: Iterable[ksef.CertificateInfo]) -> Reason | None:
    """Why KSeF takes no more requests, with the day that it will; None while it does.

    The limit of valid certificates has room again when the first of ``certificates`` ends. KSeF does not tell when
    that of requests has; the Ministry raises it when asked to.
    """
    if limits.can_request:
        return None
    if limits.certificate.remaining <= 0:
        return _certificates(limits.certificate.limit, certificates)
    return Reason(
        code="request-limit",
        pl=f"KSeF nie przyjmie kolejnego wniosku o certyfikat: limit jest wykorzystany (wniosków może być"
        f" {limits.enrollment.limit}). KSeF nie podaje dnia, w którym się zwolni; Ministerstwo podnosi go na"
        " uzasadniony wniosek. Certyfikat, który już jest, działa dalej.",
        en=f"KSeF will take no further certificate request: the limit is used up (there may be"
        f" {limits.enrollment.limit} requests). KSeF does not say when it has room again; the Ministry raises it on a"
        " justified request. A certificate that there is goes on working.",
    )


def _certificates(limit: int, certificates: Iterable[ksef.CertificateInfo]) -> Reason:
    ends = [one.valid_to for one in certificates if one.status == "Active"]
    day = f"{timezone.localtime(min(ends)):%d.%m.%Y}" if ends else ""
    return Reason(
        code="certificate-limit",
        pl=f"KSeF nie wyda kolejnego certyfikatu: limit jest wykorzystany (czynnych certyfikatów może być {limit})."
        + (f" Miejsce zwolni się samo {day}, gdy wygaśnie pierwszy z nich." if day else "")
        + " Od razu zwolni je unieważnienie certyfikatu, którego już nie używasz.",
        en=f"KSeF will not issue another certificate: the limit is used up (there may be {limit} valid certificates)."
        + (f" There will be room on {day}, when the first of them ends." if day else "")
        + " Revoking one that is no longer used makes room at once.",
    )
