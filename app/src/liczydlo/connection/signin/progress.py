"""What the page of progress shows: the stages, and how far the program has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.connection.models import OPEN_STATES, Enrollment, EnrollmentState, Purpose, SignIn, SignInState

Mark = Literal["done", "now", "next", "failed"]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage of signing in, as a line of the list; ``mark`` says whether it is done, under way, ahead or failed."""

    label: str | Promise
    mark: Mark


_LABELS = (
    _("Logowanie do KSeF Twoim podpisem"),
    _("Klucze i wnioski o certyfikaty"),
    _("Certyfikat uwierzytelniający"),
    _("Certyfikat offline"),
    _("Logowanie nowym certyfikatem"),
)


def stages(row: SignIn) -> list[Stage]:
    """All stages, in their order."""
    if row.state == SignInState.DONE:
        return [Stage(label=label, mark="done") for label in _LABELS]
    reached = _reached(row)
    here: Mark = "failed" if row.state == SignInState.FAILED else "now"
    marks: list[Mark] = ["done" if done else "next" for done in reached]
    if False in reached:
        marks[reached.index(False)] = here
    return [Stage(label=label, mark=mark) for label, mark in zip(_LABELS, marks, strict=True)]


def _reached(row: SignIn) -> list[bool]:
    requests: Mapping[str, Enrollment] = {
        request.purpose: request
        for request in Enrollment.objects.of(row.company).filter(
            environment=row.environment, state__in=OPEN_STATES
        )
    }

    def issued(purpose: Purpose) -> bool:
        request = requests.get(purpose)
        return request is not None and request.state == EnrollmentState.ISSUED

    return [
        bool(row.sealed_tokens) or bool(requests),
        len(requests) == len(Purpose),
        issued(Purpose.AUTHENTICATION),
        issued(Purpose.OFFLINE),
        False,
    ]
