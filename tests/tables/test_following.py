"""Which fields are followed, where addresses stand, and that objects and kernels hear of each other in order."""

from __future__ import annotations

import io
from typing import Any

import pytest

from dissect import TCP, UDP, Ethernet, IPv4, IPv6, Packet, with_context, write
from dissect.protocols.vlan import VLAN
from dissect.tables import scanning
from dissect.tables.engines import compiled_engine
from dissect.tables.following import Learnt, learnt_of, source_in
from dissect.tables.reading import read_table
from dissect.wireshark.preferences import preferring


def test_fields_of_one_fact_and_those_that_ask_a_header() -> None:
    assert learnt_of("tcp.stream") == Learnt(TCP, "stream", frozenset({"stream"}))
    assert learnt_of("udp.stream") == Learnt(UDP, "stream", frozenset({"stream"}))
    asked = learnt_of("tcp.analysis.duplicate_ack")
    assert asked is not None
    assert (asked.cls, asked.fact, bool(asked.only_with)) == (TCP, "", True)


@pytest.mark.parametrize("name", ["ip.ttl", "tcp.analysis.ack_rtt", "frame.number", "dns.time", "tcp.srcport"])
def test_what_the_bytes_tell_and_what_takes_long_is_not_followed(name: str) -> None:
    assert learnt_of(name) is None


def test_preferences_may_have_it_told_otherwise() -> None:
    with preferring({"tcp.analyze_sequence_numbers": "FALSE"}):
        assert learnt_of("tcp.stream") is None
        assert learnt_of("udp.stream") is not None


def test_where_addresses_stand() -> None:
    assert (source_in(IPv4), source_in(IPv6)) == (12 << 8 | 4, 8 << 8 | 16)


def test_frames_that_become_objects_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tunnel is an object, and what it tells of the same conversation counts for the plain frames behind it."""
    monkeypatch.setattr(scanning, "engine_for", lambda size: compiled_engine())
    packets: list[Packet] = []
    for place in range(60):
        way = place % 2
        one, other = ("10.0.0.1", "10.0.0.2")[:: 1 - 2 * way]
        inner = (
            IPv4(src=one, dst=other)
            / TCP(
                sport=(7, 9)[way],
                dport=(9, 7)[way],
                seq=1 + 10 * (place // 2),
                ack=1 + 10 * ((place + 1) // 2),
                flags="A",
            )
            / bytes(10)
        )
        outer: Any = IPv4(src="10.9.0.1", dst="10.9.0.2") / inner if place % 7 == 3 else inner
        link = Ethernet() / VLAN(id=3) if place % 5 == 4 else Ethernet()
        packets.append(Packet(bytes(link / outer), time_ns=place))
    file = io.BytesIO()
    write(file, packets)
    file.seek(0)
    names = ["tcp.stream", "tcp.seq", "tcp.ack", "tcp.nxtseq"]
    rows = read_table(file, names).to_pylist()
    for row, packet in zip(rows, with_context(packets), strict=True):
        assert list(row.values()) == [packet[name] for name in names]
