"""Which fields are followed, where addresses stand, and that objects and kernels hear of each other in order."""

from __future__ import annotations

import io
from random import Random
from typing import Any

import pytest

from dissect import TCP, UDP, Ethernet, IPv4, IPv6, Packet, compile_filter, with_context, write
from dissect.protocols.vlan import VLAN
from dissect.tables import scanning
from dissect.tables.columns import column
from dissect.tables.engines import compiled_engine
from dissect.tables.following import Learnt, asks_for_streams_alone, learnt_of, source_in
from dissect.tables.reading import read_table
from dissect.tables.stream_numbers import Numbered
from dissect.wireshark.preferences import preferring
from tests.tables.test_scanning import as_file, mutants, of_objects
from tests.tables.test_streams import downloads as downloads


def test_fields_of_one_fact_and_those_that_ask_a_header() -> None:
    assert learnt_of("tcp.stream") == Learnt(TCP, "stream", frozenset({"stream"}))
    assert learnt_of("udp.stream") == Learnt(UDP, "stream", frozenset({"stream"}))
    asked = learnt_of("tcp.analysis.duplicate_ack")
    assert asked is not None
    assert (asked.cls, asked.fact, bool(asked.only_with)) == (TCP, "", True)


@pytest.mark.parametrize(
    "name", ["ip.ttl", "tcp.analysis.ack_rtt", "frame.number", "dns.time", "tcp.srcport", "tcp.segment", "tcp.pdu.size"]
)
def test_what_the_bytes_tell_what_takes_long_and_what_messages_tell_is_not_followed(name: str) -> None:
    assert learnt_of(name) is None


def test_preferences_may_have_it_told_otherwise() -> None:
    with preferring({"tcp.analyze_sequence_numbers": "FALSE"}):
        assert learnt_of("tcp.stream") is None
        assert learnt_of("udp.stream") is not None


@pytest.mark.parametrize(
    ("names", "alone"),
    [
        (["tcp.stream"], True),
        (["tcp.stream", "udp.stream", "tcp.srcport", "frame.len"], True),
        (["tcp.stream", "tcp.seq"], False),
        (["tcp.stream", "dns.id"], False),
        (["ip.ttl"], False),
    ],
)
def test_whether_streams_are_all_that_is_asked_for(names: list[str], alone: bool) -> None:
    assert asks_for_streams_alone(names) is alone


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


@pytest.mark.parametrize("display_filter", ["", "tcp.stream == 1 && tcp.srcport > 0"])
def test_streams_that_are_asked_for_alone(
    display_filter: str, downloads: list[Packet], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are numbered by a kernel that knows nothing else, and are those of a reading pass."""
    monkeypatch.setattr(scanning, "engine_for", lambda size: compiled_engine())
    used: list[Numbered] = []
    take = Numbered.take

    def noted(self: Numbered, *given: Any) -> int:
        used.append(self)
        return take(self, *given)

    monkeypatch.setattr(Numbered, "take", noted)
    packets = [mutant for packet in downloads[:200] for mutant in mutants(packet, Random(3))]
    names = ["tcp.stream", "tcp.srcport", "udp.stream", "frame.number"]
    file, again = as_file(packets)
    passes = compile_filter(display_filter)
    rows = zip(of_objects(again, [column(name) for name in names], "first"), with_context(again), strict=True)
    expected = [row for row, packet in rows if passes(packet)]
    assert [list(row.values()) for row in read_table(file, names, display_filter or None).to_pylist()] == expected
    assert used
    assert expected


@pytest.mark.parametrize("name", ["tcp.analysis.bytes_in_flight", "tcp.completeness", "tcp.segment.count"])
def test_what_is_not_followed_beside_what_is(
    name: str, downloads: list[Packet], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "engine_for", lambda size: compiled_engine())
    names = ["tcp.seq", name]
    file, again = as_file(downloads[:300])
    expected = of_objects(again, [column(each) for each in names], "first")
    assert [list(row.values()) for row in read_table(file, names).to_pylist()] == expected
    assert any(row[1] is not None for row in expected) or "segment" in name
