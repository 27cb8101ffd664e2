"""The sources of a packet's bytes: the frame, and what it completes."""

from __future__ import annotations

from dissect import Packet, read, with_context
from dissect.wireshark.data_sources import data_sources
from tests.conftest import SAMPLES


def test_a_frame_that_completes_a_datagram_has_two() -> None:
    found = [list(data_sources(packet)) for packet in with_context(read(SAMPLES / "udp_fragments.pcap"))]
    several = [sources for sources in found if len(sources) > 1]
    assert several
    for (first, data), (second, whole) in several:
        assert (first, second) == ("Frame", "Reassembled IPv4")
        assert whole.endswith(data[34:])


def test_without_a_reading_pass_there_is_the_frame_alone() -> None:
    assert list(data_sources(Packet(b"\1\2"))) == [("Frame", b"\1\2")]
