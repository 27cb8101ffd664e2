"""Pings of IPv4: the time that Linux and others put in front of the data."""

from __future__ import annotations

from struct import pack

from dissect import Data, EchoRequest, Ethernet, IPv4, Packet, with_context

NOW_NS = 1_700_000_000_250_000_000


def pinged(data: bytes) -> Packet:
    """Return a request with these data, sent now."""
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / EchoRequest(id=1, seq=1) / data
    (packet,) = with_context([Packet(bytes(frame), number=1, time_ns=NOW_NS)])
    return packet


def test_a_time_near_the_frames_own_is_told_from_the_rest() -> None:
    # As ping of iputils on a 32-bit little-endian host: seconds and microseconds.
    packet = pinged(pack("<II", NOW_NS // 10**9, 150_000) + b"rest")
    assert packet.frame[EchoRequest].learnt("data_age") == 100_000_000
    assert packet.get("data.data") == [b"rest"]


def test_data_that_are_no_time_are_data() -> None:
    packet = pinged(b"no time at all")
    assert packet.frame[EchoRequest].learnt("data_age") is None
    assert packet.frame[Data].data == b"no time at all"
