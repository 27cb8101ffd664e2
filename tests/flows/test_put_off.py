"""Which frames carry what a reading pass puts off: data in streams, and the ends of these."""

from __future__ import annotations

from dissect import TCP, UDP, Ethernet, Header, IPv4, Packet
from dissect.flows.known_chain import KnownChain
from dissect.flows.put_off import carries_more, carries_more_of_chain
from dissect.wireshark.tracing import decoded
from tests.flows.connections import Connection


def ends(cls: type[Header]) -> bool:
    """Say that nobody has looked behind headers of TCP."""
    return cls is TCP


def test_what_carries_more_is_a_segment_with_data_or_the_last_one() -> None:
    here = Connection(Ethernet(), 4000)
    assert not carries_more(Packet(here.says("S")), ends)
    assert carries_more(Packet(here.says("A", b"data")), ends)
    assert carries_more(Packet(here.says("FA")), ends)
    assert not carries_more(Packet(Ethernet() / IPv4() / UDP() / b"data"), ends)
    assert not carries_more(Packet(bytes(here.says("A")).ljust(60, b"\0")), ends), "padding is no part of it"
    whole = bytes(here.says("A", b"data"))
    assert carries_more(Packet(whole[:54], original_length=len(whole)), ends)
    assert carries_more(Packet(whole[:40], original_length=len(whole)), ends), "nobody knows its flags"


def chain_of(packet: Packet) -> KnownChain:
    """Return the chain of a packet's headers, which ends at TCP."""
    trace, _, headers = decoded(packet, ends)
    return KnownChain(tuple(headers), trace.conditions, trace.places, (2,))


def test_frames_of_a_chain_carry_more_as_their_packets_do() -> None:
    here = Connection(Ethernet(), 4000)
    for frame in (here.says("S"), here.says("A", b"data"), here.says("FA"), here.says("A")):
        data = bytes(frame)
        for captured in (data, data.ljust(60, b"\0"), data[:54], data[:47], data[:41]):
            original = max(len(captured), len(data))
            packet = Packet(captured, original_length=original)
            tells, expected = carries_more_of_chain(chain_of(packet), ends), carries_more(packet, ends)
            for variant in ((), (2,)):
                assert tells(b"before" + captured + b"behind", 6, len(captured), original, variant) == expected


def test_what_is_seen_in_the_light_of_others_carries_more_where_that_may_be() -> None:
    whole = Packet(Connection(Ethernet(), 4000).says("A"))
    tells, size = carries_more_of_chain(chain_of(whole), ends), len(whole.data)
    assert tells(whole.data, 0, size, size, None), "nobody knows what other frames made of it"
    assert tells(whole.data, 0, size, size, (1, TCP, 34, 54, True))
    assert not tells(whole.data, 0, size, size, (1, UDP, 34, 42, True))


def test_what_does_not_end_a_chain_carries_no_more() -> None:
    known = chain_of(Packet(Ethernet() / IPv4() / UDP() / b"data"))
    assert not carries_more_of_chain(known, ends)(b"", 0, 46, 46, ())
