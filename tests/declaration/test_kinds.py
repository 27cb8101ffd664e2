from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import EtherType, IPv4, TCPFlags
from dissect.declaration.enumerated import Code, Flags
from dissect.declaration.kinds import (
    Boolean,
    Characters,
    Coded,
    FlagSet,
    HardwareAddress,
    Integer,
    IPv4Address,
    IPv6Address,
    Kind,
    MacAddress,
    ObjectIdentifier,
    Octets,
    ProtocolAddress,
    StructList,
)
from dissect.declaration.symbols import Trace
from dissect.errors import FieldError
from tests.declaration.traces import DATA, buffer_of

PAIRS = StructList("!HB", "pairs of a number below 2**16 and one below 2**8")
NUMBERS: list[Kind] = [Integer(), Boolean(), Coded(EtherType), FlagSet(TCPFlags)]
BYTES: list[tuple[Kind, int]] = [
    (MacAddress, 6),
    (IPv4Address, 4),
    (IPv6Address, 16),
    (HardwareAddress, 9),
    (ProtocolAddress, 4),
    (ProtocolAddress, 5),
    (Octets(), 7),
    (PAIRS, 9),
]


@pytest.mark.parametrize("kind", NUMBERS, ids=lambda kind: type(kind).__name__)
@given(st.data())
def test_numbers_are_loaded_and_stored(kind: Kind, data: st.DataObject) -> None:
    width = 1 if isinstance(kind, Boolean) else 16
    raw = data.draw(st.integers(0, (1 << width) - 1))
    assert kind.store(kind.load(raw), width) == kind.store(raw, width) == raw
    for base in (10, 16):
        assert kind.store(eval(kind.source(raw, base)), width) == raw


@pytest.mark.parametrize(("kind", "size"), BYTES)
@given(st.data())
def test_bytes_are_loaded_and_stored(kind: Kind, size: int, data: st.DataObject) -> None:
    raw = data.draw(st.binary(min_size=size, max_size=size))
    assert kind.store(kind.load(raw), 8 * size) == kind.store(raw, 8 * size) == raw
    assert kind.store(eval(kind.source(raw, 10)), 8 * size) == raw


@pytest.mark.parametrize("kind", NUMBERS, ids=lambda kind: type(kind).__name__)
def test_numbers_that_do_not_fit(kind: Kind) -> None:
    width = 1 if isinstance(kind, Boolean) else 9
    for value in (1 << width, -1, 1.0, None, b"\0", [1]):
        with pytest.raises(ValueError, match=r"0 to|True or False"):
            kind.store(value, width)


@pytest.mark.parametrize(("kind", "size"), BYTES)
def test_bytes_that_do_not_fit(kind: Kind, size: int) -> None:
    for value in (None, 1.5, object()):
        with pytest.raises(ValueError, match=r"[a-z]"):
            kind.store(value, 8 * size)


def test_numbers_are_printed_as_tshark_prints_them() -> None:
    assert Integer().text(7, 10, 4) == "7"
    assert Integer().text(7, 16, 4) == "0x0007"
    assert Coded(EtherType).text(0x0800, 16, 4) == "0x0800"
    assert FlagSet(TCPFlags).text(0x12, 16, 4) == "0x0012"


def test_addresses_are_printed_as_text() -> None:
    assert MacAddress.text(bytes(6), 10, 12) == "00:00:00:00:00:00"
    assert IPv4Address.text(bytes(4), 10, 8) == "0.0.0.0"
    assert ProtocolAddress.text(bytes(2), 10, 4) == "00:00"
    assert Octets().text(b"\x01\xab", 10, 0) == "01ab"


def test_codes_take_names_and_flags_letters() -> None:
    assert Coded(EtherType).store("ipv4", 16) == 0x0800
    assert FlagSet(TCPFlags).store("SA", 9) == 0x12
    with pytest.raises(ValueError, match="a number or one of"):
        Coded(EtherType).store("ipv5", 16)


def test_lists_of_groups() -> None:
    assert PAIRS.load(bytes.fromhex("000102 000304")) == ((1, 2), (3, 4))
    assert PAIRS.load(bytes.fromhex("000102 0003")) == ((1, 2),)
    assert PAIRS.store([(1, 2)], 0) == bytes.fromhex("000102")
    for value in ([(1, 256)], [(1,)], [1], 1, ["ab"]):
        with pytest.raises(ValueError, match="pairs of a number"):
            PAIRS.store(value, 0)
    assert PAIRS.source(b"\0", 10) == r"b'\x00'"


def test_protocol_addresses_of_four_bytes_are_dotted() -> None:
    store: Any = ProtocolAddress.store
    assert store("10.0.0.1", 0) == store(0x0A000001, 0) == bytes([10, 0, 0, 1])
    assert store("0a:00", 0) == b"\x0a\0"
    assert ProtocolAddress.load(bytes([10, 0, 0, 1])) == "10.0.0.1"


@given(st.text("aé0 \0", max_size=4) | st.binary(max_size=9))
def test_text_of_a_fixed_size_is_told_as_text(value: str | bytes) -> None:
    filled = Characters(filled=True)
    raw = filled.store(value, 72)
    assert len(raw) == 9
    assert filled.source(raw, 10) == repr(filled.load(raw))
    assert filled.store(filled.load(raw), 72) == raw
    assert Characters().source(b"a\0", 10) == "b'a\\x00'", "zeros at the end would be lost where nothing fills them up"


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("1.3.6.1.4.1", "2b06010401"),
        # ITU-T X.690, section 8.19.5.
        ("2.999.3", "883703"),
        ("0.9.2342.19200300.100.1.1", "0992268993f22c640101"),
        ("", ""),
        ("0x80", "80"),
        ("0x2b8001", "2b8001"),
    ],
)
def test_object_identifiers(text: str, raw: str) -> None:
    assert ObjectIdentifier.load(bytes.fromhex(raw)) == text
    assert ObjectIdentifier.store(text, 0) == bytes.fromhex(raw)


@given(st.binary(max_size=200))
def test_object_identifiers_keep_their_bytes(raw: bytes) -> None:
    assert ObjectIdentifier.store(ObjectIdentifier.load(raw), 0) == raw


@pytest.mark.parametrize("value", ["3.1", "1.40", "1", "1.-3", "one", None, "0x1"])
def test_no_object_identifiers(value: object) -> None:
    with pytest.raises(ValueError, match="numbers with dots"):
        ObjectIdentifier.store(value, 0)


def test_codes_and_flags_say_what_else_they_take() -> None:
    with pytest.raises(FieldError, match=r"expected a whole number from 0 to 255, or a name of one$"):
        IPv4(protocol=None)  # type: ignore[arg-type]
    with pytest.raises(FieldError, match=r"expected a whole number from 0 to 7, or letters of 'MF\+DF\+EVIL'$"):
        IPv4(flags=None)  # type: ignore[arg-type]


class OneName(Code):
    """A number of which hardly any has a name."""

    KNOWN = 1, "known"


class OneLetter(Flags):
    """Bits of which none is set by itself."""

    KNOWN = 1


@pytest.mark.parametrize("kind", [Coded(OneName), FlagSet(OneLetter)], ids=["code", "flags"])
def test_a_number_without_a_name_is_traced(kind: Any) -> None:
    trace = Trace()
    assert kind.load(buffer_of(trace)[3]) == DATA[3]
    assert trace.conditions == {"n24_8": DATA[3]}
