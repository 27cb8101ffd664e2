"""What Wireshark remarks about packets: the items, their order, and the fields that tell of them."""

from __future__ import annotations

import pytest

import dissect
from dissect import MSS, TCP, UDP, DestinationOptions, Ethernet, Header, HopByHopOptions, IPv4, IPv6, Packet
from dissect.wireshark.expert import EXPERT_FIELDS, expert_items
from dissect.wireshark.fields import compile_field
from dissect.wireshark.types import field_type

LINK = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
IP = IPv4(src="10.0.0.1", dst="10.0.0.2")


def lines(frame: Header) -> list[str]:
    return [item.line.removeprefix("Expert Info ") for item in expert_items(Packet(bytes(frame)))]


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (LINK / IP / UDP() / b"x", []),
        (LINK / IP.replace(ttl=1) / UDP(), ['(Note/Sequence): "Time To Live" only 1']),
        (LINK / IP / UDP(dport=33440), ["(Chat/Sequence): Possible traceroute: hop #2, attempt #3"]),
        (LINK / IP / UDP(length=7), ["(Error/Malformed): Bad length value 7 < 8"]),
        (LINK / IP / UDP(length=70) / b"x", ["(Error/Malformed): Bad length value 70 > IP payload length"]),
        (
            LINK / IP / TCP(data_offset=3, flags="SRF", ack=1, urgent_pointer=1),
            ["(Error/Protocol): Bogus TCP header length (12, must be at least 20)"],
        ),
        (
            LINK / IP / TCP(dport=80, flags="S", options=[MSS(1460)], checksum=1),
            [
                "(Chat/Sequence): Connection establish request (SYN): server port 80",
                "(Error/Checksum): Bad checksum [should be 0x63d4]",
            ],
        ),
        (
            LINK / IP / TCP(flags="RF", ack=1, options=bytes.fromhex("01010101 0c090000")),
            [
                "(Note/Protocol): The acknowledgment number field is nonzero while the ACK flag is not set",
                "(Warning/Sequence): Connection reset (RST)",
                "(Chat/Sequence): Connection finish (FIN)",
                "(Note/Sequence): CC.NEW (option length = 9 bytes says option goes past end of options)",
                "(Warning/Protocol): 4 NOP in a row - a router may have removed some options",
            ],
        ),
        (
            LINK / IPv6() / DestinationOptions() / HopByHopOptions() / b"",
            ["(Error/Protocol): IPv6 Hop-by-Hop extension header must appear immediately after IPv6 header"],
        ),
    ],
)
def test_items_in_their_order(frame: Header, expected: list[str]) -> None:
    assert lines(frame) == expected


def test_a_frame_that_ends_too_early_is_malformed() -> None:
    frame = Packet(bytes(LINK / IP / UDP())[:36])
    assert compile_field("_ws.malformed")(frame) == ["[Malformed Packet: UDP]", "_ws.malformed"]
    assert compile_field("_ws.malformed.expert")(frame) == ["1"]
    assert compile_field("_ws.short")(frame) == []


def test_a_frame_that_the_capture_cut_is_short() -> None:
    frame = Packet(bytes(LINK / IP / UDP())[:36], original_length=42)
    assert compile_field("_ws.short")(frame) == ["[Packet size limited during capture: UDP truncated]"]
    assert compile_field("_ws.malformed")(frame) == []


def test_filters_find_items() -> None:
    frame = Packet(bytes(LINK / IP.replace(ttl=1) / UDP()))
    for text in ("_ws.expert", '_ws.expert.message contains "only 1"', "_ws.expert.severity == note"):
        assert dissect.compile_filter(text.replace("note", '"Note"'))(frame), text
    assert not dissect.compile_filter("_ws.malformed || _ws.expert.group == Protocol")(frame)


def test_comments_are_remarks() -> None:
    frame = Packet(bytes(LINK), comments=["look here"])
    assert compile_field("_ws.expert")(frame) == ["Expert Info (Comment/Comment): look here"]


def test_every_field_has_a_type() -> None:
    assert [name for name in EXPERT_FIELDS if field_type(name) is None] == []
