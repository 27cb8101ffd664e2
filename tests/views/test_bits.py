"""A field bit by bit."""

from __future__ import annotations

from hypothesis import given

import dissect
from dissect import TCP, UDP, Data, Ethernet, IPv4, IPv6
from tests.declared import any_bytes


def test_flags_to_the_letter() -> None:
    assert TCP(flags="SA").bits("flags").splitlines() == [
        "TCP.flags: Flags, 9 bits from bit 7 of byte 12",
        ".... ...0 0001 0010  Flags: 0x0012 (SA)",
        ".... ...0 .... ....  Accurate ECN: Not set",
        ".... .... 0... ....  Congestion Window Reduced: Not set",
        ".... .... .0.. ....  ECN-Echo: Not set",
        ".... .... ..0. ....  Urgent: Not set",
        ".... .... ...1 ....  Acknowledgment: Set",
        ".... .... .... 0...  Push: Not set",
        ".... .... .... .0..  Reset: Not set",
        ".... .... .... ..1.  Syn: Set",
        ".... .... .... ...0  Fin: Not set",
    ]


def test_an_overlay_holds_the_fields_below_it() -> None:
    assert [line.split("  ")[0] for line in IPv4(dscp="ef", ecn=1).bits("tos").splitlines()[1:]] == [
        "1011 1001",
        "1011 10..",
        ".... ..01",
        # As RFC 791 and RFC 1349 had it.
        "101. ....",
        "...1 ....",
        ".... 1...",
        ".... .0..",
        ".... ..0.",
    ]


def test_a_long_field_is_written_byte_by_byte() -> None:
    lines = IPv6(src="ff02::1").bits("src").splitlines()
    assert lines[1] == "1111 1111  byte 8: 0xff"
    assert len(lines) == 17


def test_what_is_computed_or_empty_has_no_bits() -> None:
    assert "has no bits of its own" in (IPv4() / TCP()).bits("segment_length").splitlines()[0]
    assert len((Ethernet() / TCP()).bits("options").splitlines()) == 1
    assert Data(b"\x0f").bits("data").splitlines()[1].startswith("0000 1111")


def test_bytes_of_a_header_inside_are_those_of_the_frame_as_well() -> None:
    built = Ethernet() / IPv4(flags="DF") / UDP()
    for frame in (built, dissect.parse(bytes(built))):
        assert frame.bits("ip.flags").splitlines()[0].endswith("bit 0 of byte 6, byte 20 of the frame")
        assert frame.bits("udp.length").splitlines()[0].endswith("from byte 4, byte 38 of the frame")
        assert frame[IPv4].bits("flags").splitlines()[0].endswith("bit 0 of byte 6")


def test_every_layer_that_has_the_field_is_shown() -> None:
    assert [part.split(".")[0] for part in (Ethernet() / IPv4() / UDP()).bits("checksum").split("\n\n")] == [
        "IPv4",
        "UDP",
    ]


@given(any_bytes)
def test_the_bits_are_those_of_the_bytes(data: bytes) -> None:
    for header in dissect.parse(data).layers():
        for field in header.present_fields():
            first, width = header.span(field)
            if 0 < width <= 64:
                line = header.bits(field.name).splitlines()[1]
                shown = "".join(each for each in line.split("  ")[0] if each in "01")
                number = int.from_bytes(bytes(header), "big")
                right = number >> 8 * len(bytes(header)) - first - width & (1 << width) - 1
                assert int(shown, 2) == right
