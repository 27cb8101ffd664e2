"""Every segment and datagram of a capture is shown once, whichever way it was read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dissect import ARP, UDP, Ethernet, Header, IPv4, Packet, compile_filter, read, write
from dissect.flows.connection import TIME_WAIT_NS
from dissect.flows.learner import Place
from dissect.flows.states import Change
from dissect.flows.talks import Seen, Talk, Watcher
from dissect.flows.watching import watch
from tests.conftest import SAMPLES


class Notes(Watcher):
    """What was seen, without what depends on the way of reading."""

    of: tuple[type[Header], ...] = (ARP,)

    def __init__(self) -> None:
        self.seen: list[tuple[Any, ...]] = []
        self.shown: list[int] = []

    def see(self, talk: Talk, way: int, seen: Seen, changes: list[Change]) -> None:
        names = [type(header).__name__ for header in seen.headers()]
        self.seen.append(
            (talk.protocol, talk.stream, talk.ends, way, *seen[:7], seen.data(1 << 16), tuple(changes), names[:2])
        )

    def observe(self, header: Any, place: Place) -> None:
        self.shown.append(place.number)


def noted(source: Any, **options: Any) -> Notes:
    notes = Notes()
    assert list(watch(source, [notes], **options)) == []
    return notes


@pytest.mark.parametrize(
    "name",
    [
        *("tcp_loss.pcap", "tcp_close_three.pcap", "dns.pcap", "tcp_fast_open.pcap", "tcp_urgent.pcap"),
        *("udp_fragments.pcap", "pcapng_nanosecond.pcapng", "port_unreachable.pcap", "vxlan_ping.pcap"),
    ],
)
def test_usual_frames_are_seen_as_others_are(name: str) -> None:
    by_file = noted(SAMPLES / name, others=True)
    # Packets that come one by one go the ordinary way.
    by_packets = noted(list(read(SAMPLES / name)), others=True)
    assert by_file.seen == by_packets.seen
    assert by_file.shown == by_packets.shown
    assert by_file.seen


def test_a_length_that_lies_reaches_no_further_than_its_datagram(tmp_path: Path) -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", total_length=33) / UDP(sport=5000, dport=6000, length=200)
    packets = [Packet(bytes(frame / b"hello"), time_ns=0, number=1)]
    write(tmp_path / "lying.pcap", packets)
    by_file, by_packets = noted(tmp_path / "lying.pcap"), noted(packets)
    (seen,) = by_packets.seen
    assert 5 in seen[4:8]
    assert 192 not in seen[4:8]
    assert [each[:8] for each in by_file.seen] == [seen[:8]]


def test_headers_are_shown_that_somebody_wants() -> None:
    assert noted(SAMPLES / "first_ping.pcap").shown == [1, 2]


def test_headers_behind_ports_are_shown_too() -> None:
    # A protocol over UDP that somebody wants is looked at in usual frames, too.
    from dissect import VXLAN

    class OfTunnels(Notes):
        of: tuple[type[Header], ...] = (VXLAN,)

    notes = OfTunnels()
    assert not list(watch(SAMPLES / "vxlan_ping.pcap", [notes]))
    assert len(notes.shown) == len(list(read(SAMPLES / "vxlan_ping.pcap")))


def test_quotations_are_no_segments() -> None:
    notes = noted(SAMPLES / "port_unreachable.pcap")
    assert {each[0] for each in notes.seen} == {17}


def test_a_filter_says_what_counts() -> None:
    notes = noted(SAMPLES / "tcp_chat.pcap", keep=compile_filter("tcp.port == 40000 and ip.addr == 10.0.0.3"))
    assert {each[1] for each in notes.seen} == {1}
    assert len(notes.seen) == 20
    assert noted(SAMPLES / "first_ping.pcap", keep=compile_filter("frame.number == 2")).shown == [2]


def test_what_is_told_comes_at_once() -> None:
    class Tells(Watcher):
        def see(self, talk: Talk, way: int, seen: Seen, changes: list[Change]) -> None:
            self.told.append(seen.number)

    told = watch(SAMPLES / "tcp_loss.pcap", [Tells()], time_wait_ns=TIME_WAIT_NS)
    # The loop over usual frames stops as soon as there is something to hear.
    assert next(told) == 3
    assert list(told) == list(range(4, 97))


def test_frames_without_addresses_are_passed_over() -> None:
    cut = bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2))[:37]
    packets = [Packet(b""), Packet(Ethernet() / ARP()), Packet(cut, original_length=42)]
    assert noted(packets, others=True).seen == []
