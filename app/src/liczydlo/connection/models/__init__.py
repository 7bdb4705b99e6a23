"""The tables of a company's connection with KSeF."""

from __future__ import annotations

from liczydlo.connection.models.changes import OPEN_CHANGES, ChangeKind, ChangeState, RemoteChange
from liczydlo.connection.models.clock import KsefClock
from liczydlo.connection.models.credentials import (
    SOON,
    VOID,
    KsefLogin,
    Purpose,
    RefusedLogin,
    StoredCertificate,
    StoredToken,
)
from liczydlo.connection.models.enrollment import OPEN_STATES, Enrollment, EnrollmentState, ExpiryNotice
from liczydlo.connection.models.limits import KsefLimits
from liczydlo.connection.models.passphrase import Passphrase, Tries, passphrase_of, wrap_key
from liczydlo.connection.models.readiness import ReadinessReport
from liczydlo.connection.models.signin import SignIn, SignInState, ZawFa, ZawFaState

__all__ = [
    "OPEN_CHANGES",
    "OPEN_STATES",
    "SOON",
    "VOID",
    "ChangeKind",
    "ChangeState",
    "Enrollment",
    "EnrollmentState",
    "ExpiryNotice",
    "KsefClock",
    "KsefLimits",
    "KsefLogin",
    "Passphrase",
    "Purpose",
    "ReadinessReport",
    "RefusedLogin",
    "RemoteChange",
    "SignIn",
    "SignInState",
    "StoredCertificate",
    "StoredToken",
    "Tries",
    "ZawFa",
    "ZawFaState",
    "passphrase_of",
    "wrap_key",
]
