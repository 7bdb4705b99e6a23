"""KSeF numbers of one emulator and of the next."""

from __future__ import annotations

from pathlib import Path

from ksef_emulator.config import Config
from ksef_emulator.emulator import Emulator
from ksef_emulator.model.numbers import Numbers


def numbers(emulator: Emulator, count: int = 3) -> list[int]:
    return [emulator.intake_queue.registration.numbers.technical(row) for row in range(1, count + 1)]


def taken(config: Config) -> list[int]:
    emulator = Emulator(config)
    try:
        return numbers(emulator)
    finally:
        emulator.close()


def test_two_fresh_emulators_give_other_numbers() -> None:
    assert not set(taken(Config())) & set(taken(Config()))


def test_a_seed_gives_the_same_ones() -> None:
    assert taken(Config(seed=7)) == taken(Config(seed=7))
    assert not set(taken(Config(seed=7))) & set(taken(Config(seed=8)))


def test_they_go_on_after_a_restart_and_begin_anew_after_a_reset(tmp_path: Path) -> None:
    first = taken(Config(data_dir=tmp_path))
    assert taken(Config(data_dir=tmp_path)) == first
    emulator = Emulator(Config(data_dir=tmp_path))
    emulator.reset()
    anew = numbers(emulator)
    emulator.close()
    assert not set(anew) & set(first)
    assert taken(Config(data_dir=tmp_path)) == anew


def test_a_seed_holds_over_a_reset() -> None:
    emulator = Emulator(Config(seed=7))
    first = numbers(emulator)
    emulator.reset()
    assert numbers(emulator) == first
    emulator.close()


def test_a_directory_from_before_goes_on_without_repeating(tmp_path: Path) -> None:
    """Its numbers began at 0; another beginning could meet them."""
    emulator = Emulator(Config(data_dir=tmp_path))
    with emulator.store.transaction() as db:
        db.execute("DELETE FROM settings WHERE name = 'numbers-start'")
        columns = [row["name"] for row in db.execute("PRAGMA table_info(register)")]
        db.execute("PRAGMA defer_foreign_keys=ON")
        row = [1 if name == "id" else b"x" * 32 if name == "sha256" else 0 for name in columns]
        db.execute(f"INSERT INTO register VALUES ({','.join('?' * len(row))})", row)
        old = Numbers(emulator.store, emulator.settings)
        assert [old.technical(item) for item in (1, 2)] == [0x0100_9E37_79B1, 0x0100_3C6E_F362]
        db.execute("DELETE FROM register")
    emulator.close()


def test_twelve_digits_each_of_its_own() -> None:
    emulator = Emulator()
    result = numbers(emulator, 20_000)
    assert len(set(result)) == len(result)
    assert {f"{item:012X}"[:4] for item in result} == {"0100"}
    emulator.close()
