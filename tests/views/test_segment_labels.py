"""Labels of segments in ladders: flags, relative numbers, length, and the states of both ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect import Packet, parse, read, with_context
from dissect.views.segment_labels import Segment, SegmentLabels
from dissect.wireshark.columns import summarize
from tests.conftest import SAMPLES
from tests.flows.segments import segments


def labels(packets: list[Packet]) -> list[Segment | None]:
    known = list(with_context(packets))
    made = SegmentLabels(known)
    return [made.label(packet, summarize(packet)) for packet in known]


def of(path: Path) -> list[Segment | None]:
    return labels(list(read(path)))


def test_numbers_are_relative_and_windows_scaled() -> None:
    texts = [label.text for label in of(SAMPLES / "tcp_close_four.pcap") if label is not None]
    assert texts[:4] == [
        "[SYN] Seq=0 Win=64240 Len=0",
        "[SYN, ACK] Seq=0 Ack=1 Win=65160 Len=0",
        "[ACK] Seq=1 Ack=1 Win=64512 Len=0",
        "[PSH, ACK] Seq=1 Ack=1 Win=64512 Len=8",
    ]


def test_ends_are_told_with_their_states() -> None:
    (first, second) = labels(segments("> S 1000, < RA 0 1001"))
    assert first is not None
    assert second is not None
    assert first.states == (("10.0.0.1", "SYN_SENT"), ("10.0.0.2", "LISTEN"))
    assert second.states == (("10.0.0.2", "CLOSED"), ("10.0.0.1", "CLOSED"))


def test_marks_stand_in_front() -> None:
    found = [label for label in of(SAMPLES / "tcp_keep_alive.pcap") if label is not None]
    marked = [label.text for label in found if label.is_marked]
    assert marked[0].startswith("[TCP Keep-Alive] [ACK] Seq=15 Ack=1 ")
    assert len(marked) == 9
    assert not found[0].is_marked


def test_ports_are_told_where_there_are_several_connections() -> None:
    (one, other) = labels([*segments("> S 1"), *segments("> S 1", client="10.0.0.1:4001", first=2)])
    assert one is not None
    assert other is not None
    assert one.text.startswith("4000 → 80 [SYN]")
    assert other.states[0] == ("10.0.0.1", "4001: SYN_SENT")


@pytest.mark.parametrize("name", ["first_ping.pcap", "port_unreachable.pcap", "dns.pcap"])
def test_other_packets_have_none(name: str) -> None:
    assert set(of(SAMPLES / name)) == {None}


def test_flags_may_be_missing_and_segments_cut() -> None:
    (label,) = labels(segments("> - 5"))
    assert label is not None
    assert label.text.startswith("[<None>]")
    data = bytes(parse(segments("> S 5")[0].data))
    assert labels([Packet(data[:40], original_length=len(data))]) == [None]
