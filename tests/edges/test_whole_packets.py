from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import UDP, EchoRequest, Ethernet, HopByHopOptions, IPv4, IPv6, Packet, fragment
from dissect.declaration.header import Header
from dissect.edges.whole_packets import WholePackets

LINK = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
DATA = bytes(range(256)) * 20


@pytest.mark.parametrize(
    "datagram",
    [
        IPv4(src="10.0.0.1", dst="10.0.0.2", id=7) / UDP(sport=1, dport=2) / DATA,
        IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=1, dport=2) / DATA,
        IPv6(src="2001:db8::1", dst="2001:db8::2") / HopByHopOptions() / UDP(sport=1, dport=2) / DATA,
    ],
    ids=["IPv4", "IPv6", "IPv6 with options"],
)
@pytest.mark.parametrize("seed", range(3))
def test_fragments_in_any_order_give_the_whole(datagram: Header, seed: int) -> None:
    pieces = [bytes(LINK / piece) for piece in fragment(datagram, 1280)]
    Random(seed).shuffle(pieces)
    wholes = WholePackets()
    given = [wholes.take(Packet(piece, number=place, time_ns=place)) for place, piece in enumerate(pieces, 1)]
    assert given[:-1] == [None] * (len(pieces) - 1)
    whole = given[-1]
    assert whole is not None
    assert (whole.data, whole.number, whole.problems()) == (bytes(LINK / datagram), len(pieces), [])


def test_what_came_whole_is_given_as_it_is() -> None:
    packet = Packet(bytes(LINK / IPv4(src="10.0.0.1", dst="10.0.0.2") / EchoRequest()))
    assert WholePackets().take(packet) is packet
    missing = Packet(bytes(LINK / fragment(IPv4(src="10.0.0.1", dst="10.0.0.2", id=7, payload=DATA), 600)[1]))
    assert WholePackets().take(missing) is None


@given(st.binary(max_size=90))
def test_arbitrary_bytes_do_no_harm(data: bytes) -> None:
    wholes = WholePackets()
    for head in (b"", bytes(12) + b"\x08\x00", bytes(12) + b"\x86\xdd"):
        packet = Packet(head + data)
        assert wholes.take(packet) in (packet, None)
