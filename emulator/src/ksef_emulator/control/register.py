"""What the stand-in for the REGON register answers with: a break, a captcha, sessions that end at once."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from ..api.security import CurrentEmulator
from ..public_services.register import IDLE, State


class StateBody(BaseModel):
    """StatusUslugi, KomunikatKod of every search, and after how many seconds a session that is not used is over."""

    model_config = ConfigDict(extra="forbid")

    status: Annotated[int, Field(ge=0, le=2)] = 1
    message: Annotated[int, Field(ge=0, le=7)] = 0
    idle: Annotated[int, Field(ge=0)] = int(IDLE.total_seconds())


router = APIRouter(prefix="/gus", tags=["GUS"])


@router.put("/state", status_code=204)
def put(emulator: CurrentEmulator, body: StateBody) -> None:
    """Let the service be as this says, until a reset."""
    emulator.register.state = State(
        status=body.status, message=body.message, idle=timedelta(seconds=body.idle)
    )
