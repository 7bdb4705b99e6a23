"""NIP, PESEL, the KSeF number: what is taken, what is refused and by which code, one wrong digit."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from liczydlo.fa3.identifiers import (
    IdentifierError,
    KsefNumber,
    crc8,
    is_nip,
    is_pesel,
    parse_account,
    parse_nip,
    parse_vat_ue,
    vat_ue_prefix,
)

WEIGHTS = (6, 5, 7, 2, 3, 4, 5, 6, 7)
DIGITS = "0123456789"
HEX = "0123456789ABCDEF"


@st.composite
def nips(draw: st.DrawFn) -> str:
    """Right NIPs, by the arithmetic of the statute written once more."""
    bare = draw(st.from_regex(r"\A[1-9]([0-9][1-9]|[1-9][0-9])[0-9]{6}\Z"))
    check = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, bare, strict=True)) % 11
    assume(check < 10)
    return f"{bare}{check}"


@st.composite
def ksef_numbers(draw: st.DrawFn) -> str:
    """Right KSeF numbers."""
    day = draw(st.dates(date(2026, 2, 1), date(2099, 12, 31)))
    middle = draw(st.text(HEX, min_size=12, max_size=12))
    head = f"{draw(nips())}-{day:%Y%m%d}-{middle}"
    return f"{head}-{crc8(head.encode()):02X}"


@given(nips())
def test_a_nip_is_taken_as_people_write_it(nip: str) -> None:
    assert is_nip(nip)
    grouped = [nip[:3], nip[3:6], nip[6:8], nip[8:]]
    for written in (nip, f"PL{nip}", f" pl {'-'.join(grouped)} ", f"NIP: {'.'.join(grouped)}"):
        assert parse_nip(written) == nip
    for separator in ("\u00a0", "\u202f", "\u2009", "–", "\u2011", "/", "\u200b", "\ufeff"):
        assert parse_nip(separator.join(["", *grouped])) == nip


@given(nips(), st.integers(0, 9), st.sampled_from(DIGITS))
def test_one_wrong_digit_of_a_nip_is_always_noticed(nip: str, place: int, digit: str) -> None:
    assume(nip[place] != digit)
    assert not is_nip(nip[:place] + digit + nip[place + 1 :])


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "nip-shape"),
        ("526587763", "nip-shape"),
        ("52658776355", "nip-shape"),
        ("0265877635", "nip-shape"),
        ("5005877635", "nip-shape"),
        ("DE5265877635", "nip-shape"),
        ("５２６５８７７６３５", "nip-shape"),
        ("5265877636", "nip-checksum"),
    ],
)
def test_what_is_no_nip_says_why(written: str, code: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        parse_nip(written)
    assert caught.value.code == code
    assert not is_nip(written)


def test_a_check_sum_of_ten_is_no_nip() -> None:
    bare = next(
        text
        for text in (f"{number:09}" for number in range(123456700, 123456900))
        if sum(weight * int(digit) for weight, digit in zip(WEIGHTS, text, strict=True)) % 11 == 10
    )
    assert not any(is_nip(bare + digit) for digit in DIGITS)


def test_a_nip_is_told_as_it_was_written() -> None:
    with pytest.raises(IdentifierError) as caught:
        parse_nip("  123 " + "x" * 50)
    assert caught.value.value == ("123 " + "x" * 50)[:40]
    with pytest.raises(IdentifierError) as caught:
        parse_nip("PL 526-587-76-36")
    assert caught.value.value == "5265877636"
    assert str(caught.value) == "nip-checksum: 5265877636"


@pytest.mark.parametrize("nip", ["1005877635", "1015877635", "1105877635", "9115877635"])
def test_the_second_and_the_third_digit_are_not_both_zero(nip: str) -> None:
    """The shape of the schema's TNrNIP: the first digit is no zero, nor are the next two together."""
    with pytest.raises(IdentifierError) as caught:
        parse_nip(nip)
    assert caught.value.code == ("nip-shape" if nip[1:3] == "00" else "nip-checksum")


@pytest.mark.parametrize(
    ("first_six", "born"),
    [
        ("000101", date(1900, 1, 1)),
        ("991231", date(1999, 12, 31)),
        ("002101", date(2000, 1, 1)),
        ("993231", date(2099, 12, 31)),
        ("004101", date(2100, 1, 1)),
        ("006101", date(2200, 1, 1)),
        ("008101", date(1800, 1, 1)),
        ("998231", None),  # 1899: the 82nd month is February
        ("999231", date(1899, 12, 31)),
        ("002229", date(2000, 2, 29)),
        ("000229", None),  # 1900 had no 29 February
        ("004229", None),
        ("006229", None),
        ("008229", None),
        ("040229", date(1904, 2, 29)),
        ("044229", date(2104, 2, 29)),
        ("046229", date(2204, 2, 29)),
        ("048229", date(1804, 2, 29)),
        ("001301", None),
        ("000001", None),
        ("002001", None),
        ("003301", None),
        ("000132", None),
        ("000100", None),
    ],
)
def test_a_pesel_is_of_a_day_that_was(first_six: str, born: date | None) -> None:
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
    bare = first_six + "1234"
    check = -sum(weight * int(digit) for weight, digit in zip(weights, bare, strict=True)) % 10
    assert is_pesel(f"{bare}{check}") == (born is not None)


@given(
    st.dates(date(1900, 1, 1), date(1999, 12, 31)),
    st.integers(0, 9999),
    st.integers(0, 9),
    st.sampled_from(DIGITS),
)
def test_one_wrong_digit_of_a_pesel_is_always_noticed(born: date, order: int, place: int, digit: str) -> None:
    bare = f"{born:%y%m%d}{order:04}"
    assume(bare[place] != digit)
    right = [item for item in DIGITS if is_pesel(bare + item)]
    assert len(right) == 1
    altered = bare[:place] + digit + bare[place + 1 :]
    assert not is_pesel(altered + right[0])


@pytest.mark.parametrize("pesel", ["44051401458", "02270803624"])
def test_a_pesel(pesel: str) -> None:
    assert is_pesel(pesel)
    assert not is_pesel(pesel[:-1] + str((int(pesel[-1]) + 1) % 10))


@pytest.mark.parametrize("pesel", ["", "4405140145", "44051401458 ", "44133101459", "00000000000"])
def test_no_pesel(pesel: str) -> None:
    assert not is_pesel(pesel)


@given(ksef_numbers())
def test_a_ksef_number(value: str) -> None:
    number = KsefNumber.parse(value)
    assert number.value == value
    assert number.nip == value[:10]
    assert f"{number.date:%Y%m%d}" == value[11:19]


@given(ksef_numbers(), st.integers(20, 34), st.sampled_from(HEX))
def test_one_wrong_character_of_a_ksef_number_is_always_noticed(value: str, place: int, digit: str) -> None:
    assume(value[place] != "-" and value[place] != digit)
    with pytest.raises(IdentifierError) as caught:
        KsefNumber.parse(value[:place] + digit + value[place + 1 :])
    assert caught.value.code == "ksef-number-checksum"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "ksef-number-shape"),
        ("5265877635-20260823-0123456789AB", "ksef-number-shape"),
        ("5265877635-20260823-0123456789ab-0A", "ksef-number-shape"),
        ("5265877635-20260231-0123456789AB-0A", "ksef-number-date"),
        ("5265877635-20250826-0100001AF629-AE", "ksef-number-checksum"),
    ],
)
def test_no_ksef_number(value: str, code: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        KsefNumber.parse(value)
    assert caught.value.code == code
    assert caught.value.value == value[:40]


def test_a_long_text_is_cut_in_what_is_told() -> None:
    with pytest.raises(IdentifierError) as caught:
        KsefNumber.parse("5" * 50)
    assert caught.value.value == "5" * 40


@pytest.mark.parametrize(
    "value", ["5265877635-20250826-0100001AF629-AF", "5265877635-20250626-010080DD2B5E-26"]
)
def test_published_ksef_numbers(value: str) -> None:
    """Of the guide and of the OpenAPI."""
    assert KsefNumber.parse(value).value == value


@pytest.mark.parametrize("holder", ["M123456789", "ABC1234567"])
def test_a_number_of_another_kind_of_identifier(holder: str) -> None:
    head = f"{holder}-20260823-0123456789AB"
    assert KsefNumber.parse(f"{head}-{crc8(head.encode()):02X}").nip == holder


def test_crc8_of_the_standard_check_string() -> None:
    assert crc8(b"123456789") == 0xF4


@pytest.mark.parametrize(
    ("written", "prefix", "number"),
    [
        ("136695976", "DE", "136695976"),
        ("DE 136.695-976", "DE", "136695976"),
        ("de136695976", "DE", "136695976"),
        ("GR 094.014.201", "EL", "094014201"),
        ("EL094014201", "EL", "094014201"),
        ("IE 8Z49289F", "IE", "8Z49289F"),
        ("ie6+23456l", "IE", "6+23456L"),
        ("NL 8040.46.125.B01", "NL", "804046125B01"),
        ("ATU 37675002", "AT", "U37675002"),
        ("ES A-28015865", "ES", "A28015865"),
    ],
)
def test_an_eu_vat_number_in_any_spelling(written: str, prefix: str, number: str) -> None:
    assert parse_vat_ue(written, prefix) == number


@pytest.mark.parametrize("written", ["", "DE", "1234567890123", "12,34", "№1"])
def test_what_is_no_eu_vat_number(written: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        parse_vat_ue(written, "DE")
    assert caught.value.code == "vat-ue-shape"


def test_the_prefix_of_a_whole_eu_vat_number() -> None:
    assert vat_ue_prefix(" de-123") == "DE"
    assert vat_ue_prefix("GR 123") == vat_ue_prefix("EL123") == "EL"
    for written in ("", "1E123", "Ł1"):
        with pytest.raises(IdentifierError):
            vat_ue_prefix(written)


def test_an_account_in_any_spelling() -> None:
    for written in (
        "61 1090 1014 0000 0712 1981 2874",
        "61-1090-1014-0000-0712-1981-2874",
        "61109010140000071219812874",
    ):
        assert parse_account(written) == "61109010140000071219812874"
    assert parse_account("pl 61 1090 1014 0000 0712 1981 2874") == "PL61109010140000071219812874"
    for written in ("123456789", "x" * 35, "61 1090 1014 0000 0712 1981 287ł"):
        with pytest.raises(IdentifierError) as caught:
            parse_account(written)
        assert caught.value.code == "account-shape"
