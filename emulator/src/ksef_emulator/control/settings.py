"""Small settings of the running emulator: progress of asynchronous work, the warning in every answer, the lag
of the high water mark, rate limits."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from ..api.security import CurrentEmulator
from ..config import Answers, Sha1
from ..model.limits.rates import Profile
from ..model.time.progress import Progress, cap_delays
from ..pages.model_forms import Choices, Label
from ..pages.words import Both

if TYPE_CHECKING:
    from ..emulator import Emulator


PROFILES: dict[Profile, Both] = {
    "off": ("bez limitów", "no limits"),
    "test": ("jak na TEST (10 × produkcja)", "as on TEST (10 × production)"),
    "production": ("jak na produkcji", "as in production"),
}


class ProgressSetting(BaseModel):
    """When asynchronous work shows as done: when it was asked about ``polls`` times and ``seconds`` of the emulator's
    clock have passed. Both 0 is at once."""

    model_config = ConfigDict(extra="forbid")

    polls: Annotated[int, Field(ge=0, le=1000), Label("Po ilu zapytaniach", "After how many questions")] = 0
    seconds: Annotated[
        float,
        Field(ge=0, le=86_400, allow_inf_nan=False),
        Label("Po ilu sekundach zegara emulatora", "After how many seconds of the emulator's clock"),
    ] = 0.0


class WarningText(BaseModel):
    """The text of ``X-System-Warning`` in every answer of the public port; null is no such header. Diacritics are
    left out, as KSeF does."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[
        str | None,
        Field(max_length=1000),
        Label(
            "Tekst w każdej odpowiedzi",
            "Text in every answer",
            (
                "Puste: bez nagłówka. Polskie znaki znikają, jak w KSeF.",
                "Empty: no such header. Diacritics are left out, as KSeF does.",
            ),
        ),
    ]


class RateLimitProfile(BaseModel):
    """``off``: nobody is limited; ``production``: as there; ``test``: ten times as much."""

    model_config = ConfigDict(extra="forbid")

    profile: Annotated[Profile, Label("Profil", "Profile"), Choices(PROFILES, radio=True)]


class BehaviourSetting(BaseModel):
    """``answers``: ``live`` as the live system gives them, or ``documented`` as the OpenAPI describes them. ``sha1``:
    whether signatures of logins with SHA-1 are ``accepted``, as the guide says, or ``refused``, as production does."""

    model_config = ConfigDict(extra="forbid")

    answers: Answers
    sha1: Sha1


class HighWaterMark(BaseModel):
    """``lag``, in seconds: how long after its date of permanent storage an invoice may take to show, and how far the
    mark stays behind now."""

    model_config = ConfigDict(extra="forbid")

    lag: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False), Label("Sekundy", "Seconds")]


class HighWaterMarkNow(HighWaterMark):
    """With the mark itself: ``permanentStorageHwmDate``."""

    mark: datetime


router = APIRouter(tags=["Ustawienia"])


@router.get("/progress")
def progress(emulator: CurrentEmulator) -> ProgressSetting:
    """How fast asynchronous work shows as done: logins, certificates, documents, sessions, exports."""
    return ProgressSetting(polls=emulator.progress.polls, seconds=emulator.progress.seconds)


@router.put("/progress")
def set_progress(emulator: CurrentEmulator, body: ProgressSetting) -> ProgressSetting:
    """From now on. Work that is under way takes no longer than this, either; what is stuck by a fault stays so."""
    use_progress(emulator, body)
    return body


@router.get("/warning")
def warning(emulator: CurrentEmulator) -> WarningText:
    """The warning that every answer carries."""
    return WarningText(text=emulator.warning)


@router.put("/warning")
def set_warning(emulator: CurrentEmulator, body: WarningText) -> WarningText:
    """Let every answer carry it; a request's own ``X-Test-System-Warning`` wins."""
    use_warning(emulator, body)
    return WarningText(text=emulator.warning)


def mark_now(emulator: "Emulator") -> HighWaterMarkNow:
    metadata = emulator.metadata
    return HighWaterMarkNow(lag=metadata.lag.total_seconds(), mark=metadata.mark())


@router.get("/behaviour")
def behaviour(emulator: CurrentEmulator) -> BehaviourSetting:
    """Which way it takes where the live system and its documentation differ."""
    return BehaviourSetting(answers=emulator.behaviour.answers, sha1=emulator.behaviour.sha1)


@router.put("/behaviour")
def set_behaviour(emulator: CurrentEmulator, body: BehaviourSetting) -> BehaviourSetting:
    """From now on, until a reset."""
    emulator.behaviour.answers, emulator.behaviour.sha1 = body.answers, body.sha1
    return body


@router.get("/high-water-mark")
def high_water_mark(emulator: CurrentEmulator) -> HighWaterMarkNow:
    """How far permanent storage is behind."""
    return mark_now(emulator)


@router.put("/high-water-mark")
def set_high_water_mark(emulator: CurrentEmulator, body: HighWaterMark) -> HighWaterMarkNow:
    """From now on; the mark itself never goes back."""
    use_lag(emulator, body)
    return mark_now(emulator)


@router.get("/rate-limits")
def rate_limits(emulator: CurrentEmulator) -> RateLimitProfile:
    """How many requests are let in."""
    return RateLimitProfile(profile=emulator.rate_limits.profile)


@router.put("/rate-limits")
def set_rate_limits(emulator: CurrentEmulator, body: RateLimitProfile) -> RateLimitProfile:
    """From now on, for every context whose own were not changed by ``/testdata/rate-limits``."""
    use_profile(emulator, body)
    return body


def use_progress(emulator: "Emulator", body: ProgressSetting) -> None:
    """From now on, for work under way too."""
    emulator.progress.set(Progress(polls=body.polls, seconds=body.seconds))
    cap_delays(emulator.store, emulator.progress, emulator.clock.now())


def use_profile(emulator: "Emulator", body: RateLimitProfile) -> None:
    """From now on; nobody has asked anything yet."""
    emulator.rate_limits.use(body.profile)
    emulator.limiter.forget()


def use_warning(emulator: "Emulator", body: WarningText) -> None:
    """From the next answer on."""
    emulator.warning = body.text or None


def use_lag(emulator: "Emulator", body: HighWaterMark) -> None:
    emulator.metadata.lag = timedelta(seconds=body.lag)
