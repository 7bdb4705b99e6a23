"""Logging in: the operations under ``/auth`` but the sessions (ksef-docs uwierzytelnianie.md)."""

import base64
import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from .. import problems
from ..emulator import Emulator
from ..faults import Fault
from ..login import token_request
from ..login.token_request import Policy
from ..login.xml import MAX_BYTES
from ..model.access.challenges import BadChallenge
from ..model.access.logins import DECEASED, DESCRIPTIONS, KEPT, WRONG_TOKEN, Login, NoIdentifier, NotProvider
from ..model.access.tokens import Token, TokenType
from ..model.identity.contexts import Context, ContextType
from ..model.time.moments import micros, timestamp
from . import problems_login
from .contract.auth import AllowedIps, InitTokenAuthenticationRequest
from .parameters import Reference
from .security import CurrentEmulator, bearer, client_ip

router = APIRouter(tags=["Uzyskiwanie dostępu"])


async def _bearer(request: Request) -> str:
    """The token, looked at before anything else of a request."""
    return bearer(request)


async def raw(request: Request) -> bytes:
    """The body as it came, whatever its media type says; of one that is too large no more than shows it."""
    body = bytearray()
    async for chunk in request.stream():
        if len(body) <= MAX_BYTES:
            body += chunk
    return bytes(body)


@router.post("/auth/challenge")
def challenge(request: Request, emulator: CurrentEmulator) -> dict[str, Any]:
    issued, moment = emulator.auth.challenges.new()
    return {
        "challenge": issued,
        "timestamp": timestamp(moment),
        "timestampMs": micros(moment) // 1000,
        "clientIp": client_ip(request),
    }


@router.post("/auth/xades-signature", status_code=202)
def begin_with_signature(
    document: Annotated[bytes, Depends(raw)],
    emulator: CurrentEmulator,
    trusted_only: Annotated[bool | None, Query(alias="verifyCertificateChain")] = None,
) -> dict[str, Any]:
    from ..login import signature  # noqa: PLC0415 - signxml takes a twentieth of a start that verifies nothing

    signed = signature.verify(document, sha1=emulator.behaviour.sha1 == "accepted")
    token_document = token_request.read(signed.request)
    if emulator.faults.happens(Fault.SIGNATURE_CONFLICT):
        raise problems.signature_conflict()
    digest = base64.b64encode(hashlib.sha256(document).digest()).decode()
    try:
        begun = emulator.auth.begin(
            token_document, signed.certificate, document_hash=digest, trusted_only=bool(trusted_only)
        )
    except BadChallenge as error:
        raise problems.invalid_challenge() from error
    except NoIdentifier as error:
        raise problems.invalid_certificate("Certyfikat nie zawiera identyfikatora podmiotu.") from error
    except NotProvider as error:
        raise problems_login.invalid_subject() from error
    return _begun(*begun)


@router.post("/auth/ksef-token", status_code=202)
def begin_with_token(body: InitTokenAuthenticationRequest, emulator: CurrentEmulator) -> dict[str, Any]:
    identifier = body.contextIdentifier
    try:
        context = Context(type=ContextType(identifier.type), value=identifier.value)
    except ValueError as error:
        raise problems.invalid_input("contextIdentifier.value: Wartość jest niezgodna ze wzorcem.") from error
    policy = body.authorizationPolicy
    try:
        begun = emulator.auth.begin_with_token(
            body.challenge,
            context,
            base64.b64decode(body.encryptedToken),
            _policy(policy.allowedIps if policy else None),
            body.publicKeyId,
        )
    except BadChallenge as error:
        raise problems.invalid_challenge() from error
    except LookupError as error:
        raise problems.unknown_key(body.publicKeyId or "") from error
    return _begun(*begun)


@router.post("/auth/token/redeem")
def redeem_tokens(request: Request, emulator: CurrentEmulator) -> dict[str, Any]:
    login = _operation(emulator, request, TokenType.OPERATION)
    _good(emulator, login, "Status uwierzytelniania ({}) nie pozwala na pobranie tokenów.")
    tokens = emulator.auth.redeem(login)
    if tokens is None:
        raise problems.not_authorised(
            f"Tokeny dla operacji uwierzytelniania {login.reference} zostały już pobrane."
        )
    return {"accessToken": _token(tokens[0]), "refreshToken": _token(tokens[1])}


@router.post("/auth/token/refresh")
def refresh_token(request: Request, emulator: CurrentEmulator) -> dict[str, Any]:
    login = _operation(emulator, request, TokenType.REFRESH)
    _good(emulator, login, "Status uwierzytelnienia ({}) nie pozwala na odświeżenie tokenu dostępowego.")
    return {"accessToken": _token(emulator.auth.refresh(login))}


def _good(emulator: Emulator, login: Login, text: str) -> None:
    """Raises problems 21301, with the login's code in the ``text`` unless its token was revoked, and 21308."""
    code = emulator.verdicts.now(login)
    if login.code == 200 and code == WRONG_TOKEN:
        raise problems.not_authorised("Token KSeF został unieważniony.")
    if code == DECEASED[0]:
        raise problems_login.of_the_deceased()
    if code != 200:
        raise problems.not_authorised(text.format(code))


def _operation(emulator: Emulator, request: Request, kind: TokenType) -> Login:
    """The login that a token of this kind belongs to. Raises problems 401 and 21304."""
    claims = emulator.auth.tokens.read(bearer(request), kind)
    if claims is None:
        raise problems.unauthorized()
    login = emulator.auth.poll(claims["arn"])
    if login is None:
        raise problems.no_such_authentication(claims["arn"])
    return login


@router.get("/auth/{referenceNumber}")
def authentication_status(
    reference: Reference, token: Annotated[str, Depends(_bearer)], emulator: CurrentEmulator
) -> dict[str, Any]:
    claims = emulator.auth.tokens.read(token, TokenType.OPERATION, expired=True)
    login = emulator.auth.login(claims["arn"]) if claims else None
    if login is not None and login.reference == reference and emulator.clock.now() - login.started > KEPT:
        raise problems.gone("Operacja uwierzytelniania nie jest już dostępna.")
    if emulator.auth.tokens.read(token, TokenType.OPERATION) is None:
        raise problems.unauthorized()
    if login is None or login.reference != reference:
        raise problems.no_such_authentication(reference)
    login = emulator.auth.poll(reference) or login
    return login_status(login)


def login_status(login: Login) -> dict[str, Any]:
    """``AuthenticationOperationStatusResponse``."""
    status: dict[str, Any] = {"code": login.code, "description": DESCRIPTIONS[login.code]}
    if login.detail:
        status["details"] = [login.detail]
    answer: dict[str, Any] = {
        "startDate": timestamp(login.started),
        "authenticationMethod": login.method,
        "authenticationMethodInfo": {
            "category": login.method.category,
            "code": login.method.code,
            "displayName": login.method.display_name,
        },
        "status": status,
        "isTokenRedeemed": login.redeemed is not None,
    }
    if login.refreshed is not None:
        answer["lastTokenRefreshDate"] = timestamp(login.refreshed)
    if login.refresh_until is not None:
        answer["refreshTokenValidUntil"] = timestamp(login.refresh_until)
    return answer


def _begun(login: Login, token: Token) -> dict[str, Any]:
    return {"referenceNumber": login.reference, "authenticationToken": _token(token)}


def _token(token: Token) -> dict[str, Any]:
    return {"token": token.text, "validUntil": timestamp(token.valid_until)}


def _policy(allowed: AllowedIps | None) -> Policy:
    if allowed is None:
        return Policy()
    return Policy(
        addresses=tuple(allowed.ip4Addresses or ()),
        ranges=tuple(allowed.ip4Ranges or ()),
        masks=tuple(allowed.ip4Masks or ()),
    )
