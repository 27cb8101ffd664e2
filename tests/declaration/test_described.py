from __future__ import annotations

from hypothesis import given

import dissect
from dissect import UDP, Ethernet, IPv4
from dissect.declaration.header import Header
from tests.declared import damaged_frames

FRAME = Ethernet(dst="02:00:00:00:00:01") / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"data"


def parsed() -> Header:
    return dissect.parse(bytes(FRAME))


def test_problems_say_where() -> None:
    data = bytearray(bytes(FRAME))
    data[24] ^= 0xFF  # the checksum of IPv4
    data[39] = 0xFF  # the length of UDP
    found = [(problem.layer, problem.field, problem.offset) for problem in dissect.parse(bytes(data)).problems()]
    assert found == [("ip", "checksum", 24), ("udp", "length", 38)]
    built = IPv4(checksum=1).problems()
    assert [(problem.field, problem.offset) for problem in built] == [("checksum", None)]


@given(damaged_frames())
def test_problems_of_a_frame_are_those_of_its_repr(data: bytes) -> None:
    """Bar those that only a parsed frame can have: an end that is not its own."""
    frame = dissect.parse(data)
    assert {problem.layer for problem in frame.problems()} <= {header.name for header in frame.layers()}
