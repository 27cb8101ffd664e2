from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given

import dissect
from dissect import UDP, Ethernet, IPv4
from dissect.declaration.header import Header
from dissect.declaration.problems import Problem
from dissect.declaration.specifiers import u8, u16
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


class Checked(Header, name="checked", title="A check that asks for every field"):
    first: int = u8("first")
    second: int = u16("second")

    def check(self) -> Iterator[Problem]:
        if self.first == 0:
            yield self.problem("first", "is zero")
        if self.second == 0:
            yield self.problem("second", "is zero")


def test_a_check_of_a_cut_header_says_what_it_can() -> None:
    for size, fields in ((0, [""]), (1, ["", "first"]), (2, ["", "first"]), (3, ["first", "second"])):
        cut = Checked.decode(bytes(size), 0, size, 0)
        assert [problem.field for problem in cut.problems()] == fields
