from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from dissect import ARP, TCP, UDP, VLAN, Ethernet, read
from dissect.declaration.header import Header
from dissect.declaration.specifiers import u8
from dissect.filters.reach import NOTHING, Reach, carried_reach, classes_to_learn, stands_alone
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.views.rows import compile_row
from dissect.wireshark.loading import load_all
from dissect.wireshark.types import field_names
from tests.declared import Outsiders

SAMPLES = Path(__file__).resolve().parents[2] / "capture_samples"


def test_what_declarations_cannot_tell_may_be_anything() -> None:
    reach = carried_reach(UDP)
    assert reach[4789].anything, "Ethernet frames, and what stands behind those looks for itself"
    assert reach[4789].has("tcp")
    assert reach[4789].declares("ip.ttl")
    assert 9999 not in reach


def test_a_protocol_that_carries_nothing_reaches_itself_alone() -> None:
    with Outsiders(UDP, TCP):

        class Leaf(Header, name="leaf_of_reach", over={UDP: 40100, TCP: lambda data: False}):
            number: int = u8("number")

        found = carried_reach(UDP)[40100]
        assert found == Reach(frozenset({"leaf_of_reach"}))
        assert found.has("leaf_of_reach")
        assert found.declares("leaf_of_reach.number")
        assert not found.has("udp")
        assert not found.declares("udp.port")
        # Others tell themselves by their bytes, too.
        assert found.names <= carried_reach(TCP)[None].names
        assert not carried_reach(TCP)[None].anything
    assert 40100 not in carried_reach(UDP)


def test_a_header_by_its_number() -> None:
    assert carried_reach(Ethernet)[0x0806] == Reach(frozenset({ARP.name}))
    assert carried_reach(VLAN)[0x0806] == carried_reach(Ethernet)[0x0806]
    assert not NOTHING.has("arp")
    assert not NOTHING.declares("arp.opcode")


def test_only_what_depends_on_other_packets_is_learnt_for() -> None:
    assert classes_to_learn(["tcp.stream"]) is None
    assert classes_to_learn(["ip.src", "frame.protocols"]) is None
    assert classes_to_learn(["ip.src", "_ws.col.Info"]) is None
    alone = classes_to_learn(["ip.src", "tcp.flags", "tcp.len", "udp.length", "frame.time_delta"])
    assert alone is not None
    assert TCP not in alone
    # Of a connection depends whether a message over it is looked into.
    with Outsiders(TCP):

        class Letter(Header, name="letter_of_reach", over={TCP: 40101}):
            number: int = u8("number")

        letters = classes_to_learn(["letter_of_reach.number"])
        assert letters is not None
        assert TCP in letters
        assert TCP not in (classes_to_learn(["ip.src"]) or ())


def test_fields_that_stand_alone_are_told_by_a_pass_that_learns_no_more() -> None:
    names = sorted(name for name in field_names() if stands_alone([name]) and classes_to_learn([name]) is not None)
    row = compile_row(names, clock=Clock())
    for sample in ("tcp_loss.pcap", "vxlan_ping.pcap", "ping_4000.pcap", "traceroute_tcp.pcap"):
        whole, some = ReadingPass(), ReadingPass(only=classes_to_learn(names))
        pairs = zip(read(SAMPLES / sample), read(SAMPLES / sample), strict=True)
        for one, other in islice(pairs, 12):
            whole.observe(one)
            some.observe(other)
            assert row(one) == row(other)


@pytest.mark.parametrize("port", [5353, 5355])
def test_what_inherits_fields_has_them_by_their_names(port: int) -> None:
    """mDNS and LLMNR have the fields of DNS."""
    load_all()
    reach = carried_reach(UDP)[port]
    assert reach.declares("dns.id")
    assert not reach.declares("ntp.stratum")


@pytest.mark.parametrize("name", ["sctp.data_tsn", "sctp.sack_cumulative_tsn_ack", "sctp.fragment", "sctp.fragments"])
def test_relative_numbers_of_sctp_take_other_packets(name: str) -> None:
    assert not stands_alone([name])
