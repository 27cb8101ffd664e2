"""What is told of messages over several segments: the fields of contradicting parts, and their line in the details."""

from __future__ import annotations

from dissect import TCP, IPv4
from dissect.views.tree import layer_nodes
from dissect.wireshark.fields import values
from dissect.wireshark.sight import sight_of


def told() -> TCP:
    segment = TCP()
    segment.learn(
        segments=b"message",
        segment_numbers=[4, 8],
        segment_errors=[6],
        segment_overlaps=[1],
        segment_conflicts=[1],
        segment_count=3,
        segment_parts=[(4, 3), (6, 1), (8, 4)],
        reassembled_length=7,
        message_sizes=[7],
    )
    return segment


def test_the_fields() -> None:
    segment = told()
    found = {name: values(segment, f"tcp.{name}") for name in ("segments", "segment", "segment.error", "segment.count")}
    assert found == {"segments": [1], "segment": [4, 8], "segment.error": [6], "segment.count": [3]}
    assert values(segment, "tcp.segment.overlap.conflict") == [1]
    assert values(segment, "tcp.reassembled.data") == [b"message"]
    assert values(TCP(), "tcp.segments") == []


def test_the_line_in_the_details() -> None:
    segment = told()
    line, node = layer_nodes(segment)
    assert (line.label, node.label) == ("tcp.segments", "tcp")
    assert line.line == "[3 Reassembled TCP Segments (7 bytes): #4(3), #6(1), #8(4)]"
    assert [child.label for child in line.children][:2] == ["tcp.segment", "tcp.segment"]
    with_data = (segment / b"message")[TCP]
    with_data.learn(**segment.facts)
    assert [each.label for each in layer_nodes(with_data)] == ["tcp", "tcp.segments", "data"]


def test_a_segment_of_a_message_says_so_in_the_list() -> None:
    segment = TCP()
    segment.learn(is_segment=True)
    assert sight_of(segment).info(segment).endswith(" [TCP segment of a reassembled PDU]")


def test_a_retransmission_shows_its_bytes_as_those_of_a_segment() -> None:
    segment = (IPv4() / TCP(sport=1, dport=2, flags="A") / b"again")[TCP]
    segment.learn(marks=1, payload=None)
    assert values(segment, "tcp.segment_data") == [b"again"]
    segment.learn(marks=4)
    assert values(segment, "tcp.segment_data") == []
    reset = (IPv4() / TCP(sport=1, dport=2, flags="RA") / b"again")[TCP]
    reset.learn(marks=1, payload=None)
    assert (values(reset, "tcp.segment_data"), values(reset, "tcp.reset_cause")) == ([], ["again"])
