"""Bodies that set limits, read as leniently and as strictly as the live system reads them.

Clients that were written before the youngest members set limits too, and are let: what they leave out stays as it is in
force. Every wrong number is named beside everything else that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import InitErrorDetails, PydanticCustomError

from ..model.limits.rates import OPEN_TO_CHANGE, TEST
from .contract.limits import (
    ApiRateLimitValuesOverride,
    CollectiveIdentifierContextLimitsOverride,
    SetRateLimitsRequest,
    SetSessionLimitsRequest,
)

SAME_RATES = ApiRateLimitValuesOverride.model_construct(perSecond=0, perMinute=0, perHour=0)
SAME_COLLECTIVE = CollectiveIdentifierContextLimitsOverride.model_construct(maxInvoices=0)
"""Stand for a member that is left out: what is in force stays."""
_WINDOWS = {"perSecond": "per_second", "perMinute": "per_minute", "perHour": "per_hour"}


def _filled(body: Any, **members: BaseModel) -> Any:
    """With these members where they are null or not there."""
    if not isinstance(body, dict):
        return body
    there = {key.lower(): value for key, value in body.items() if value is not None}
    absent = {name: member for name, member in members.items() if name.lower() not in there}
    return {**there, **absent} if absent else body


def _member(body: Any, name: str) -> Any:
    """A member by its name in any letters; None when it is not there."""
    if not isinstance(body, dict):
        return None
    return next((value for key, value in body.items() if key.lower() == name.lower()), None)


def _sessions(body: Any) -> Any:
    return _filled(body, collectiveIdentifier=SAME_COLLECTIVE)


def _rates(body: Any, handler: ValidatorFunctionWrapHandler) -> SetRateLimitsRequest:
    rates = _member(body, "rateLimits")
    filled = _filled(rates, invoiceExportStatus=SAME_RATES, collectiveIdentifier=SAME_RATES)
    errors = list(_out_of_bounds(filled))
    request: SetRateLimitsRequest | None = None
    try:
        request = handler({"rateLimits": filled} if rates is not None else body)
    except ValidationError as error:
        errors = [_again(item) for item in error.errors()] + errors
    if request is None or errors:
        raise ValidationError.from_exception_data("SetRateLimitsRequest", errors)
    return request


def _out_of_bounds(rates: Any) -> Iterator[InitErrorDetails]:
    """A line for every number that is below one or above TEST's."""
    for group in OPEN_TO_CHANGE:
        value = _member(rates, group)
        for window, name in _WINDOWS.items():
            number, most = _member(value, window), getattr(TEST[group], name)
            if isinstance(number, int) and not isinstance(number, bool) and not 1 <= number <= most:
                text = f"'rateLimits.{group}.{window}' must be between 1 and {most}. You entered {number}."
                yield InitErrorDetails(
                    type=PydanticCustomError("rate_out_of_bounds", "{text}", {"text": text}),
                    loc=("rateLimits", group, window),
                    input=number,
                )


def _again(error: Any) -> InitErrorDetails:
    kind = PydanticCustomError(error["type"], "{text}", {"text": error["msg"], **error.get("ctx", {})})
    return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"])


SessionLimitsBody = Annotated[SetSessionLimitsRequest, BeforeValidator(_sessions)]
RateLimitsBody = Annotated[SetRateLimitsRequest, WrapValidator(_rates)]
