"""What Wireshark tells of a segment in its connection: marks in front of the list, and the lines of the details."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from dissect import TCP, Ethernet, IPv4, Packet
from dissect.flows.reading import ReadingPass, with_context
from dissect.flows.tcp_analysis import Mark
from dissect.views.node import Node
from dissect.views.tree import tree
from dissect.wireshark.columns import summarize
from dissect.wireshark.preferences import preferring
from dissect.wireshark.tcp_analysis import completeness_text


def packets() -> list[Packet]:
    """A segment, one behind a hole, the first again, and two equal acknowledgments."""
    there = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2")
    back = Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1")
    data = [there / TCP(sport=40000, dport=8000, seq=seq, ack=1, flags="A") / bytes(10) for seq in (100, 200, 100)]
    acks = [back / TCP(sport=8000, dport=40000, seq=1, ack=110, flags="A") for _ in range(2)]
    return [Packet(bytes(frame), number=n, time_ns=10**9 * n) for n, frame in enumerate([*data, *acks], 1)]


def nodes(packet: Packet) -> Iterator[Node]:
    waiting = tree(packet)
    while waiting:
        node = waiting.pop(0)
        yield node
        waiting = node.children + waiting


def test_marks_stand_in_front_of_the_list() -> None:
    begun = [summarize(packet).info.partition(" → ")[0] for packet in with_context(packets())]
    assert begun == [
        "40000",
        "[TCP Previous segment not captured] 40000",
        "[TCP Retransmission] 40000",
        "8000",
        "[TCP Dup ACK 4#1] 8000",
    ]


def test_every_mark_has_a_place_in_front_and_a_name() -> None:
    (packet,) = with_context(packets()[:1])
    segment = packet["tcp"]
    segment.learn(marks=sum(Mark), duplicate_number=1, duplicate_of=1)
    info = summarize(packet).info
    assert info.count("[TCP ") == len(Mark)
    assert info.startswith("[TCP ZeroWindowProbeAck] [TCP ZeroWindow] [TCP ZeroWindowProbe] [TCP Dup ACK 1#1] ")
    names = [f"tcp.analysis.{mark.name.lower()}" for mark in Mark if mark.name]
    assert all(packet.get(name) for name in names)


def test_the_details_have_times_and_measures_below_lines_of_their_own() -> None:
    again = list(with_context(packets()))[2]
    lines = [node.line for node in nodes(again)]
    assert "[Conversation completeness: Incomplete (8)]" in lines
    for above, below in pairwise(
        [
            "[Timestamps]",
            "[Time since first frame in this TCP stream: 2.000000000 seconds]",
            "[Time since previous frame in this TCP stream: 1.000000000 seconds]",
            "[SEQ/ACK analysis]",
            "[TCP Analysis Flags]",
            "[Expert Info (Note/Sequence): This frame is a (suspected) retransmission]",
            "[The RTO for this segment was: 2.000000000 seconds]",
            "[RTO based on delta from frame: 1]",
        ]
    ):
        assert lines.index(above) < lines.index(below)


def test_a_pass_learns_what_takes_long_where_it_is_asked_for() -> None:
    reading = ReadingPass(facts=["ack_rtt"])
    found = packets()
    for packet in found:
        reading.observe(packet)
    assert found[3].get("tcp.analysis.ack_rtt") == [3_000_000_000]
    assert [packet.get("tcp.completeness") for packet in found] == [[]] * 5
    plain = ReadingPass(facts=[])
    found = packets()
    for packet in found:
        plain.observe(packet)
    assert found[3].get("tcp.analysis.ack_rtt") == []
    assert found[2].get("tcp.analysis.retransmission") == [1]


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "Incomplete (0)"), (3, "Incomplete, CLIENT_ESTABLISHED (3)"), (39, "Complete, NO_DATA (39)")],
)
def test_what_was_seen_of_a_connection_has_a_name(number: int, text: str) -> None:
    assert completeness_text(number) == text


@pytest.mark.parametrize(
    ("preference", "is_told"), [("tcp.relative_sequence_numbers", True), ("tcp.analyze_sequence_numbers", False)]
)
def test_an_answer_accepts_data_whatever_numbers_are_shown(preference: str, is_told: bool) -> None:
    syn = IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=1000, dport=80, seq=5000, flags="S") / b"0123456789"

    def told(ack: int) -> list[object]:
        answer = IPv4(src="10.0.0.2", dst="10.0.0.1") / TCP(sport=80, dport=1000, seq=1, ack=ack, flags="SA")
        frames = [bytes(Ethernet() / frame) for frame in (syn, answer)]
        packets = [Packet(frame, number=number, time_ns=0) for number, frame in enumerate(frames, 1)]
        return list(with_context(packets))[-1].get("tcp.analysis.tfo_ack")

    assert (told(5001), told(5011)) == ([], [1])
    with preferring({preference: "FALSE"}):
        assert (told(5001), told(5011)) == ([], [1] * is_told)
