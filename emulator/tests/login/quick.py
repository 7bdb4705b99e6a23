"""A login at less cost than life, for tests that are about something else."""

from __future__ import annotations

import base64
import hashlib

from ksef_emulator.login.token_request import Policy, TokenRequest
from ksef_emulator.model.identity.contexts import Context, ContextType

from .conftest import Door, Identity


def let_in(door: Door, identity: Identity, context: tuple[str, str]) -> tuple[str, str]:
    """The access and the refresh token that ``door.tokens`` gives, without a signed document and four requests: the
    steps of ``/auth`` are called in the emulator. `test_quick` holds the two against each other."""
    auth = door.emulator.auth
    challenge, _ = auth.challenges.new()
    where = Context(type=ContextType(context[0]), value=context[1])
    asked = TokenRequest(challenge=challenge, context=where, by_fingerprint=False, policy=Policy())
    digest = base64.b64encode(hashlib.sha256(challenge.encode()).digest()).decode()
    begun, _ = auth.begin(asked, identity.certificate, document_hash=digest)
    login = auth.poll(begun.reference)
    assert login.code == 200, login
    access, refresh = auth.redeem(login)
    return access.text, refresh.text
