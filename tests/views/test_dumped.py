from __future__ import annotations

from pathlib import Path

from dissect import Ethernet, IPv4, hex_dump, read, with_context
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.details import Details
from dissect.views.dumped import WithDump, dump

SAMPLES = Path(__file__).parents[2] / "capture_samples"
PACKET = Packet(bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2")), number=1, time_ns=0)


def test_a_frame_has_its_rows() -> None:
    assert dump(PACKET) == f"{hex_dump(PACKET.data)}\n"


def test_what_was_put_together_has_its_name_and_its_rows() -> None:
    packets = list(with_context(read(SAMPLES / "udp_fragments.pcap")))
    last = next(packet for packet in packets if packet.frame[IPv4].learnt("fragments"))
    whole = last.frame[IPv4].learnt("fragments")
    assert dump(last) == (
        f"Frame ({len(last.data)} bytes):\n{hex_dump(last.data)}\n"
        f"Reassembled IPv4 ({len(whole)} bytes):\n{hex_dump(whole)}\n"
    )


def test_the_bytes_stand_behind_the_details_and_something_behind_these() -> None:
    details = Details(Clock())
    assert WithDump(details, "===")(PACKET) == f"{details(PACKET)}\n{dump(PACKET)}==="


def test_an_empty_frame_has_no_rows() -> None:
    assert dump(Packet(b"")) == "\n"
