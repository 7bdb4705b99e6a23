"""What the stand-in for Biała lista says: payers with their accounts, limits of a day, an update under way."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from ..api.security import CurrentEmulator
from ..public_services.payers import CHECKS, SEARCHES, Limits, Payer

_Nip = Annotated[str, Path(pattern=r"^[0-9]{10}$")]
_Account = Annotated[str, Field(pattern=r"^[0-9]{26}$")]
_Mask = Annotated[str, Field(pattern=r"^[0-9X]{26}$")]


class PayerBody(BaseModel):
    """A payer; ``masks`` are of virtual accounts, X for any digit."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=512)] = "Firma Zmyślona"
    status: Annotated[str, Field(pattern="^(Czynny|Zwolniony|Niezarejestrowany)$")] = "Czynny"
    accounts: list[_Account] = []
    masks: list[_Mask] = []


class LimitsBody(BaseModel):
    """Requests in a day of one address, and whether the list is being updated (WL-195 to everybody)."""

    model_config = ConfigDict(extra="forbid")

    search: Annotated[int, Field(ge=0)] = SEARCHES
    check: Annotated[int, Field(ge=0)] = CHECKS
    updating: bool = False


router = APIRouter(prefix="/white-list", tags=["Biała lista"])


@router.put("/payers/{nip}", status_code=204)
def put(emulator: CurrentEmulator, nip: _Nip, body: PayerBody) -> None:
    """Let the list know a payer, or say something else of one."""
    emulator.payers.put(
        Payer(
            nip=nip,
            name=body.name,
            status=body.status,
            accounts=tuple(body.accounts),
            masks=tuple(body.masks),
        )
    )


@router.put("/limits", status_code=204)
def limits(emulator: CurrentEmulator, body: LimitsBody) -> None:
    """Allow so many requests a day, or say that the list is being updated."""
    emulator.payers.limits = Limits(**body.model_dump())
