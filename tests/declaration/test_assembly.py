from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import UDP, VLAN, Data, Ethernet, IPv4
from dissect.declaration.assembly import _checksum_of, _checksum_over
from dissect.declaration.checksum import internet_checksum
from dissect.declaration.header import Header
from dissect.views.strategies import frames

FRAME = Ethernet(dst="02:00:00:00:00:01") / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"data"


def parsed() -> Header:
    return dissect.parse(bytes(FRAME))


def test_a_slash_changes_neither_side() -> None:
    left, right = Ethernet() / IPv4(), UDP(dport=5) / b"x"
    chain = left / right
    chain[UDP].dport = 6
    chain[IPv4].ttl = 1
    assert right.dport == 5
    assert left[IPv4].ttl == 64
    assert left[IPv4].payload is None
    assert right.payload is not None


def test_a_slash_behind_a_parsed_frame() -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv4()))
    longer = frame / UDP() / b"x"
    assert [type(header) for header in longer.layers()] == [Ethernet, IPv4, UDP, Data]
    assert [type(header) for header in frame.layers()] == [Ethernet, IPv4]
    assert longer[IPv4].total_length == 20, "a parsed length is kept"
    assert longer.fixed()[IPv4].total_length == 29


@given(st.binary(max_size=9), st.binary(min_size=1, max_size=9), st.binary(max_size=9))
def test_a_checksum_over_parts_is_that_over_the_whole(half: bytes, header: bytes, body: bytes) -> None:
    pseudo_header = half + half[::-1]
    number, whole = int.from_bytes(header, "big"), pseudo_header + header + body
    assert _checksum_over(pseudo_header, number, len(header), body) == internet_checksum(whole)
    assert _checksum_of(number, len(header)) == internet_checksum(header)


@given(frames(), frames())
def test_stacking_is_associative(left: Header, right: Header) -> None:
    middle = VLAN(id=3)
    assert (left / middle) / right == left / (middle / right)


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, Header.copy, Header.replace])
def test_copies_share_nothing_that_changes(make: object) -> None:
    for frame in (FRAME.copy(), parsed()):
        other = make(frame)  # type: ignore[operator]
        assert other == frame
        other[UDP].dport = 99
        assert frame[UDP].dport == 2
        assert other != frame
