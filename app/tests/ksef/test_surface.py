"""The public surface is deliberate: one sorted list, and every name of it exists."""

from __future__ import annotations

import pytest
from liczydlo import ksef


def test_all_is_sorted_and_complete() -> None:
    def order(name: str) -> tuple[int, str]:
        return (0 if name.isupper() else 1 if name[0].isupper() else 2), name

    assert ksef.__all__ == sorted(ksef.__all__, key=order)
    assert len(set(ksef.__all__)) == len(ksef.__all__)
    assert all(hasattr(ksef, name) for name in ksef.__all__)


def test_addresses_of_the_emulator_hang_under_one_base() -> None:
    environment = ksef.emulator("http://localhost:9000/")
    assert environment.api == "http://localhost:9000/v2"
    assert environment.qr == "http://localhost:9000/qr"
    assert environment.latarnia == "http://localhost:9000/latarnia"
    assert environment.portal == "http://localhost:9000/portal"


def test_an_environment_is_made_of_addresses() -> None:
    with pytest.raises(ValueError, match="slash"):
        ksef.Environment(name="TEST", api="https://a/", qr="https://b", portal="https://c")
    with pytest.raises(ValueError, match="address"):
        ksef.Environment(name="TEST", api="api", qr="https://b", portal="https://c")


@pytest.mark.parametrize(
    ("kind", "value", "nip"),
    [
        ("Nip", "5265877635", "5265877635"),
        ("InternalId", "5265877635-12345", "5265877635"),
        ("NipVatUe", "5265877635-ATU12345678", "5265877635"),
        ("PeppolId", "PPL123456", None),
    ],
)
def test_contexts_have_the_shapes_of_their_kinds(kind: str, value: str, nip: str | None) -> None:
    assert ksef.Context(kind=kind, value=value).nip == nip  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="context"):
        ksef.Context(kind=kind, value=value + "x")  # type: ignore[arg-type]
