"""The walk down to segments and datagrams that carry nothing a declaration reads, and the chains that it tells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import dissect
from dissect import ICMP, TCP, UDP, VLAN, Data, Ethernet, IPv4, IPv6
from dissect.declaration.header import Header
from dissect.packets.links import ETHERNET
from dissect.tables.chain_programs import CAPTURED_BYTES, CHAIN_OF_STEPS, chain_program, classes_of
from dissect.tables.engines import compiled_engine
from dissect.tables.sheet import Hidden, Sheet

RAW_IP = 101
UDP_IN_IPV4 = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5000, dport=6000)
TCP_IN_IPV6 = IPv6(src="2001:db8::1", dst="2001:db8::2") / TCP(sport=5000, dport=6000, flags="A")


def walked(*frames: Header, cut: int = 0, last: tuple[type[Header], ...] = (TCP, UDP)) -> list[Any]:
    """The chain of each frame, and how much its last header carries that is there; None where it is unusual."""
    program = chain_program(ETHERNET, last)
    assert program is not None
    sheet = Sheet([], [Hidden(name) for name in program.columns], len(frames) + 1, "first")
    data, places = bytearray(8), []
    for frame in map(bytes, frames):
        places.append((len(data), len(data) + len(frame) - cut, len(frame)))
        data += frame
    base, stop, original = (np.array(each, np.int64) for each in zip(*places, strict=True))
    read = compiled_engine().reader(program, sheet, True)
    unusual = read(np.frombuffer(bytes(data), np.uint8), base, stop, original).tolist()
    chains, captured = (sheet.arrays(name)[0].tolist() for name in (CHAIN_OF_STEPS, CAPTURED_BYTES))
    return [
        None if place in unusual else (classes_of(program, chains[place]), captured[place])
        for place in range(len(frames))
    ]


def test_chains_are_told_with_what_was_captured_behind_them() -> None:
    frames: list[Header] = [UDP_IN_IPV4 / b"hello", Ethernet() / TCP_IN_IPV6]
    assert walked(*frames) == [((Ethernet, IPv4, UDP), 5), ((Ethernet, IPv6, TCP), 0)]
    assert walked(frames[0], cut=2) == [((Ethernet, IPv4, UDP), 3)]


def test_tags_in_tags_are_told_in_their_order() -> None:
    tagged = Ethernet() / VLAN(id=1) / VLAN(id=2) / TCP_IN_IPV6 / b"1234"
    assert walked(tagged) == [((Ethernet, VLAN, VLAN, IPv6, TCP), 4)]


def test_more_tags_than_a_chain_has_room_for_are_unusual() -> None:
    tags = VLAN(id=1)
    for _ in range(7):
        tags = tags / VLAN(id=2)
    assert walked(Ethernet() / tags / TCP_IN_IPV6) == [None]


@pytest.mark.parametrize(
    "frame",
    [
        Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / ICMP(),
        Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", fragment_offset=8) / UDP(sport=5000, dport=6000),
        Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5000, dport=4789) / bytes(20),
        Ethernet() / TCP_IN_IPV6 / b"GET / HTTP/1.1\r\n\r\n",
        Ethernet(type=0x1234) / Data(bytes(40)),
    ],
)
def test_what_may_be_something_else_is_unusual(frame: Header) -> None:
    assert walked(frame) == [None]


def test_data_that_begin_like_a_message_and_go_on_otherwise_are_data() -> None:
    assert walked(Ethernet() / TCP_IN_IPV6 / b"GENERALLY") == [((Ethernet, IPv6, TCP), 9)]


def test_headers_of_other_classes_are_unusual() -> None:
    assert walked(UDP_IN_IPV4 / b"hello", Ethernet() / TCP_IN_IPV6, last=(TCP,)) == [None, ((Ethernet, IPv6, TCP), 0)]


def test_decode_as_makes_another_walk() -> None:
    with dissect.decode_as("udp.port==6000", "vxlan"):
        assert walked(UDP_IN_IPV4 / bytes(30)) == [None]
    assert walked(UDP_IN_IPV4 / bytes(30)) == [((Ethernet, IPv4, UDP), 30)]


def test_frames_without_a_header_of_their_link_have_no_walk() -> None:
    assert chain_program(RAW_IP, (TCP, UDP)) is None
