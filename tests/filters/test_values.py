"""The values that filters compare, and the layers that they come from."""

from __future__ import annotations

import pytest

from dissect import TCP, Ethernet, IPv4, Packet, RecordRoute
from dissect.declaration.header import Header
from dissect.declaration.specifiers import text
from dissect.filters.compiler import compile_filter
from dissect.filters.nodes import Range
from dissect.filters.values import gather_field, gather_protocol, within
from dissect.packets.clock import Clock

FRAME = (
    Ethernet(src="02:00:00:00:00:01")
    / IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=64, options=[RecordRoute(pointer=4, route=["0.0.0.0"])])
    / IPv4(src="10.1.0.1", ttl=3)
    / TCP(flags="S")
    / b"data"
)


class Worded(Header, name="worded", title="Text of a fixed size"):
    station: str = text("station", size=8)


def values(name: str, *layers: Range) -> list[object]:
    return gather_field(name, layers, None, None)(FRAME)


def test_forms_of_values() -> None:
    assert values("ip.ttl") == [64, 3]
    assert values("ip.hdr_len") == [28, 20]
    assert values("ip.src") == [b"\x0a\0\0\1", b"\x0a\1\0\1"]
    assert values("eth.src") == [b"\2\0\0\0\0\1"]
    assert values("tcp.flags.syn") == [1]
    assert values("tcp.payload") == [b"data"]
    assert values("tcp.flags.str")[0] == "··········S·".encode()
    assert values("udp.port") == values("tcp.stream") == []


def test_layers_are_counted_by_protocol() -> None:
    assert values("ip.ttl", Range(2, 1)) == [3]
    assert values("ip.ttl", Range(-2, 1)) == [64]
    assert values("ip.ttl", Range(3, 1)) == values("ip.ttl", Range(0, 1)) == []
    assert values("ip.opt.len", Range(1, 1)) != []
    assert values("ip.opt.len", Range(2, 1)) == []


@pytest.mark.parametrize(
    ("start", "length", "places"),
    [(1, 1, [0]), (2, None, [1, 2]), (-1, 1, [2]), (0, 1, []), (4, 1, []), (1, 9, [0, 1, 2]), (-9, 1, [])],
)
def test_within(start: int, length: int | None, places: list[int]) -> None:
    assert within(3, [Range(start, length)]) == places


def test_protocols_are_their_headers_or_all_that_they_were_given() -> None:
    data = bytes(FRAME)
    assert gather_protocol("ip", (), False)(FRAME) == [data[14:42], data[42:62]]
    assert gather_protocol("ip", (), True)(FRAME) == [data[14:], data[42:]]
    # With data behind it, a segment's item covers these as well in Wireshark.
    assert gather_protocol("tcp", (), False)(FRAME) == [data[62:]]
    assert gather_protocol("ip", (Range(2, 1),), False)(FRAME) == [data[42:62]]
    assert gather_protocol("frame", (), False)(Packet(data)) == [data]


def test_times_are_nanoseconds() -> None:
    clock = Clock()
    first, second = (Packet(b"", time_ns=time) for time in (5, 8))
    relative = gather_field("frame.time_relative", (), clock, None)
    clock.advance(first)
    clock.advance(second)
    assert relative(second) == [3]
    assert relative(Packet(b"", time_ns=None)) == []
    assert relative(FRAME) == []


def test_text_is_compared_without_what_fills_it_up() -> None:
    frame = Worded(station="hall")
    assert gather_field("worded.station", (), None, None)(frame) == [b"hall"]
    assert compile_filter('worded.station == "hall" and len(worded.station) == 4')(frame)
    assert not compile_filter('worded.station == "hal"')(frame)
