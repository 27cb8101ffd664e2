"""What fields are declared with: each takes the bits that it says, in the order of the wire, and refuses others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dissect import FieldError, Header
from dissect.declaration import specifiers as s
from dissect.declaration.enumerated import Code, Flags
from dissect.declaration.kinds import IPv6Address, MacAddress
from tests.declaration.test_checks import declared


class Colour(Code):
    RED = 1
    BLUE = 200


class Doors(Flags):
    LEFT = 1
    RIGHT = 2


def made(**fields: Callable[[], Any]) -> Any:
    return declared({name: field() for name, field in fields.items()}, Header)


@pytest.mark.parametrize(
    ("field", "value", "wire"),
    [
        (lambda: s.u8("v"), 0xAB, "ab"),
        (lambda: s.u16("v"), 0xABCD, "abcd"),
        (lambda: s.u24("v"), 0xABCDEF, "abcdef"),
        (lambda: s.u32("v"), 0xABCDEF01, "abcdef01"),
        (lambda: s.u64("v"), 0xABCDEF0123456789, "abcdef0123456789"),
        (lambda: s.u32("v", little=True), 0xABCDEF01, "01efcdab"),
        (lambda: s.i8("v"), -2, "fe"),
        (lambda: s.i16("v"), -2, "fffe"),
        (lambda: s.i16("v", little=True), -2, "feff"),
        (lambda: s.i32("v"), -(1 << 31), "80000000"),
        (lambda: s.i64("v"), -1, "ffffffffffffffff"),
        (lambda: s.bits(24, "v"), 5, "000005"),
        (lambda: s.code(8, Colour, "v"), Colour.BLUE, "c8"),
        (lambda: s.flag_set(16, Doors, "v"), Doors.LEFT | Doors.RIGHT, "0003"),
        (lambda: s.mac("v"), "02:00:00:00:00:07", "020000000007"),
        (lambda: s.ipv4("v"), "192.0.2.7", "c0000207"),
        (lambda: s.ipv6("v"), "2001:db8::7", "20010db8000000000000000000000007"),
        (lambda: s.octets("v", size=4), b"ab\0\0", "61620000"),
        (lambda: s.octets("v", length="rest"), b"abc", "616263"),
        (lambda: s.text("v", size=4), "ab", "61620000"),
        (lambda: s.text("v", terminated=True), "ab", "616200"),
        (lambda: s.text("v", length="rest"), "äb", "c3a462"),
        (lambda: s.text("v", length="rest", encoding="latin-1"), "äb", "e462"),
        (lambda: s.hardware_address("v", length="rest"), "02:00:07", "020007"),
        (lambda: s.protocol_address("v", length="rest"), "192.0.2.7", "c0000207"),
        (lambda: s.address_list("v", length="rest"), ("192.0.2.7", "0.0.0.1"), "c000020700000001"),
        (lambda: s.address_list("v", of=IPv6Address, length="rest"), ("::1",), "00" * 15 + "01"),
        (lambda: s.address_list("v", of=MacAddress, length="rest"), ("02:00:00:00:00:07",), "020000000007"),
        (lambda: s.line("v"), "all of it", "616c6c206f662069740d0a"),
    ],
)
def test_values_and_the_bytes_that_they_are(field: Callable[[], Any], value: Any, wire: str) -> None:
    cls = made(v=field)
    assert bytes(cls(v=value)) == bytes.fromhex(wire)
    parsed = cls.decode(bytes.fromhex(wire), 0, len(wire) // 2, 0)
    assert parsed.v == value
    assert parsed == cls(v=value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (lambda: s.u8("v"), 256),
        (lambda: s.u24("v"), -1),
        (lambda: s.i8("v"), 128),
        (lambda: s.i64("v"), -(1 << 63) - 1),
        (lambda: s.flag("v"), 2),
        (lambda: s.code(8, Colour, "v"), "GREEN"),
        (lambda: s.flag_set(8, Doors, "v"), "LX"),
        (lambda: s.mac("v"), "02:00"),
        (lambda: s.ipv4("v"), "192.0.2.256"),
        (lambda: s.ipv6("v"), "2001::db8::"),
        (lambda: s.octets("v", size=4), b"abcde"),
        (lambda: s.text("v", size=4), "abcde"),
        (lambda: s.text("v", terminated=True), "a\0b"),
        (lambda: s.word("v"), "two words"),
        (lambda: s.digits("v"), 1000),
        (lambda: s.line("v"), "two\r\nlines"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_name(field: Callable[[], Any], value: Any) -> None:
    cls = made(v=field) if field().width % 8 == 0 else made(v=field, rest=lambda: s.bits(7, "rest"))
    with pytest.raises(FieldError, match="v"):
        cls(v=value)


def test_flags_and_bits_share_bytes_from_the_highest_bit_on() -> None:
    cls = made(first=lambda: s.flag("first"), number=lambda: s.bits(11, "number"), last=lambda: s.bits(4, "last"))
    assert bytes(cls(first=True, number=0x401, last=0xF)) == bytes.fromhex("c01f")


def test_words_of_a_line_end_where_they_say() -> None:
    cls = made(verb=lambda: s.word("verb"), code=lambda: s.digits("code", end="-"), rest=lambda: s.line("rest"))
    header = cls(verb="GET", code=42, rest="and more")
    assert bytes(header) == b"GET 42-and more\r\n"
    assert cls.decode(bytes(header), 0, 17, 0) == header


def test_an_overlay_reads_the_bits_of_another_field_once_more() -> None:
    cls = made(flags=lambda: s.u8("flags"), high=lambda: s.overlay(4, "high", over="flags"),
               last=lambda: s.overlay(1, "last", over="flags", skip=7))  # fmt: skip
    header = cls(flags=0xA1)
    assert (header.high, header.last) == (0xA, True)
    header.high, header.last = 0x5, False
    assert bytes(header) == b"\x50"


def test_text_up_to_a_zero_has_no_other_size() -> None:
    with pytest.raises(TypeError, match="terminated by a zero, so that it has no size"):
        s.text("v", terminated=True, size=4)


def test_fields_that_are_left_out_have_the_default_that_is_declared() -> None:
    cls = made(a=lambda: s.u16("a", default=7), b=lambda: s.ipv4("b", default="192.0.2.1"), c=lambda: s.flag("c"),
               d=lambda: s.bits(7, "d"))  # fmt: skip
    assert bytes(cls()) == bytes.fromhex("0007c000020100")


def test_a_width_and_a_label_in_the_wrong_order_are_told() -> None:
    declarations: list[tuple[Any, ...]] = [(s.bits, "label", 4), (s.u8, 5), (s.text, b"label")]
    for specifier, *arguments in declarations:
        with pytest.raises(TypeError, match="expected bits, and a text behind"):
            specifier(*arguments)


def test_names_of_numbers_and_bits_are_classes_of_them() -> None:
    given: list[Any] = [{1: "one"}, "name", 5, int]
    for names in given:
        with pytest.raises(TypeError, match="names nothing, expected a class of Code"):
            s.code(8, names, "label")
        with pytest.raises(TypeError, match="names nothing, expected a class of Flags"):
            s.flag_set(8, names, "label")
