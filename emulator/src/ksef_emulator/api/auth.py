"""Logging in and the active sessions: the operations under ``/auth`` (ksef-docs uwierzytelnianie.md, auth/sesje.md)."""

import base64
import hashlib
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from .. import problems
from ..login import signature, token_request
from ..model.auth import DESCRIPTIONS, KEPT, BadChallenge, Login, NoIdentifier, Principal
from ..model.moments import micros
from ..model.tokens import Token, TokenType
from .paging import HEADER, decode, encode
from .present import timestamp
from .security import authenticated, bearer, client_ip

if TYPE_CHECKING:
    from ..emulator import Emulator


def router(emulator: "Emulator") -> APIRouter:
    """The operations."""
    api = APIRouter()
    auth = emulator.auth
    caller = authenticated(emulator)
    Caller = Annotated[Principal, Depends(caller)]  # noqa: N806 - a type

    @api.post("/auth/challenge", tags=["Uzyskiwanie dostępu"])
    def challenge(request: Request) -> dict[str, Any]:
        made, moment = auth.challenge()
        return {
            "challenge": made,
            "timestamp": timestamp(moment),
            "timestampMs": micros(moment) // 1000,
            "clientIp": client_ip(request),
        }

    @api.post("/auth/xades-signature", status_code=202, tags=["Uzyskiwanie dostępu"])
    def xades_signature(
        document: Annotated[bytes, Depends(raw)],
        trusted_only: Annotated[bool, Query(alias="verifyCertificateChain")] = False,
    ) -> dict[str, Any]:
        signed = signature.verify(document)
        wanted = token_request.read(signed.request)
        digest = base64.b64encode(hashlib.sha256(document).digest()).decode()
        try:
            login, token = auth.begin(
                wanted, signed.certificate, document_hash=digest, trusted_only=trusted_only
            )
        except BadChallenge as error:
            raise problems.invalid_challenge() from error
        except NoIdentifier as error:
            raise problems.invalid_certificate("Certyfikat nie zawiera identyfikatora podmiotu.") from error
        return {"referenceNumber": login.reference, "authenticationToken": _token(token)}

    @api.post("/auth/token/redeem", tags=["Uzyskiwanie dostępu"])
    def redeem(request: Request) -> dict[str, Any]:
        login = _operation(request, TokenType.OPERATION)
        if login.code != 200:
            raise problems.not_authorised(
                f"Status uwierzytelniania ({login.code}) nie pozwala na pobranie tokenów."
            )
        tokens = auth.redeem(login)
        if tokens is None:
            raise problems.not_authorised(
                f"Tokeny dla operacji uwierzytelniania {login.reference} zostały już pobrane."
            )
        return {"accessToken": _token(tokens[0]), "refreshToken": _token(tokens[1])}

    @api.post("/auth/token/refresh", tags=["Uzyskiwanie dostępu"])
    def refresh(request: Request) -> dict[str, Any]:
        login = _operation(request, TokenType.REFRESH)
        if login.code != 200:
            raise problems.not_authorised(
                f"Status uwierzytelniania ({login.code}) nie pozwala na odświeżenie tokenu dostępowego."
            )
        access = auth.refresh(login)
        if access is None:
            raise problems.not_authorised(
                "Status uwierzytelniania (415) nie pozwala na odświeżenie tokenu dostępowego."
            )
        return {"accessToken": _token(access)}

    def _operation(request: Request, kind: TokenType) -> Login:
        """The login that a token of this kind belongs to. Raises problems 401 and 21304."""
        claims = auth.tokens.read(bearer(request), kind)
        if claims is None:
            raise problems.unauthorized("Token jest nieprawidłowy lub utracił ważność.")
        ref = claims["operation-reference-number"]
        login = auth.poll(ref)
        if login is None:
            raise problems.no_such_authentication(ref)
        return login

    @api.get("/auth/sessions", tags=["Aktywne sesje"])
    def sessions(
        principal: Caller,
        size: Annotated[int, Query(alias="pageSize", ge=10, le=100)] = 10,
        continuation: Annotated[str | None, Header(alias=HEADER)] = None,
    ) -> dict[str, Any]:
        start = decode(continuation) if continuation else 0
        if not isinstance(start, int) or start < 0:
            raise problems.invalid_continuation()
        everything = auth.active(principal)
        page = everything[start : start + size]
        more = start + size < len(everything)
        return {
            "continuationToken": encode(start + size) if more else None,
            "items": [_item(login, current=login.reference == principal.login) for login in page],
        }

    @api.delete("/auth/sessions/current", status_code=204, tags=["Aktywne sesje"])
    def end_current(request: Request) -> Response:
        renewing = auth.tokens.read(bearer(request), TokenType.REFRESH)
        auth.revoke(renewing["operation-reference-number"] if renewing else caller(request).login)
        return Response(status_code=204)

    @api.delete("/auth/sessions/{reference}", status_code=204, tags=["Aktywne sesje"])
    def end(reference: str, principal: Caller) -> Response:
        if len(reference) != 36:
            raise problems.invalid_input("Numer referencyjny musi mieć 36 znaków.")
        if reference not in {login.reference for login in auth.active(principal)}:
            raise problems.no_access_to_resource()
        auth.revoke(reference)
        return Response(status_code=204)

    @api.get("/auth/{reference}", tags=["Uzyskiwanie dostępu"])
    def status(reference: str, request: Request) -> dict[str, Any]:
        claims = auth.tokens.read(bearer(request), TokenType.OPERATION)
        if claims is None:
            raise problems.unauthorized("Token jest nieprawidłowy lub utracił ważność.")
        if claims["operation-reference-number"] != reference:
            raise problems.no_such_authentication(reference)
        login = auth.poll(reference)
        if login is None:
            raise problems.no_such_authentication(reference)
        if emulator.clock.now() - login.started > KEPT:
            raise problems.gone("Operacja uwierzytelniania nie jest już dostępna.")
        return _status(login)

    return api


async def raw(request: Request) -> bytes:
    """The body as it came; whatever its media type says."""
    return await request.body()


def _token(token: Token) -> dict[str, Any]:
    return {"token": token.text, "validUntil": timestamp(token.valid_until)}


def _status(login: Login) -> dict[str, Any]:
    status: dict[str, Any] = {"code": login.code, "description": DESCRIPTIONS[login.code]}
    if login.detail:
        status["details"] = [login.detail]
    found: dict[str, Any] = {
        "startDate": timestamp(login.started),
        "authenticationMethod": login.method,
        "authenticationMethodInfo": {
            "category": "XadesSignature",
            "code": login.method.code,
            "displayName": login.method.display_name,
        },
        "status": status,
        "isTokenRedeemed": login.redeemed is not None,
    }
    if login.refreshed is not None:
        found["lastTokenRefreshDate"] = timestamp(login.refreshed)
    if login.refresh_until is not None:
        found["refreshTokenValidUntil"] = timestamp(login.refresh_until)
    return found


def _item(login: Login, *, current: bool) -> dict[str, Any]:
    return {"referenceNumber": login.reference, "isCurrent": current, **_status(login)}
