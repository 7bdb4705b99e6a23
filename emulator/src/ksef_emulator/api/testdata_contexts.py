"""Test data about logins: contexts that nobody may log in to."""

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from .. import problems
from ..model.identity.contexts import Context, ContextType
from .wire.testdata import (
    BlockContextAuthenticationRequest,
    TestDataAuthenticationContextIdentifier,
    UnblockContextAuthenticationRequest,
)

if TYPE_CHECKING:
    from ..emulator import Emulator


def router(emulator: "Emulator") -> APIRouter:
    """The operations."""
    api = APIRouter(prefix="/testdata/context", tags=["Dane testowe"])

    @api.post("/block")
    def block(body: BlockContextAuthenticationRequest) -> dict[str, Any]:
        emulator.verdicts.block(_context(body.contextIdentifier))
        return {}

    @api.post("/unblock")
    def unblock(body: UnblockContextAuthenticationRequest) -> dict[str, Any]:
        emulator.verdicts.unblock(_context(body.contextIdentifier))
        return {}

    return api


def _context(given: TestDataAuthenticationContextIdentifier | None) -> Context:
    if given is None:
        raise problems.invalid_input("contextIdentifier: Pole jest wymagane.")
    try:
        return Context(type=ContextType(given.type), value=given.value)
    except ValueError as error:
        raise problems.invalid_input("contextIdentifier.value: Wartość jest niezgodna ze wzorcem.") from error
